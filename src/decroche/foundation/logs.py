"""Keep secrets out of the log lines."""

import re
from typing import Final

from structlog.typing import EventDict, WrappedLogger

# A long segment of an address is a token (an invitation, a password link) unless it is a call's UUID.
_TOKEN: Final = re.compile(r"/(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-)[\w:.~-]{24,}")


def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace tokens in the request's address by an ellipsis; a structlog processor."""
    if isinstance(request := event.get("request"), str):
        event["request"] = _TOKEN.sub("/…", request)
    return event

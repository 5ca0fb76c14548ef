"""One line in the log for each request: what was asked, what it came to, how long it took, by whom.

Never the query string nor the body: they may hold what a secretary typed about a patient.
"""

import logging
import time
from collections.abc import Callable
from typing import Final
from uuid import uuid4

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from structlog.contextvars import bind_contextvars, clear_contextvars

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_QUIET: Final = logging.getLogger(__name__)
log = structlog.get_logger(__name__)


class RequestLogMiddleware:
    """Give every line of a request the same `request_id`, and write one when it is answered."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        clear_contextvars()
        bind_contextvars(request_id=uuid4().hex)
        try:
            response = self.get_response(request)
            if _QUIET.isEnabledFor(logging.INFO):
                log.info(
                    "request",
                    request=f"{request.method} {request.path}",
                    code=response.status_code,
                    ms=round((time.perf_counter() - began) * 1000, 1),
                    user_id=_known(request),
                )
            return response
        finally:
            clear_contextvars()


def _known(request: HttpRequest) -> int | None:
    """Give the id of the person, if the request asked who it is: the log asks the database nothing."""
    person = getattr(request, "_cached_user", None)
    return None if person is None else person.pk

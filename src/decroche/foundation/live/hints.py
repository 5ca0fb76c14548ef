"""Say that something changed, with ids only; the screens read again what they show."""

import json
from dataclasses import dataclass, field

from decroche.foundation.statements import rows

CHANNEL = "decroche_live"
_NOTIFY = "SELECT count(pg_notify(%(channel)s, text)) FROM unnest(%(texts)s::text[]) text"


@dataclass(frozen=True, slots=True)
class Audience:
    """Say what one open stream may hear."""

    user_id: int
    practice_ids: frozenset[int] = field(default_factory=frozenset)
    secretariat_ids: frozenset[int] = field(default_factory=frozenset)


def hint(
    topic: str,
    *,
    practice_id: int | None = None,
    user_id: int | None = None,
    secretariat_id: int | None = None,
    **ids: int | str | None,
) -> None:
    """Notify the screens of one practice, one person or one secretariat when the transaction commits.

    Exactly one audience is named. ``ids`` are identifiers or dates, never a person's data.
    """
    notify(hint_text(topic, practice_id=practice_id, user_id=user_id, secretariat_id=secretariat_id, **ids))


def hint_text(
    topic: str,
    *,
    practice_id: int | None = None,
    user_id: int | None = None,
    secretariat_id: int | None = None,
    **ids: int | str | None,
) -> str:
    """Word a hint for a statement that notifies by itself: on ``CHANNEL``, with this text."""
    audiences = {"p": practice_id, "u": user_id, "s": secretariat_id}
    named = {key: value for key, value in audiences.items() if value is not None}
    if len(named) != 1:
        raise ValueError("a hint has exactly one audience")
    return json.dumps({"t": topic, **named, "ids": ids}, separators=(",", ":"))


def notify(*texts: str) -> None:
    """Send worded hints when the transaction commits; the same one twice is sent once."""
    rows(_NOTIFY, {"channel": CHANNEL, "texts": list(texts)})

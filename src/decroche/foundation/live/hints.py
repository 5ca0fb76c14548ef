"""Say that something changed, with ids only; the screens read again what they show."""

import json
from dataclasses import dataclass, field

from django.db import connection

CHANNEL = "decroche_live"


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
    audiences = {"p": practice_id, "u": user_id, "s": secretariat_id}
    named = {key: value for key, value in audiences.items() if value is not None}
    if len(named) != 1:
        raise ValueError("a hint has exactly one audience")
    payload = json.dumps({"t": topic, **named, "ids": ids}, separators=(",", ":"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])

"""Take note of calls to numbers that belong to nobody."""

from datetime import datetime

from decroche.calls.models import Call


def see_unknown_calls(*, now: datetime) -> int:
    """Mark all of them as seen by a supervisor; return how many were new."""
    with_none = Call.objects.filter(practice=None, alert_seen_at=None)
    seen: int = with_none.update(alert_seen_at=now)
    return seen

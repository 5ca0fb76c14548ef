"""Say when a text may arrive: not at night, not before people are up."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(8)
CLOSES = time(20, 30)


def not_before(now: datetime, zone: ZoneInfo) -> datetime:
    """Return ``now`` by day, else the next opening in ``zone`` (the practice's, so the patient's)."""
    local = now.astimezone(zone)
    if OPENS <= local.time() < CLOSES:
        return now
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    return datetime.combine(day, OPENS, tzinfo=zone).astimezone(now.tzinfo)

"""Work out until when something asked "until tonight" or "this week" holds. Pure."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LEAST_NOTICE = timedelta(minutes=15)
FIRST_HOUR, LAST_HOUR = 10, 20
USUAL_HOURS = 3


class Until(StrEnum):
    """Name the usual ends."""

    TONIGHT = "tonight"
    WEEK = "week"
    MONTH = "month"
    OPEN = "open"


def end_of(until: Until, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which it ends on the practice's wall clock; None when it holds until further notice.

    A week ends on Sunday night, a month on its last night.
    """
    today = now.astimezone(zone).date()
    if until is Until.TONIGHT:
        return midnight_after(today, zone)
    if until is Until.WEEK:
        return midnight_after(today + timedelta(days=6 - today.weekday()), zone)
    if until is Until.MONTH:
        first_of_next = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        return midnight_after(first_of_next - timedelta(days=1), zone)
    return None


def midnight_after(day: date, zone: ZoneInfo) -> datetime:
    """Return the end of a civil day."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def usual_hours(now: datetime, zone: ZoneInfo) -> list[time]:
    """Return the three whole hours, still ahead today, at which one may well want to finish: around 17:00."""
    local = now.astimezone(zone)
    ahead = [
        time(hour)
        for hour in range(FIRST_HOUR, LAST_HOUR + 1)
        if datetime.combine(local.date(), time(hour), tzinfo=zone) - local >= LEAST_NOTICE
    ]
    nearest = sorted(ahead, key=lambda each: abs(each.hour - 17))[:USUAL_HOURS]
    return sorted(nearest)

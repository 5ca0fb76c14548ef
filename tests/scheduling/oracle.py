"""A slow, obvious second opinion: walk through time minute by minute, with datetimes only."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.availability import WeeklyRule

MINUTE = timedelta(minutes=1)


def is_open(moment: datetime, rules: list[WeeklyRule], days: tuple[date, date], zone: ZoneInfo) -> bool:
    """Read the wall clock; is it within a turn of a rule that started today or yesterday?"""
    wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    for rule in rules:
        for day in (wall.date(), wall.date() - timedelta(days=1)):
            if not days[0] <= day <= days[1]:
                continue
            if day.weekday() != rule.weekday or day < rule.valid_from:
                continue
            if rule.valid_until is not None and day > rule.valid_until:
                continue
            start = datetime.combine(day, rule.starts)
            end = datetime.combine(day, rule.ends)
            if rule.ends <= rule.starts:
                end += timedelta(days=1)
            if start <= wall < end:
                return True
    return False


def open_minutes(rules: list[WeeklyRule], first_day: date, last_day: date, zone: ZoneInfo) -> set[datetime]:
    moment = datetime.combine(first_day, datetime.min.time(), tzinfo=UTC) - timedelta(days=1)
    end = datetime.combine(last_day, datetime.min.time(), tzinfo=UTC) + timedelta(days=3)
    found = set()
    while moment < end:
        if is_open(moment, rules, (first_day, last_day), zone):
            found.add(moment)
        moment += MINUTE
    return found


def is_whole(minute: datetime, periods: list[tuple[datetime, datetime]]) -> bool:
    """A minute is open when all of it is; whoever opens at half past goes on from where another was open until then."""
    until = minute
    for start, end in sorted(periods):
        if start <= until:
            until = max(until, end)
    return until >= minute + MINUTE


def walk(periods: list[tuple[datetime, datetime]]) -> Iterator[datetime]:
    """Go from minute to minute, from the first beginning to the last end."""
    moment = min((start for start, _ in periods), default=datetime.min.replace(tzinfo=UTC)).replace(
        second=0, microsecond=0
    )
    while any(moment < end for _, end in periods):
        yield moment
        moment += MINUTE


def slots(
    free: list[tuple[datetime, datetime]],
    busy: list[tuple[datetime, datetime]],
    duration: timedelta,
    step: timedelta,
    earliest: datetime,
    zone: ZoneInfo,
    align: timedelta,
    anchor: str = "gap",
    capacity: int = 1,
) -> list[datetime]:
    """Walk; remember where the grid of this gap (or of this free period) began; propose where every minute is free."""
    real = [[(start.astimezone(UTC), end.astimezone(UTC)) for start, end in them] for them in (free, busy)]
    opened, taken = ([(start, end) for start, end in them if start < end] for them in real)

    def available(minute: datetime) -> bool:
        running = sum(start < minute + MINUTE and minute < end for start, end in taken)
        return is_whole(minute, opened) and running < capacity

    def aligned(minute: datetime) -> bool:
        wall = minute.astimezone(zone)
        return (wall.hour * 60 + wall.minute) % (align // MINUTE) == 0

    found = []
    origin: datetime | None = None  # the grid's first line
    for moment in walk(opened):
        if not (
            is_whole(moment, opened) if anchor == "opening" else moment >= earliest and available(moment)
        ):
            origin = None
        elif origin is None and aligned(moment):
            origin = moment
        if origin is not None:
            here = (moment - origin) % step == timedelta(0)
            if anchor == "gap":
                here = moment >= origin and aligned(moment)
            fits = all(available(moment + n * MINUTE) for n in range(duration // MINUTE))
            if here and moment >= earliest and fits:
                found.append(moment)
            if here and anchor == "gap":
                origin = moment + step  # the next one, or the first aligned minute after it
    return found

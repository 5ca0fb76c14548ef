"""A slow, obvious second opinion: walk through time minute by minute, with datetimes only."""

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


def slots(
    free: list[tuple[datetime, datetime]],
    busy: list[tuple[datetime, datetime]],
    duration: timedelta,
    step: timedelta,
    earliest: datetime,
    zone: ZoneInfo,
    align: timedelta,
) -> list[datetime]:
    """Walk; remember when the last proposal of this gap was; propose where every minute needed is free."""

    def available(minute: datetime) -> bool:
        inside = any(start <= minute < end for start, end in free)
        return inside and not any(start < minute + MINUTE and minute < end for start, end in busy)

    if not free:
        return []
    found = []
    previous: datetime | None = None
    moment = min(start for start, _ in free).astimezone(UTC)
    last = max(end for _, end in free)
    while moment < last:
        if moment < earliest or not available(moment):
            previous = None
            moment += MINUTE
            continue
        wall = moment.astimezone(zone)
        aligned = (wall.hour * 60 + wall.minute) % (align // MINUTE) == 0
        far_enough = previous is None or moment >= previous + step
        fits = all(available(moment + n * MINUTE) for n in range(duration // MINUTE))
        if aligned and far_enough:
            if fits:
                found.append(moment)
            previous = moment
        moment += MINUTE
    return found

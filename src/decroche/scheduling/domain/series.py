"""Sessions of a treatment: so many a week, well apart, at about the same hour. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import combinations, groupby, pairwise

_WEEK = 7


def plan(
    starts: Iterable[datetime], *, sessions: int, per_week: int, at: int | None = None
) -> list[datetime]:
    """Choose up to `sessions` of the possible starts (aware, on one wall clock, in any order).

    At most `per_week` in a calendar week and one a day; as early as that allows, the days of a week as far apart as
    they can be, each day at the hour nearest to `at` (minutes after midnight; by default the hour of the very first).
    Shorter than asked when the starts do not suffice. O(n log n).
    """
    if sessions < 1 or not 1 <= per_week <= _WEEK:
        raise ValueError("at least one session, and one to seven a week")
    chosen: list[datetime] = []
    ordered = sorted(starts)
    for _, week in groupby(ordered, key=lambda start: start.isocalendar()[:2]):
        wanted = min(per_week, sessions - len(chosen))
        if not wanted:
            break
        by_day = {day: list(those) for day, those in groupby(week, key=datetime.date)}
        hour = at if at is not None else _minutes(chosen[0] if chosen else next(iter(by_day.values()))[0])
        last = chosen[-1].date() if chosen else None
        days = _days_apart(list(by_day), wanted, last, _WEEK // per_week)
        chosen += [_nearest(by_day[day], hour) for day in days]
    return chosen


def _days_apart(days: Sequence[date], wanted: int, last: date | None, enough: int) -> tuple[date, ...]:
    """Choose that many days, at best `enough` apart (also from the last session), else as far apart as they go."""

    def merit(some: tuple[date, ...]) -> tuple[int, list[int]]:
        row = ([last] if last else []) + list(some)
        gaps = [(after - before).days for before, after in pairwise(row)]
        nearest = min(gaps, default=enough)
        return -min(nearest, enough), [day.toordinal() for day in some]

    return min(combinations(days, min(wanted, len(days))), key=merit)


def _nearest(starts: Iterable[datetime], hour: int) -> datetime:
    return min(starts, key=lambda start: (abs(_minutes(start) - hour), start))


def _minutes(start: datetime) -> int:
    return start.hour * 60 + start.minute

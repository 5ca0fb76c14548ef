"""On which days does an opening rule fall? Pure; days are proleptic ordinals (`date.toordinal()`)."""

from calendar import monthrange
from datetime import date
from enum import StrEnum
from functools import lru_cache

_LONGEST_PERIOD = 2 * 366  # two rules that never meet in two years are told apart by their patterns


class Every(StrEnum):
    """How often a weekday counts."""

    WEEK = "week"
    ODD_WEEKS = "odd"
    EVEN_WEEKS = "even"
    N_WEEKS = "n_weeks"
    NTH_OF_MONTH = "nth"


def falls_on(
    ordinal: int,
    *,
    weekday: int,
    every: str = Every.WEEK,
    every_n: int = 1,
    anchor: int | None = None,
    nth: int | None = None,
) -> bool:
    """Tell whether the day is one of the pattern's.

    `odd`, `even`   by ISO week number; after a week 53 comes a week 1, so two odd weeks may follow one another.
    `n_weeks`       each nth week counted from the ISO week of `anchor`, before it as well as after.
    `nth`           the nth such weekday of its month, -1 for the last; a month without a fifth one has none.
    """
    if (ordinal - 1) % 7 != weekday:  # ordinal 1 is Monday 0001-01-01
        return False
    if every == Every.WEEK:
        return True
    if every == Every.N_WEEKS:
        if anchor is None or every_n < 1:
            raise ValueError("a pattern of n weeks counts from an anchor")
        return ((ordinal - 1) // 7 - (anchor - 1) // 7) % every_n == 0
    if every in {Every.ODD_WEEKS, Every.EVEN_WEEKS}:
        return _iso_week(ordinal) % 2 == (every == Every.ODD_WEEKS)
    if every != Every.NTH_OF_MONTH:
        raise ValueError(f"not a pattern: {every}")
    day = date.fromordinal(ordinal)
    if nth == -1:
        return day.day + 7 > monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == nth


@lru_cache(maxsize=4_000)
def _iso_week(ordinal: int) -> int:
    return date.fromordinal(ordinal).isocalendar().week

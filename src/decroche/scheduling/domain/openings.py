"""From dated rules to dated openings: what a practitioner's agenda opens on a day. Pure.

The words:

*rule*        an opening rule as the database keeps it, in plain values (`Rule`);
*occurrence*  what one rule opens on one day: real epoch minutes, and the rule's attributes;
*day*         the civil day of the rule's site on which the occurrence begins; what runs past midnight stays of that day.

On a day on which a rule with `overrides` falls, only such rules open anything (changed hours), at every site.

A locum's agenda also holds what the absent practitioner's rules open during the absence: under the locum's own terms
and wishes. The absent practitioner's closures and holidays stay closed. It goes one step: a locum's locum takes only
that locum's own rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.availability import (
    Minutes,
    carve,
    merge,
    wall_instant,
    wall_to_minutes,
)
from decroche.scheduling.domain.patterns import Every, falls_on

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
DAY = 24 * 60
LONG_AGO = -(2**40)
#: Two rules that do not meet within so many days have patterns that keep them apart.
_MEETING_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class Rule:
    """One opening rule. Days are ordinals, times are minutes after midnight on the wall clock of `zone`."""

    id: int
    site_id: int
    zone: ZoneInfo
    weekday: int
    starts: int
    ends: int  # `ends <= starts` crosses midnight
    valid_from: int = 1
    valid_until: int | None = None  # included
    every: str = Every.WEEK
    every_n: int = 1
    anchor: int | None = None
    nth: int | None = None
    capacity: int = 1
    release: str = ""  # "", "time" or "hours"
    release_days: int = 0
    release_time: int | None = None
    release_hours: int | None = None
    reserved_for: str = ""
    overrides: bool = False
    visit_types: frozenset[int] = frozenset()  # empty: all
    site_name: str = ""

    def falls_on(self, ordinal: int) -> bool:
        """Tell whether it opens something on that day."""
        if ordinal < self.valid_from or (self.valid_until is not None and ordinal > self.valid_until):
            return False
        return falls_on(
            ordinal,
            weekday=self.weekday,
            every=self.every,
            every_n=self.every_n,
            anchor=self.anchor,
            nth=self.nth,
        )

    def wall_of(self, ordinal: int) -> Minutes:
        """Give its hours on that day, in wall minutes counted as if the zone were UTC."""
        midnight = (ordinal - EPOCH_ORDINAL) * DAY
        end = self.ends if self.ends > self.starts else self.ends + DAY
        return midnight + self.starts, midnight + end

    def released_at(self, ordinal: int, start: int) -> int:
        """Give the epoch minute from which what it opens on that day, from `start` on, can be booked."""
        if self.release == "time":
            wall = (ordinal - EPOCH_ORDINAL - self.release_days) * DAY + (self.release_time or 0)
            return wall_instant(self.zone, wall)
        if self.release == "hours":
            return start - 60 * (self.release_hours or 0)
        return LONG_AGO


class Occurrence(NamedTuple):
    """What a rule opens on a day; `end` respects the wish to end the day earlier, `full_end` does not."""

    start: int
    end: int
    full_end: int
    day: int
    rule: Rule
    released_at: int
    in_place_of: int | None = None

    @property
    def is_released_since_ever(self) -> bool:
        return self.released_at == LONG_AGO


class Span(NamedTuple):
    """An absence in epoch minutes."""

    start: int
    end: int
    id: int = 0
    kind: str = "absence"
    reason: str = ""
    locum_id: int | None = None


@dataclass(frozen=True, slots=True)
class StandIn:
    """Someone's rules during their absence, taken over by a locum."""

    practitioner_id: int
    period: Minutes
    rules: tuple[Rule, ...]
    closed: tuple[Minutes, ...] = ()  # closures and holidays of the absent one


def occurrences_on(
    rules: Iterable[Rule], ordinal: int, *, end_at: int | None = None, in_place_of: int | None = None
) -> list[Occurrence]:
    """Give what these rules open on a day, in order; `end_at` cuts at that minute of the day's wall clock.

    Exact on both nights of the year when the hour changes: see `availability.wall_to_minutes`. O(rules).
    """
    todays = [rule for rule in rules if rule.falls_on(ordinal)]
    if any(rule.overrides for rule in todays):
        todays = [rule for rule in todays if rule.overrides]
    found = []
    limit = None if end_at is None else (ordinal - EPOCH_ORDINAL) * DAY + end_at
    for rule in todays:
        wall_start, wall_end = rule.wall_of(ordinal)
        for start, full_end in wall_to_minutes(rule.zone, wall_start, wall_end):
            end = full_end
            if limit is not None and limit < wall_end:
                end = max(start, min(full_end, _cut(rule.zone, wall_start, limit, start)))
            found.append(
                Occurrence(start, end, full_end, ordinal, rule, rule.released_at(ordinal, start), in_place_of)
            )
    return sorted(found, key=_by_time)


def _cut(zone: ZoneInfo, wall_start: int, limit: int, start: int) -> int:
    """Give the end of the time from `start` on before the wall clock first reads `limit`."""
    if limit <= wall_start:
        return start
    return next((end for opens, end in wall_to_minutes(zone, wall_start, limit) if opens == start), start)


def _by_time(found: Occurrence) -> tuple[int, int, int]:
    return found.start, found.end, found.rule.id


def stand_in_on(stand_in: StandIn, ordinal: int, *, end_at: int | None = None) -> list[Occurrence]:
    """Give what a locum takes over on a day, cut to the absence and freed of the absent one's closures."""
    found = []
    for whole in occurrences_on(stand_in.rules, ordinal, end_at=end_at, in_place_of=stand_in.practitioner_id):
        start, end = max(whole.start, stand_in.period[0]), min(whole.full_end, stand_in.period[1])
        for opening, closing in carve(merge([(start, end)]), sorted(stand_in.closed)):
            found.append(
                whole._replace(start=opening, end=max(opening, min(closing, whole.end)), full_end=closing)
            )
    return found


def rules_meet(rule: Rule, other: Rule) -> bool:
    """Tell whether both open a part of the same wall-clock time on some day; O(days in which both are in force).

    Rules at sites of different zones are compared on the wall clock all the same: nobody is at two places.
    """
    first = max(rule.valid_from, other.valid_from) - 1
    last = min(each.valid_until or 10**9 for each in (rule, other)) + 1
    days = range(max(first, 1), min(last, first + _MEETING_DAYS) + 1)
    mine = [rule.wall_of(day) for day in days if rule.falls_on(day)]
    theirs = [other.wall_of(day) for day in days if other.falls_on(day)]
    return _any_overlap(mine, theirs)


def _any_overlap(some: Sequence[Minutes], others: Sequence[Minutes]) -> bool:
    """Tell whether two ascending lists of periods share a minute; O(n)."""
    left = right = 0
    while left < len(some) and right < len(others):
        if some[left][0] < others[right][1] and others[right][0] < some[left][1]:
            return True
        if some[left][1] <= others[right][1]:
            left += 1
        else:
            right += 1
    return False

"""What a practitioner wishes for a day, and how it ranks the slots of that day. Pure.

`end_at`          cuts what the day's rules open (see `openings`); a visit ends by then.
`no_new`          refuses whoever is known to be new.
`max_in_a_row`    refuses a visit that would make more than n follow one another with less than the pause in between.
`emergency`       keeps k emergency slots in each half-day: a visit that is none must leave room for them.
`fill_gaps`, `mornings_first`, `group_home` refuse nothing; they order the slots **of one day**: no wish ever makes a
later day come before an earlier one. Each honoured wish weighs (`WEIGHTS`), the heavier slot comes first, then the
earlier one, then the practitioner named first.

Several wishes of one kind on one day: the earliest end, the shortest row with its longest pause, the most slots kept.

A half-day is the morning, from midnight to 13:00 on the site's wall clock, or the afternoon, from 13:00 to midnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from decroche.scheduling.domain.asking import Reason
from decroche.scheduling.domain.terms import FOREVER

#: When the afternoon begins on the wall clock, in minutes after midnight.
NOON = 13 * 60

WEIGHTS = {Reason.FILLS_GAP: 4, Reason.MORNING: 4, Reason.SAME_AREA: 4, Reason.NEXT_TO: 2}


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish, from a day to a day (ordinals, both included)."""

    kind: str
    first_day: int = 1
    last_day: int = FOREVER
    at: int | None = None  # minutes after midnight
    count: int = 0
    pause: int = 0


@dataclass(frozen=True, slots=True)
class DayWishes:
    """What is wished for one day, all wishes taken together."""

    end_at: int | None = None
    fill_gaps: bool = False
    mornings_first: bool = False
    group_home: bool = False
    max_in_a_row: int | None = None
    pause: int = 0
    emergencies: int = 0
    no_new: bool = False

    @property
    def orders(self) -> bool:
        return self.fill_gaps or self.mornings_first or self.group_home


NO_WISH = DayWishes()


def wishes_on(wishes: Sequence[Wish], day: int) -> DayWishes:
    """Take together the wishes in force on a day; O(wishes)."""
    todays = [wish for wish in wishes if wish.first_day <= day <= wish.last_day]
    if not todays:
        return NO_WISH
    kinds = {wish.kind for wish in todays}
    ends = [wish.at for wish in todays if wish.kind == "end_at" and wish.at is not None]
    rows = [wish for wish in todays if wish.kind == "max_in_a_row"]
    return DayWishes(
        end_at=min(ends, default=None),
        fill_gaps="fill_gaps" in kinds,
        mornings_first="mornings_first" in kinds,
        group_home="group_home" in kinds,
        max_in_a_row=min((wish.count for wish in rows), default=None),
        pause=max((wish.pause for wish in rows), default=0),
        emergencies=max((wish.count for wish in todays if wish.kind == "emergency"), default=0),
        no_new="no_new" in kinds,
    )


def last_day_of(wishes: Sequence[Wish], kind: str, day: int) -> int | None:
    """Give the last day of the unbroken stretch, from `day` on, in which such a wish holds; None when endless."""
    last = day - 1
    for wish in sorted((one for one in wishes if one.kind == kind), key=lambda one: one.first_day):
        if wish.first_day <= last + 1 <= wish.last_day + 1:
            last = max(last, wish.last_day)
    return None if last >= FOREVER else last

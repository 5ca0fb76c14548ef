"""Give what is open, day by day, to whoever draws an agenda: the same compiled rules that the search reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.openings import Rule, rules_meet
from decroche.scheduling.models import OpeningRule, VisitType


@dataclass(frozen=True, slots=True)
class OpeningShown:
    """One opening of one day, uncut by absences; moments aware in the site's zone."""

    practitioner_id: int
    rule_id: int
    site_id: int
    timezone: str
    day: date  # on which it begins, on the site's wall clock
    starts_at: datetime
    ends_at: datetime  # a wish to end earlier has already cut it
    released_at: datetime | None  # None: open to booking since always
    is_released: bool
    reserved_for: str  # OpeningRule.ReservedFor, "" for everybody
    capacity: int
    visit_type_ids: frozenset[int]  # empty: all
    suits: bool  # the visit type and the asker given may book here now
    in_place_of: int | None  # the absent practitioner whose opening a locum takes


@dataclass(frozen=True, slots=True)
class AbsenceShown:
    """One absence that touches the day."""

    absence_id: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    reason: str
    locum_id: int | None


@dataclass(frozen=True, slots=True)
class FreeShown:
    """A time that could be held, as long as the visit type takes (a quarter of an hour without one)."""

    site_id: int
    timezone: str
    starts_at: datetime
    ends_at: datetime
    seats_left: int
    resource_id: int | None


@dataclass(frozen=True, slots=True)
class DayOpenings:
    """A practitioner's day. What began the evening before and runs past midnight is in both days."""

    practitioner_id: int
    day: date
    openings: tuple[OpeningShown, ...] = ()
    absences: tuple[AbsenceShown, ...] = ()
    free: tuple[FreeShown, ...] = ()  # starts on this day, ascending


def openings_of(
    practitioner_ids: Collection[int],
    first_day: date,
    last_day: date,
    now: datetime,
    visit_type: VisitType | None = None,
    asker: Asker = Asker(),
    *,
    with_free: bool = True,
) -> dict[tuple[int, date], DayOpenings]:
    """Give every (practitioner, day) asked for, both ends included; a day is the site's civil day.

    The practitioners must come from a scoped query: their rows are read by id.
    """
    raise NotImplementedError


def rules_collide(rule: OpeningRule, other: OpeningRule) -> bool:
    """Tell whether two opening rules of one practitioner open a part of the same time on some day."""
    return rules_meet(plain_rule(rule), plain_rule(other))


def plain_rule(row: OpeningRule) -> Rule:
    """Give a row's values to the domain; its visit types are left out."""
    return Rule(
        id=row.pk or 0,
        site_id=row.site_id,
        zone=row.site.zone,
        weekday=row.weekday,
        starts=row.starts.hour * 60 + row.starts.minute,
        ends=row.ends.hour * 60 + row.ends.minute,
        valid_from=row.valid_from.toordinal(),
        valid_until=row.valid_until and row.valid_until.toordinal(),
        every=row.every,
        every_n=row.every_n,
        anchor=row.anchor and row.anchor.toordinal(),
        nth=row.nth,
        capacity=row.capacity,
        reserved_for=row.reserved_for,
        overrides=row.overrides,
    )

"""Give what is open, day by day, to whoever draws an agenda: the same compiled rules that the search reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.availability import (
    carve,
    ceil_minute,
    floor_minute,
    local_ordinal,
    to_datetime,
    wall_instant,
)
from decroche.scheduling.domain.busy import NOTHING_USED, Busy
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.limits import EMERGENCY_MINUTES
from decroche.scheduling.domain.openings import DAY, EPOCH_ORDINAL, LONG_AGO, Occurrence, Rule, rules_meet
from decroche.scheduling.domain.terms import ANY_VISIT
from decroche.scheduling.domain.walking import Proposal, proposals
from decroche.scheduling.domain.wishes import NO_WISH, DayWishes
from decroche.scheduling.models import OpeningRule, VisitType
from decroche.scheduling.queries.busy import Window, read_busy, read_used
from decroche.scheduling.queries.rules import agendas_of
from decroche.scheduling.queries.searching import AHEAD, BACK, WHOLE_DAY

_ANYONE = Asker()


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
    kept: tuple[
        tuple[datetime, datetime], ...
    ] = ()  # what only an emergency may still have, by the day's wishes
    wishes: DayWishes = NO_WISH


def openings_of(
    practitioner_ids: Collection[int],
    first_day: date,
    last_day: date,
    now: datetime,
    visit_type: VisitType | None = None,
    asker: Asker = _ANYONE,
    *,
    with_free: bool = True,
) -> dict[tuple[int, date], DayOpenings]:
    """Give every (practitioner, day) asked for, both ends included; a day is the site's civil day.

    `free` holds what could be held now: as long as `visit_type` takes, or, without one, quarters of an hour of what is
    open to whichever visit. 2 queries when the rules are warm (1 without `with_free`; one more where the visit type
    needs a resource), whatever the number of practitioners and days. The practitioners must come from a scoped query:
    their rows are read by id.
    """
    ids = list(dict.fromkeys(practitioner_ids))
    if not ids or last_day < first_day:
        return {}
    kept = agendas_of(ids, first_day=first_day - timedelta(days=2), now=now)
    agendas = {one: kept[one].agenda for one in ids}
    days = range(first_day.toordinal(), last_day.toordinal() + 1)
    judges = _judges(agendas, visit_type, asker, now, days, with_free=with_free)
    return {
        (one, date.fromordinal(day)): _day_of(judges[one], day, ceil_minute(now), with_free=with_free)
        for one in ids
        for day in days
    }


def judges_for(
    practitioner_ids: Collection[int],
    first_day: date,
    last_day: date,
    now: datetime,
    visit_type: VisitType | None = None,
    asker: Asker = _ANYONE,
) -> dict[int, Judge]:
    """Give each practitioner's judge over these days, both ends included; the queries of `openings_of`."""
    ids = list(dict.fromkeys(practitioner_ids))
    if not ids:
        return {}
    kept = agendas_of(ids, first_day=first_day - timedelta(days=2), now=now)
    days = range(first_day.toordinal(), last_day.toordinal() + 1)
    return _judges({one: kept[one].agenda for one in ids}, visit_type, asker, now, days, with_free=True)


def _judges(
    agendas: Mapping[int, Agenda],
    visit_type: VisitType | None,
    asker: Asker,
    now: datetime,
    days: range,
    *,
    with_free: bool,
) -> dict[int, Judge]:
    """Give each practitioner's judge, over what is booked in these days if free time is asked for; 1 or 2 queries."""
    kind = ANY_VISIT if visit_type is None else visit_type.pk
    low = (days[0] - EPOCH_ORDINAL - 1) * DAY - BACK - WHOLE_DAY
    high = (days[-1] - EPOCH_ORDINAL + 2) * DAY + AHEAD + WHOLE_DAY
    busy = read_busy([Window(one, low, high) for one in agendas], now=now) if with_free else {}
    if visit_type is None:
        agendas = {one: agenda.for_any_visit() for one, agenda in agendas.items()}
    needs = {
        need.id for agenda in agendas.values() for era in agenda.eras(kind) for need in era.terms.resources
    }
    used = read_used(needs, low, high, now=now) if with_free and needs else NOTHING_USED
    return {
        one: Judge(agenda, kind, asker=asker, now=ceil_minute(now), busy=Busy(busy.get(one, ())), used=used)
        for one, agenda in agendas.items()
    }


def _day_of(judge: Judge, day: int, now: int, *, with_free: bool) -> DayOpenings:
    agenda = judge.agenda
    zones = list(agenda.sites.values())
    shown = [
        _shown(judge, one, now)
        for one in agenda.around(day)
        if one.full_end > _midnight(one.rule.zone, day) and one.end > one.start
    ]
    low = min((_midnight(zone, day) for zone in zones), default=(day - EPOCH_ORDINAL) * DAY)
    high = max((_midnight(zone, day + 1) for zone in zones), default=low + DAY)
    absences = [
        AbsenceShown(
            span.id, to_datetime(span.start), to_datetime(span.end), span.kind, span.reason, span.locum_id
        )
        for span in agenda.absences
        if span.start < high and low < span.end
    ]
    free = [
        _free(one)
        for one in (proposals(judge, low, high) if with_free and high > now else ())
        if local_ordinal(one.zone, one.start) == day
    ]
    wishes = agenda.wishes_on(day)
    kept = _kept(judge, day, now, free) if with_free and wishes.emergencies else ()
    return DayOpenings(
        agenda.practitioner_id,
        date.fromordinal(day),
        tuple(shown),
        tuple(absences),
        tuple(free),
        tuple(kept),
        wishes,
    )


def _kept(judge: Judge, day: int, now: int, free: list[FreeShown]) -> list[tuple[datetime, datetime]]:
    """Give the gaps of a day that are kept for emergencies: room for one, and nothing in it is anybody else's."""
    given = sorted((floor_minute(one.starts_at), ceil_minute(one.ends_at)) for one in free)
    length = judge.agenda.emergency_minutes(day) or EMERGENCY_MINUTES
    found = []
    for zone in dict.fromkeys(judge.agenda.sites.values()):
        for half in (0, 1):
            for start, end in carve(judge.limits.kept(zone, day, half), given):
                begin = max(start, now)
                if end - begin >= length:
                    found.append((to_datetime(begin).astimezone(zone), to_datetime(end).astimezone(zone)))
    return found


def _shown(judge: Judge, one: Occurrence, now: int) -> OpeningShown:
    rule = one.rule
    terms = judge.agenda.terms(judge.visit_type_id, one.day)
    suits = terms is not None and terms.refusal(judge.asker) is None and judge.shut(one, terms) is None
    return OpeningShown(
        practitioner_id=judge.agenda.practitioner_id,
        rule_id=rule.id,
        site_id=rule.site_id,
        timezone=rule.zone.key,
        day=date.fromordinal(one.day),
        starts_at=to_datetime(one.start).astimezone(rule.zone),
        ends_at=to_datetime(one.end).astimezone(rule.zone),
        released_at=None
        if one.released_at == LONG_AGO
        else to_datetime(one.released_at).astimezone(rule.zone),
        is_released=one.released_at <= now,
        reserved_for=rule.reserved_for,
        capacity=rule.capacity,
        visit_type_ids=rule.visit_types,
        suits=suits,
        in_place_of=one.in_place_of,
    )


def _free(one: Proposal) -> FreeShown:
    return FreeShown(
        site_id=one.site_id,
        timezone=one.zone.key,
        starts_at=to_datetime(one.start).astimezone(one.zone),
        ends_at=to_datetime(one.end).astimezone(one.zone),
        seats_left=one.seats_left,
        resource_id=one.resource_id,
    )


def _midnight(zone: ZoneInfo, day: int) -> int:
    return wall_instant(zone, (day - EPOCH_ORDINAL) * DAY)


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
        valid_until=row.valid_until.toordinal() if row.valid_until else None,
        every=row.every,
        every_n=row.every_n,
        anchor=row.anchor.toordinal() if row.anchor else None,
        nth=row.nth,
        capacity=row.capacity,
        reserved_for=row.reserved_for,
        overrides=row.overrides,
    )

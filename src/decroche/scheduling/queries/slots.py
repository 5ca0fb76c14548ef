"""Find free slots: a question about versions, one per window of growing size, the rest in memory.

The search keeps, for each practitioner, how far everything is known (`frontier`) and what was found so far. Each round
reads on for those who may still have something earlier than the last slot wanted, beginning with those whose agenda is
known to be full the shortest (`hints`): so the earliest slot among a thousand agendas reads a handful of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.asking import Asker, Order, Reason
from decroche.scheduling.domain.availability import ceil_minute, to_datetime
from decroche.scheduling.models import VisitType
from decroche.scheduling.queries.rules import agendas_of
from decroche.scheduling.queries.searching import Found, Place, Search

#: How far ahead a search looks unless it is told.
HORIZON_DAYS = 182
#: Around a date: so many days on both sides, each time a little more.
_AROUND_DAYS = (3, 14, 60, HORIZON_DAYS)
_ANYONE = Asker()


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that could be held; `starts_at` and `ends_at` are aware in the site's zone.

    `reasons` tells why it stands where it stands; the first of the list by time has `FIRST`. `resource_id` is the room or
    machine it would take; `seats_left` counts those of a group session, 1 otherwise.
    """

    practitioner_id: int
    practitioner_name: str
    site_id: int
    site_name: str
    timezone: str
    visit_type_id: int
    starts_at: datetime
    ends_at: datetime
    reasons: tuple[Reason, ...] = ()
    resource_id: int | None = None
    seats_left: int = 1


def open_slots(
    *,
    practitioners: Iterable[Practitioner],
    visit_type: VisitType,
    start: datetime,
    now: datetime,
    limit: int = 20,
    horizon_days: int = HORIZON_DAYS,
    suits: Callable[[datetime], bool] | None = None,
    asker: Asker = _ANYONE,
    order: Order = Order.WISHES,
    around: date | None = None,
) -> list[Slot]:
    """List the first `limit` slots from `start` on: in order of days; within a day as the practitioners wish.

    `suits` keeps only the starts (aware, in the site's zone) that it accepts. `around` begins with the day asked for and
    goes away from it on both sides, never before `start`. `Order.TIME` goes by the clock and by `practitioners`.

    1 query for the versions and one for each window looked at, at most five (three for three practitioners or fewer, two
    where they are asked for ten or more; six for the very first slot, which is mostly found in the first); a window has one more where resources are shared; visits at home to be grouped take one. Cold agendas cost up to
    nine more, whatever their number. The practitioners must come from a scoped query: their rows are read by id.
    """
    by_id = {
        person.id: person for person in practitioners
    }  # not `pk`: a thousand look-ups of it cost a millisecond
    if not by_id or limit < 1:
        return []
    people = list(by_id.values())
    earliest = max(start, now)
    first, horizon = ceil_minute(earliest), ceil_minute(earliest + timedelta(days=horizon_days))
    kept = agendas_of(list(by_id), first_day=earliest.date(), now=now)
    search = Search(
        places=[Place(rank, kept[one]) for rank, one in enumerate(by_id)],
        visit_type_id=visit_type.pk,
        asker=asker,
        now=now,
        suits=suits,
    )
    if around is None:
        found = search.first(first, horizon, limit, by_wish=order == Order.WISHES)
    else:
        found = search.near(around.toordinal(), first, horizon, limit, _AROUND_DAYS)
    return _slots(found, people, visit_type)


def earliest_slot(
    *,
    practitioners: Iterable[Practitioner],
    visit_type: VisitType,
    start: datetime,
    now: datetime,
    asker: Asker = _ANYONE,
) -> Slot | None:
    """Give the very first slot among several practitioners, or None within six months.

    Sub-linear: the agendas read grow with how many could be the first, not with how many there are.
    """
    found = open_slots(
        practitioners=practitioners,
        visit_type=visit_type,
        start=start,
        now=now,
        limit=1,
        asker=asker,
        order=Order.TIME,
    )
    return next(iter(found), None)


def _slots(found: Sequence[Found], people: Sequence[Practitioner], visit_type: VisitType) -> list[Slot]:
    kind = visit_type.pk
    names = {rank: people[rank].display_name for rank in {one.place.rank for one in found}}
    return [
        Slot(
            practitioner_id=people[one.place.rank].id,
            practitioner_name=names[one.place.rank],
            site_id=one.slot.site_id,
            site_name=one.place.kept.agenda.site_name(one.slot.site_id),
            timezone=one.slot.zone.key,
            visit_type_id=kind,
            starts_at=to_datetime(one.slot.start).astimezone(one.slot.zone),
            ends_at=to_datetime(one.slot.end).astimezone(one.slot.zone),
            reasons=one.reasons,
            resource_id=one.slot.resource_id,
            seats_left=one.slot.seats_left,
        )
        for one in found
    ]

"""Give each touched appointment a place of its own, counting what is given along the way."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.asking import Asker
from decroche.scheduling.domain.availability import ceil_minute, floor_minute
from decroche.scheduling.domain.busy import Taken
from decroche.scheduling.domain.mass_moves import Touched, assign
from decroche.scheduling.domain.standing import Row, Standing, resources_of
from decroche.scheduling.domain.waiting import Opening as Place
from decroche.scheduling.models import Appointment, PatientPreference, VisitType
from decroche.scheduling.queries.busy import Window, read_busy, read_used
from decroche.scheduling.queries.mass_moves import SOONEST, circles_of, promised, same_time_at
from decroche.scheduling.queries.rules import agendas_of
from decroche.scheduling.queries.searching import AHEAD, BACK, WHOLE_DAY
from decroche.scheduling.queries.slots import HORIZON_DAYS, open_slots

_ANYONE = Asker()
#: Where the days are full by their limits, one looks further so many times for whom no place is left.
_ROUNDS = 6


def places_for(
    appointments: Sequence[Appointment],
    *,
    practitioner: Practitioner,
    locum: Practitioner | None,
    now: datetime,
) -> dict[int, Place]:
    """Give each appointment a place that could still be had once all the others have theirs.

    Two searches for each visit type, one more with a locum, and some ten queries: the same whether three or thirty are
    touched. Only those whom the limits left without a place are searched for again, further on.
    """
    if not appointments:
        return {}
    circles = circles_of(practitioner, locum)
    everyone = [person for circle in circles for person in circle]
    standing = standing_of(appointments, everyone, practice_id=practitioner.practice_id, now=now)
    places: Mapping[int, Sequence[Place]] = same_time_at(locum, appointments)
    left, given = {one.id: one for one in _touched(appointments)}, dict[int, Place]()
    search = _Search(appointments, circles, now)
    for _ in range(_ROUNDS):
        found = search.further({one.visit_type_id for one in left.values()})
        wanted = {
            one.pk: [*places.get(one.pk, ()), *_long_enough(found[one.visit_type_id], one)]
            for one in appointments
            if one.pk in left
        }
        lot = assign(left.values(), wanted, locum_id=locum.pk if locum else None, fits=_Fits(standing))
        given |= lot
        left = {pk: one for pk, one in left.items() if pk not in lot}
        places = {}
        if not left or not any(found.values()):
            break
    return given


def standing_of(
    appointments: Collection[Appointment],
    people: Collection[Practitioner],
    *,
    practice_id: int,
    now: datetime,
) -> Standing:
    """Read what these practitioners' time is worth: rules, bookings, resources, what other preparations promised."""
    first = min([now, *(one.starts_at for one in appointments)])
    ids = [person.pk for person in people]
    kept = agendas_of(ids, first_day=first.date() - timedelta(days=2), now=now)
    agendas = {one: kept[one].agenda for one in ids}
    low = floor_minute(first) - BACK - WHOLE_DAY
    high = ceil_minute(now + timedelta(days=HORIZON_DAYS)) + AHEAD + WHOLE_DAY
    kept_for = promised(practice_id, now=now)
    kinds = {one.visit_type_id for one in appointments} | {one.visit_type_id for one in kept_for}
    standing = Standing(
        agendas,
        read_busy([Window(one, low, high) for one in ids], now=now),
        read_used(resources_of(agendas.values(), kinds), low, high, now=now),
        now=ceil_minute(now),
        own={one.pk: _row_of(one) for one in appointments},
    )
    for one in kept_for:
        kind, place = one.visit_type_id, one.place
        verdict = standing.judge(
            kind,
            place.practitioner_id,
            floor_minute(place.starts_at),
            ceil_minute(place.ends_at),
            place.site_id,
            mover=0,
            asker=_ANYONE,
        )
        if verdict is not None:
            standing.promise(kind, place.practitioner_id, verdict)
    return standing


class _Fits:
    """Ask the rules of whoever would receive, and remember what was given."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def __call__(self, touched: Touched, place: Place) -> bool:
        verdict = self._standing.judge(
            touched.visit_type_id,
            place.practitioner_id,
            floor_minute(place.starts_at),
            floor_minute(place.starts_at) + touched.minutes
            if touched.minutes
            else ceil_minute(place.ends_at),
            place.site_id,
            mover=touched.id,
            asker=_ANYONE,
        )
        if verdict is None or verdict.why is not None:
            return False
        self._standing.promise(touched.visit_type_id, place.practitioner_id, verdict)
        return True


class _Search:
    """Look for free time, and then further on from where one has looked."""

    def __init__(
        self, appointments: Sequence[Appointment], circles: Sequence[Sequence[Practitioner]], now: datetime
    ) -> None:
        self._counts = Counter(one.visit_type_id for one in appointments)
        self._kinds = VisitType.objects.in_bulk(list(self._counts))
        self._from: dict[tuple[int, int], datetime | None] = {
            (kind, n): now + SOONEST for kind in self._counts for n in range(len(circles))
        }
        self._circles, self._now = circles, now

    def further(self, kinds: Collection[int]) -> dict[int, list[Place]]:
        """Find the next places of each visit type, with those who know the patient and with the colleagues."""
        return {
            kind: [place for n in range(len(self._circles)) for place in self._next(kind, n)]
            for kind in kinds
        }

    def _next(self, kind: int, circle: int) -> list[Place]:
        start = self._from[kind, circle]
        if start is None:
            return []
        limit = 2 * self._counts[kind] + 10
        slots = open_slots(
            practitioners=self._circles[circle],
            visit_type=self._kinds[kind],
            start=start,
            now=self._now,
            limit=limit,
        )
        last = max((slot.starts_at for slot in slots), default=None)
        self._from[kind, circle] = last + timedelta(minutes=1) if last and len(slots) == limit else None
        return [Place(slot.practitioner_id, slot.site_id, slot.starts_at, slot.ends_at) for slot in slots]


def _long_enough(places: Sequence[Place], one: Appointment) -> list[Place]:
    """Leave out where visits are shorter: an appointment keeps its length when it moves, and would run into the next."""
    length = one.ends_at - one.starts_at
    return [place for place in places if place.ends_at - place.starts_at >= length]


def _touched(appointments: Sequence[Appointment]) -> list[Touched]:
    """Say who they are to the planner; 1 query."""
    preferences = PatientPreference.objects.in_bulk(
        [one.patient_id for one in appointments], field_name="patient_id"
    )
    found = []
    for one in appointments:
        preference = preferences.get(one.patient_id)
        found.append(
            Touched(
                id=one.pk,
                practitioner_id=one.practitioner_id,
                starts_at=one.local_start,
                is_urgent=one.visit_type.emergency,
                half_day=preference.half_day if preference else "",
                weekdays=frozenset(preference.weekdays if preference else ()),
                prefers=preference.practitioner_id if preference else None,
                visit_type_id=one.visit_type_id,
                minutes=ceil_minute(one.ends_at) - floor_minute(one.starts_at),
            )
        )
    return found


def _row_of(one: Appointment) -> Row:
    return Row(
        one.pk,
        one.practitioner_id,
        Taken(
            floor_minute(one.busy_from),
            ceil_minute(one.busy_until),
            floor_minute(one.starts_at),
            ceil_minute(one.ends_at),
            one.visit_type_id,
            one.lane,
            one.hold_expires_at is not None,
        ),
    )

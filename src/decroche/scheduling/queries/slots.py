"""Find free slots: two queries for the rules, one per window of growing size, the rest in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import merge as merge_sorted
from itertools import groupby, islice, takewhile
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.db import connection

from decroche.practices.models import Practitioner, Site
from decroche.scheduling.domain.asking import Asker, Order, Reason
from decroche.scheduling.domain.availability import (
    Minutes,
    WeeklyRule,
    ceil_minute,
    expand_rules,
    floor_minute,
    is_bookable,
    sweep,
    to_datetime,
)
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, VisitType

#: How far to look, in days, each time a little more; the search stops at the first window that gives enough.
WINDOWS_DAYS = (1, 2, 7, 28, 182)
ALIGN_MINUTES = 5
#: Busy time is read so far past a window's edge that whatever starts before the edge can end.
_MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that could be held; `starts_at` and `ends_at` are aware in the site's zone."""

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


@dataclass(frozen=True, slots=True)
class _Place:
    """One practitioner at one site: where a slot can be."""

    rank: int
    practitioner: Practitioner
    site_id: int
    site_name: str
    zone: ZoneInfo
    duration: int
    rules: tuple[WeeklyRule, ...]


_RULES = """
SELECT r.practitioner_id, r.site_id, s.name, s.timezone, r.weekday, r.starts, r.ends, r.valid_from, r.valid_until
FROM scheduling_openingrule r JOIN practices_site s ON s.id = r.site_id
WHERE r.practitioner_id = ANY(%(practitioners)s)
  AND (r.valid_until IS NULL OR r.valid_until >= %(first_day)s)
  AND r.valid_from <= %(last_day)s
  AND (
    NOT EXISTS (SELECT 1 FROM scheduling_openingrule_visit_types x WHERE x.openingrule_id = r.id)
    OR EXISTS (
        SELECT 1 FROM scheduling_openingrule_visit_types x
        WHERE x.openingrule_id = r.id AND x.visittype_id = %(visit_type)s
    )
  )
ORDER BY r.practitioner_id, r.site_id
"""

_OFFERS = """
SELECT practitioner_id, bool_or(visit_type_id = %(visit_type)s),
       max(duration_minutes) FILTER (WHERE visit_type_id = %(visit_type)s)
FROM scheduling_visitoffer WHERE practitioner_id = ANY(%(practitioners)s) GROUP BY practitioner_id
"""

_BUSY = f"""
SELECT practitioner_id, array_agg(s), array_agg(e) FROM (
    SELECT practitioner_id,
           floor(date_part('epoch', starts_at) / 60)::int4 AS s, ceil(date_part('epoch', ends_at) / 60)::int4 AS e
    FROM scheduling_appointment
    WHERE practitioner_id = ANY(%(practitioners)s)
      AND status IN ({", ".join(f"'{state}'" for state in OCCUPYING_STATES)})
      AND starts_at >= %(low)s AND starts_at < %(high)s
      AND (hold_expires_at IS NULL OR hold_expires_at > %(now)s)
    UNION ALL
    SELECT practitioner_id,
           floor(date_part('epoch', starts_at) / 60)::int4, ceil(date_part('epoch', ends_at) / 60)::int4
    FROM scheduling_absence
    WHERE practitioner_id = ANY(%(practitioners)s) AND ends_at > %(low)s AND starts_at < %(high)s
) busy GROUP BY practitioner_id
"""  # noqa: S608 — the states are our own constants; literal, so that the partial index is chosen


def open_slots(
    *,
    practitioners: Iterable[Practitioner],
    visit_type: VisitType,
    start: datetime,
    now: datetime,
    limit: int = 20,
    horizon_days: int = WINDOWS_DAYS[-1],
    suits: Callable[[datetime], bool] | None = None,
    asker: Asker = Asker(),  # noqa: ARG001
    order: Order = Order.WISHES,  # noqa: ARG001
    around: date | None = None,  # noqa: ARG001
) -> list[Slot]:
    """List the first `limit` slots from `start` on, in order of time and then of `practitioners`.

    Slots stand shoulder to shoulder from each gap's start, on the site's five minutes. `suits` keeps only the starts
    (aware, in the site's zone) that it accepts. At most 2 + 5 queries, usually 3. The practitioners must come
    from a scoped query: their rows are read by id.
    """
    earliest = max(start, now)
    places = _places(list(practitioners), visit_type, earliest, horizon_days)
    if not places:
        return []
    ids = sorted({place.practitioner.pk for place in places})
    busy: dict[int, list[Minutes]] = {id_: [] for id_ in ids}
    low = earliest - LONGEST
    found: list[Slot] = []
    for days in _windows(horizon_days):
        edge = earliest + timedelta(days=days)
        _read_busy(busy, low, edge + _MARGIN, now)
        low = edge + _MARGIN
        found = _search(places, busy, visit_type, earliest, edge, limit, suits)
        if len(found) >= limit:
            break
    return found


def earliest_slot(
    *,
    practitioners: Iterable[Practitioner],
    visit_type: VisitType,
    start: datetime,
    now: datetime,
    asker: Asker = Asker(),
) -> Slot | None:
    """Give the very first slot among several practitioners, or None within six months."""
    return next(
        iter(
            open_slots(
                practitioners=practitioners,
                visit_type=visit_type,
                start=start,
                now=now,
                limit=1,
                asker=asker,
                order=Order.TIME,
            )
        ),
        None,
    )


def is_open(
    *, practitioner: Practitioner, site: Site, visit_type: VisitType, starts_at: datetime, ends_at: datetime
) -> bool:
    """Tell whether the practitioner receives there and then, whoever already has the time; 3 queries.

    Looks at the opening rules, the offers and the absences, not at appointments: the constraint judges those.
    """
    places = _places([practitioner], visit_type, starts_at - timedelta(days=2), 4)
    place = next((place for place in places if place.site_id == site.pk), None)
    if place is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT starts_at, ends_at FROM scheduling_absence"
            " WHERE practitioner_id = %s AND ends_at > %s AND starts_at < %s",
            [practitioner.pk, starts_at, ends_at],
        )
        absences = [(floor_minute(start), ceil_minute(end)) for start, end in cursor.fetchall()]
    day = starts_at.astimezone(place.zone).date()
    free = expand_rules(
        place.rules, first_day=day - timedelta(days=1), last_day=day + timedelta(days=1), zone=place.zone
    )
    return is_bookable(free, absences, start=floor_minute(starts_at), end=ceil_minute(ends_at))


def duration_minutes(*, practitioner: Practitioner, visit_type: VisitType) -> int:
    """Give how long this practitioner takes for this visit type; 1 query."""
    offers = _offers([practitioner.pk], visit_type.pk)
    return offers.get(practitioner.pk, (True, None))[1] or visit_type.duration_minutes


def _windows(horizon_days: int) -> Iterator[int]:
    yield from (days for days in WINDOWS_DAYS if days < horizon_days)
    yield horizon_days


def _places(
    practitioners: Sequence[Practitioner], visit_type: VisitType, start: datetime, horizon_days: int
) -> list[_Place]:
    by_id = {practitioner.pk: (rank, practitioner) for rank, practitioner in enumerate(practitioners)}
    offers = _offers(list(by_id), visit_type.pk)
    first_day = start.date() - timedelta(days=3)
    with connection.cursor() as cursor:
        cursor.execute(
            _RULES,
            {
                "practitioners": list(by_id),
                "visit_type": visit_type.pk,
                "first_day": first_day,
                "last_day": first_day + timedelta(days=horizon_days + 6),
            },
        )
        rows = cursor.fetchall()
    places = []
    for (practitioner_id, site_id), group in groupby(rows, key=itemgetter(0, 1)):
        receives, own_minutes = offers.get(practitioner_id, (True, None))
        if not receives:
            continue
        found = list(group)
        rank, practitioner = by_id[practitioner_id]
        places.append(
            _Place(
                rank,
                practitioner,
                site_id,
                found[0][2],
                ZoneInfo(found[0][3]),
                own_minutes or visit_type.duration_minutes,
                tuple(WeeklyRule(*row[4:]) for row in found),
            )
        )
    return sorted(places, key=lambda place: place.rank)


def _offers(practitioner_ids: list[int], visit_type_id: int) -> dict[int, tuple[bool, int | None]]:
    """Give, for each practitioner who declares offers, whether this visit type is one and in how many minutes."""
    with connection.cursor() as cursor:
        cursor.execute(_OFFERS, {"practitioners": practitioner_ids, "visit_type": visit_type_id})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _read_busy(busy: dict[int, list[Minutes]], low: datetime, high: datetime, now: datetime) -> None:
    """Add the busy time that starts in `[low, high)`; an expired hold is free."""
    with connection.cursor() as cursor:
        cursor.execute(_BUSY, {"practitioners": list(busy), "low": low, "high": high, "now": now})
        for practitioner_id, starts, ends in cursor.fetchall():
            busy[practitioner_id].extend(zip(starts, ends, strict=True))


def _search(
    places: list[_Place],
    busy: dict[int, list[Minutes]],
    visit_type: VisitType,
    earliest: datetime,
    edge: datetime,
    limit: int,
    suits: Callable[[datetime], bool] | None,
) -> list[Slot]:
    """Merge the places' lazy sweeps by time and take the first `limit` that start before `edge`."""

    def starts(place: _Place) -> Iterator[tuple[int, int, _Place]]:
        found = sweep(
            expand_rules(
                place.rules,
                first_day=_local_date(earliest, place.zone) - timedelta(days=1),
                last_day=_local_date(edge, place.zone) + timedelta(days=1),
                zone=place.zone,
            ),
            busy[place.practitioner.pk],
            duration=place.duration,
            step=place.duration,
            earliest=ceil_minute(earliest),
            zone=place.zone,
            align=ALIGN_MINUTES,
        )
        return (
            (start, place.rank, place)
            for start in found
            if suits is None or suits(to_datetime(start).astimezone(place.zone))
        )

    last = ceil_minute(edge)
    ordered = merge_sorted(*(starts(place) for place in places), key=itemgetter(0, 1))
    within = takewhile(lambda found: found[0] < last, ordered)
    return [_slot(place, start, visit_type) for start, _, place in islice(within, limit)]


def _slot(place: _Place, start: int, visit_type: VisitType) -> Slot:
    return Slot(
        practitioner_id=place.practitioner.pk,
        practitioner_name=place.practitioner.display_name,
        site_id=place.site_id,
        site_name=place.site_name,
        timezone=place.zone.key,
        visit_type_id=visit_type.pk,
        starts_at=to_datetime(start).astimezone(place.zone),
        ends_at=to_datetime(start + place.duration).astimezone(place.zone),
    )


def _local_date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(UTC).astimezone(zone).date()

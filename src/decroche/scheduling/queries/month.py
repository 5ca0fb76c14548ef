"""Lay a month out: each day's bookings, how full it is, what is free, who is away."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from decroche.kernel.interval import local_day
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.agenda import Agenda
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.availability import ceil_minute, floor_minute, gaps
from decroche.scheduling.domain.counting import free_per_day
from decroche.scheduling.models import OCCUPYING_STATES, Absence, VisitType
from decroche.scheduling.queries.openings import judges_for

_FULL = 100
_DAY = 24 * 60

_BOOKED = f"""
SELECT practitioner_id, (starts_at AT TIME ZONE %(zone)s)::date, count(*) FILTER (WHERE status <> '{Status.HELD}'),
       coalesce(sum(date_part('epoch', ends_at - starts_at) / 60)::int4, 0)
FROM scheduling_appointment
WHERE practitioner_id = ANY(%(practitioners)s)
  AND status IN ({", ".join(f"'{state}'" for state in OCCUPYING_STATES)})
  AND starts_at >= %(start)s AND starts_at < %(end)s
  AND (hold_expires_at IS NULL OR hold_expires_at > %(now)s)
GROUP BY 1, 2
"""  # noqa: S608 — the states are our own constants; literal, so that the partial index is chosen


@dataclass(slots=True)
class MonthDay:
    """One day of a month for one practitioner or several."""

    day: date
    in_month: bool
    is_today: bool
    is_past: bool
    booked: int = 0
    open_minutes: int = 0
    taken_minutes: int = 0
    free: int = 0
    closures: tuple[str, ...] = ()  # why nobody, or who not, in words that the practice wrote
    away: tuple[str, ...] = ()  # practitioners who are absent on all that they would have opened

    @property
    def is_open(self) -> bool:
        return self.open_minutes > 0

    @property
    def percent(self) -> int:
        """Say how much of the open time is taken, 0 to 100."""
        if not self.open_minutes:
            return _FULL if self.taken_minutes else 0
        return min(_FULL, round(_FULL * self.taken_minutes / self.open_minutes))


@dataclass(frozen=True, slots=True)
class MonthView:
    """Whole weeks, from the Monday before the first of the month on."""

    first: date
    weeks: tuple[tuple[MonthDay, ...], ...]
    visit_type: VisitType | None

    @property
    def days(self) -> Iterable[MonthDay]:
        return (day for week in self.weeks for day in week)


def month_view(
    *,
    people: Sequence[Practitioner],
    day: date,
    now: datetime,
    zone: ZoneInfo,
    visit_type: VisitType | None = None,
) -> MonthView:
    """Lay out the month of `day`; three queries when the rules are warm, however many practitioners.

    What is free is counted in times that could be held for `visit_type`, or in quarters of an hour.
    """
    first = day.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    weeks = (_last_of_month(first) - monday).days // 7 + 1
    sunday = monday + timedelta(days=7 * weeks - 1)
    names = {person.pk: person.display_name for person in people}
    free = judges_for(list(names), monday, sunday, now, visit_type)
    span = (
        floor_minute(local_day(monday, zone).start) - _DAY,
        ceil_minute(local_day(sunday, zone).end) + _DAY,
    )
    counted = {pk: free_per_day(judge, max(span[0], ceil_minute(now)), span[1]) for pk, judge in free.items()}
    taken = _booked(list(names), monday, sunday, zone, now)
    today = now.astimezone(zone).date()
    days = []
    for n in range(7 * weeks):
        on = monday + timedelta(days=n)
        each = MonthDay(on, on.month == first.month, on == today, on < today)
        each.free = sum(counted[pk][on.toordinal()] for pk in counted)
        _fill(each, [judge.agenda for judge in free.values()], names, [taken[pk, on] for pk in names])
        days.append(each)
    return MonthView(first, tuple(tuple(days[n : n + 7]) for n in range(0, len(days), 7)), visit_type)


def _last_of_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _booked(
    ids: list[int], first: date, last: date, zone: ZoneInfo, now: datetime
) -> defaultdict[tuple[int, date], tuple[int, int]]:
    """Count each practitioner's appointments a day, and the minutes they take."""
    found: defaultdict[tuple[int, date], tuple[int, int]] = defaultdict(lambda: (0, 0))
    with connection.cursor() as cursor:
        cursor.execute(
            _BOOKED,
            {
                "practitioners": ids,
                "zone": zone.key,
                "start": local_day(first, zone).start,
                "end": local_day(last, zone).end,
                "now": now,
            },
        )
        for practitioner_id, on, count, minutes in cursor.fetchall():
            found[practitioner_id, on] = (count, minutes)
    return found


def _fill(
    each: MonthDay, agendas: Iterable[Agenda], names: dict[int, str], taken: Iterable[tuple[int, int]]
) -> None:
    """Add the practitioners' days up; a day has what begins on it."""
    closures: dict[str, None] = {}
    away = []
    for agenda in agendas:
        opened = [
            (one.start, one.end) for one in agenda.occurrences(each.day.toordinal()) if one.end > one.start
        ]
        left = sum(end - start for start, end in gaps(opened, agenda.away)) if opened else 0
        each.open_minutes += left
        if opened and not left:
            away.append(names[agenda.practitioner_id])
            low, high = opened[0][0], max(end for _, end in opened)
            closures |= dict.fromkeys(
                str(span.reason or Absence.Kind(span.kind).label)
                for span in agenda.absences
                if span.start < high and low < span.end
            )
    for count, minutes in taken:
        each.booked += count
        each.taken_minutes += minutes
    each.closures, each.away = tuple(closures), tuple(away)

"""Find the day worth showing when none is asked for: the next one on which anybody receives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import TruncDate

from decroche.kernel.interval import local_day
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.availability import ceil_minute, floor_minute, gaps, to_datetime
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment
from decroche.scheduling.queries.rules import agendas_of

#: How many days after the first one are looked at: beyond a fortnight, saying that nobody receives says more.
LOOKAHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A day with appointments: how many, and when the first begins (in the zone asked for)."""

    day: date
    count: int
    first: datetime


def receiving_day(*, practitioner_ids: Iterable[int], first: date, zone: ZoneInfo) -> date | None:
    """Give the first day, from `first` itself on, with an opening that no absence covers or an appointment.

    None when the fortnight has neither. 2 queries when the rules are warm.
    """
    ids = list(practitioner_ids)
    last = first + LOOKAHEAD
    opens = _first_opening(ids, first, last, zone)
    booked = _booked(ids, first, last, zone).order_by("starts_at").values_list("starts_at", flat=True).first()
    moments = [moment for moment in (opens, booked) if moment is not None]
    # What began the evening before and lasts past midnight belongs to `first` too.
    return max(first, min(moments).astimezone(zone).date()) if moments else None


def next_booked_day(*, practitioner_ids: Iterable[int], after: date, zone: ZoneInfo) -> BookedDay | None:
    """Give the first day with appointments in the fortnight that follows `after`; 1 query."""
    rows = _booked(list(practitioner_ids), after + timedelta(days=1), after + LOOKAHEAD, zone)
    row = (
        rows.filter(starts_at__gte=local_day(after, zone).end)
        .annotate(day=TruncDate("starts_at", tzinfo=zone))
        .values("day")
        .annotate(count=Count("pk"), first=Min("starts_at"))
        .order_by("day")
        .first()
    )
    return BookedDay(row["day"], row["count"], row["first"].astimezone(zone)) if row else None


def _booked(ids: list[int], first: date, last: date, zone: ZoneInfo) -> QuerySet[Appointment]:
    """Select what takes place in these days, holds excepted."""
    start, end = local_day(first, zone).start, local_day(last, zone).end
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        practitioner_id__in=ids,
        status__in=OCCUPYING_STATES,
        starts_at__gt=start - LONGEST,
        starts_at__lt=end,
        ends_at__gt=start,
    ).exclude(status=Status.HELD)
    return rows


def _first_opening(ids: list[int], first: date, last: date, zone: ZoneInfo) -> datetime | None:
    """Give when the first opening free of absence begins, perhaps the evening before `first`."""
    start, end = local_day(first, zone).start, local_day(last, zone).end
    low, high = floor_minute(start), ceil_minute(end)
    found = []
    for kept in agendas_of(ids, first_day=first - timedelta(days=2), now=start).values() if ids else ():
        opened = (
            (one.start, one.end)
            for day in range(first.toordinal() - 2, last.toordinal() + 2)
            for one in kept.agenda.occurrences(day)
        )
        free = gaps(opened, kept.agenda.away)
        found.append(next((begins for begins, ends in free if ends > low and begins < high), None))
    known = [begins for begins in found if begins is not None]
    return to_datetime(min(known)) if known else None

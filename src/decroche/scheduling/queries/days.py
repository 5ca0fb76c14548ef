"""Find the day worth showing when none is asked for: the next one on which anybody receives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncDate

from decroche.kernel.interval import local_day
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.availability import (
    WeeklyRule,
    ceil_minute,
    expand_rules,
    floor_minute,
    gaps,
    to_datetime,
)
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Absence, Appointment, OpeningRule

#: How many days after the first one are looked at: beyond a fortnight, saying that nobody receives says more.
LOOKAHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A day with appointments: how many, and when the first begins (in the zone asked for)."""

    day: date
    count: int
    first: datetime


def receiving_day(*, practitioner_ids: Iterable[int], first: date, zone: ZoneInfo) -> date | None:
    """Give the first day, from `first` itself on, with an opening that no absence covers or an appointment; 3 queries.

    None when the fortnight has neither.
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
    rules = OpeningRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=first - timedelta(days=1)),
        practitioner_id__in=ids,
        valid_from__lte=last,
    )
    away: dict[int, list[tuple[int, int]]] = {}
    for absence in Absence.objects.filter(practitioner_id__in=ids, ends_at__gt=start, starts_at__lt=end):
        span = (floor_minute(absence.starts_at), ceil_minute(absence.ends_at))
        away.setdefault(absence.practitioner_id, []).append(span)
    columns = ("weekday", "starts", "ends", "valid_from", "valid_until")
    places: dict[tuple[int, str], list[WeeklyRule]] = {}
    for practitioner_id, timezone, *weekly in rules.values_list(
        "practitioner_id", "site__timezone", *columns
    ):
        places.setdefault((practitioner_id, timezone), []).append(WeeklyRule(*weekly))
    low, high = floor_minute(start), ceil_minute(end)
    found = []
    for (practitioner_id, timezone), weekly_rules in places.items():
        opened = expand_rules(
            weekly_rules, first_day=first - timedelta(days=1), last_day=last, zone=ZoneInfo(timezone)
        )
        free = gaps(opened, away.get(practitioner_id, []))
        found.append(next((begins for begins, ends in free if ends > low and begins < high), None))
    known = [begins for begins in found if begins is not None]
    return to_datetime(min(known)) if known else None

"""Find the appointments to come that a practitioner's opening hours no longer hold."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import AHEAD
from decroche.scheduling.models import Appointment
from decroche.scheduling.queries.openings import DayOpenings, openings_of

#: How far ahead, and how many appointments, are looked at.
HORIZON = timedelta(days=190)
MOST_READ = 2_000


@dataclass(frozen=True, slots=True)
class Outside:
    """The first of them, in order of time, and how many there are."""

    appointments: tuple[Appointment, ...]
    count: int


def outside_openings(*, practitioner: Practitioner, now: datetime, limit: int) -> Outside:
    """List what was booked within hours that have changed since; 3 queries, whatever the number.

    What was forced was never within them and is left alone; so is what an absence covers, which is dealt with as such.
    """
    rows = list(
        Appointment.objects.filter(
            practitioner=practitioner,
            status__in=[status.value for status in AHEAD],
            starts_at__gt=now,
            starts_at__lt=now + HORIZON,
            is_forced=False,
        )
        .select_related("patient", "site", "visit_type")
        .order_by("starts_at", "pk")[:MOST_READ]
    )
    if not rows:
        return Outside((), 0)
    days = {row.pk: row.starts_at.astimezone(row.site.zone).date() for row in rows}
    shown = openings_of([practitioner.pk], min(days.values()), max(days.values()), now, with_free=False)
    found = [row for row in rows if not _is_within(row, shown[practitioner.pk, days[row.pk]])]
    return Outside(tuple(found[:limit]), len(found))


def _is_within(row: Appointment, day: DayOpenings) -> bool:
    """Tell whether the day's openings of the site, those of an absent colleague too, cover it from end to end."""
    reached = row.starts_at
    for opening in sorted(day.openings, key=lambda one: one.starts_at):
        if opening.site_id == row.site_id and opening.starts_at <= reached:
            reached = max(reached, opening.ends_at)
    if reached >= row.ends_at:
        return True
    return any(one.starts_at < row.ends_at and row.starts_at < one.ends_at for one in day.absences)

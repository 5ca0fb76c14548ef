"""Remind the patients of the day to come of their appointments."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from decroche.scheduling import notices
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment

#: A reminder leaves a day ahead; the job runs every ten minutes and may catch up on what it missed.
REMIND_AHEAD = timedelta(hours=26)
REMIND_LAST = timedelta(hours=20)
#: Nobody needs reminding of what was booked a moment ago.
FRESH = timedelta(hours=24)
#: What was brought in and that nobody here has touched since: whoever brought it in says whether its patients are written to.
_JUST_IMPORTED = Q(source=Appointment.Source.IMPORT, version=1)


def due_tomorrow(*, now: datetime) -> "QuerySet[Appointment]":
    """Select the appointments of about a day ahead that stand and are somebody's."""
    rows: QuerySet[Appointment] = Appointment.objects.filter(
        status=Status.BOOKED,
        starts_at__gt=now + REMIND_LAST,
        starts_at__lte=now + REMIND_AHEAD,
        patient__isnull=False,
    )
    return rows


def remind_tomorrow(*, now: datetime) -> int:
    """Remind everyone who booked here before yesterday; give how many are written to."""
    due = due_tomorrow(now=now).filter(created_at__lt=now - FRESH).exclude(_JUST_IMPORTED)
    return send_reminders(due, now=now)


def send_reminders(due: "QuerySet[Appointment]", *, now: datetime) -> int:
    """Write to each, once whatever happens to whoever asks; give how many are written to."""
    rows = due.select_related("practice", "practitioner", "site").order_by("starts_at")
    return sum(notices.remind(appointment, now=now) for appointment in rows.iterator(chunk_size=200))

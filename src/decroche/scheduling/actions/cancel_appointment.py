"""Cancel an appointment, with the reason."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions import _story
from decroche.scheduling.actions._rows import open_for_change, write_change
from decroche.scheduling.domain.appointment import Status, check_move
from decroche.scheduling.models import Appointment, AppointmentChange


def cancel_appointment(
    *,
    appointment_id: int,
    version: int | None,
    reason: str,
    by: User | None,
    now: datetime,
    undone: bool = False,
) -> Appointment:
    """Free the time and keep why; `undone` says that it was booked by mistake a moment ago.

    Raises `StaleVersion`, `IllegalMove` or `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        # Freed time grows the practitioner's agenda version: without the lock, two who free would wait in a ring.
        appointment = open_for_change(appointment_id=appointment_id, version=version)
        check_move(Status(appointment.status), Status.CANCELLED)
        write_change(
            appointment,
            kind=AppointmentChange.Kind.CANCELLED,
            by=by,
            now=now,
            reason=reason,
            status=Status.CANCELLED,
            cancel_reason=reason,
        )
        _story.cancelled(appointment, by=by, now=now, undone=undone)
        return appointment

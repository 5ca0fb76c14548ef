"""Cancel an appointment, with the reason."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.scheduling.actions._rows import lock_appointment, write_change
from decroche.scheduling.domain.appointment import Status, check_move
from decroche.scheduling.events import AppointmentCancelled
from decroche.scheduling.models import Appointment, AppointmentChange


def cancel_appointment(
    *, appointment_id: int, version: int | None, reason: str, by: User, now: datetime, undone: bool = False
) -> Appointment:
    """Free the time and keep why; `undone` says that it was booked by mistake a moment ago.

    Raises `StaleVersion`, `IllegalMove` or `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        appointment = lock_appointment(appointment_id, version=version)
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
        publish(
            AppointmentCancelled(
                appointment_id=appointment.pk,
                practice_id=appointment.practice_id,
                practitioner_id=appointment.practitioner_id,
                patient_id=appointment.patient_id or 0,
                starts_at=appointment.starts_at,
                version=appointment.version,
                by_id=by.pk,
                at=now,
                undone=undone,
            )
        )
        return appointment

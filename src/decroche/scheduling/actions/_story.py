"""Say what happened, in the events' words."""

from datetime import datetime

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.scheduling.events import AppointmentBooked, AppointmentCancelled, AppointmentMoved
from decroche.scheduling.models import Appointment


def booked(appointment: Appointment, *, by: User | None, now: datetime, restored: bool = False) -> None:
    """Publish that someone has this time now."""
    publish(
        AppointmentBooked(
            appointment_id=appointment.pk,
            practice_id=appointment.practice_id,
            practitioner_id=appointment.practitioner_id,
            patient_id=appointment.patient_id or 0,
            starts_at=appointment.starts_at,
            version=appointment.version,
            call_id=appointment.call_id,
            by_id=by.pk if by else None,
            at=now,
            restored=restored,
        )
    )


def moved(
    appointment: Appointment,
    *,
    old_practitioner_id: int,
    old_starts_at: datetime,
    by: User | None,
    now: datetime,
) -> None:
    """Publish that it has another time or practitioner."""
    publish(
        AppointmentMoved(
            appointment_id=appointment.pk,
            practice_id=appointment.practice_id,
            practitioner_id=appointment.practitioner_id,
            patient_id=appointment.patient_id or 0,
            starts_at=appointment.starts_at,
            version=appointment.version,
            old_practitioner_id=old_practitioner_id,
            old_starts_at=old_starts_at,
            by_id=by.pk if by else None,
            at=now,
        )
    )


def cancelled(appointment: Appointment, *, by: User | None, now: datetime, undone: bool = False) -> None:
    """Publish that its time is free again."""
    publish(
        AppointmentCancelled(
            appointment_id=appointment.pk,
            practice_id=appointment.practice_id,
            practitioner_id=appointment.practitioner_id,
            patient_id=appointment.patient_id or 0,
            starts_at=appointment.starts_at,
            version=appointment.version,
            by_id=by.pk if by else None,
            at=now,
            undone=undone,
        )
    )

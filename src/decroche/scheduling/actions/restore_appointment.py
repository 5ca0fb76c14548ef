"""Bring a cancelled appointment back."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.scheduling.actions._rows import (
    lock_appointment,
    lock_practitioners,
    sweep_expired_holds,
    write_change,
)
from decroche.scheduling.domain.appointment import IllegalMove, Status
from decroche.scheduling.events import AppointmentBooked
from decroche.scheduling.models import Appointment, AppointmentChange


def restore_appointment(*, appointment_id: int, version: int | None, by: User, now: datetime) -> Appointment:
    """Book the same time again, if it is still free.

    Raises `SlotTaken`, `StaleVersion`, `IllegalMove` (it was not cancelled) or `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        here = Appointment.objects.values_list("practitioner_id", flat=True).get(pk=appointment_id)
        lock_practitioners(here)
        appointment = lock_appointment(appointment_id, version=version)
        if appointment.status != Status.CANCELLED:
            raise IllegalMove(Status(appointment.status), Status.BOOKED)
        sweep_expired_holds(
            practitioner_id=here, starts_at=appointment.starts_at, ends_at=appointment.ends_at, now=now
        )
        write_change(
            appointment,
            kind=AppointmentChange.Kind.RESTORED,
            by=by,
            now=now,
            status=Status.BOOKED,
            cancel_reason="",
        )
        publish(
            AppointmentBooked(
                appointment_id=appointment.pk,
                practice_id=appointment.practice_id,
                practitioner_id=appointment.practitioner_id,
                patient_id=appointment.patient_id or 0,
                starts_at=appointment.starts_at,
                version=appointment.version,
                call_id=appointment.call_id,
                by_id=by.pk,
                at=now,
                restored=True,
            )
        )
        return appointment

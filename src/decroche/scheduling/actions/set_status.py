"""Follow an appointment through the day: arrived, in consultation, done, absent, and back."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.scheduling.actions._rows import lock_appointment, write_change
from decroche.scheduling.domain.appointment import Status, check_move
from decroche.scheduling.events import AppointmentStatusChanged
from decroche.scheduling.models import Appointment, AppointmentChange


def set_status(
    *, appointment_id: int, status: Status, version: int | None, by: User | None, now: datetime
) -> Appointment:
    """Make one legal move among the states of the day; asked twice, nothing more happens.

    Cancelling and confirming have verbs of their own.

    Raises `IllegalMove`, `StaleVersion` or `Appointment.DoesNotExist`.
    """
    if status in {Status.HELD, Status.RELEASED, Status.CANCELLED}:
        raise ValueError(f"{status} has a verb of its own")
    with transaction.atomic():
        appointment = lock_appointment(appointment_id, version=None)
        old = Status(appointment.status)
        if old == status:
            return appointment
        appointment = lock_appointment(appointment_id, version=version)
        check_move(old, status)
        if old in {Status.HELD, Status.CANCELLED}:
            raise ValueError(f"{old} → {status} has a verb of its own")
        arrived_at = None if status == Status.BOOKED else appointment.arrived_at
        write_change(
            appointment,
            kind=AppointmentChange.Kind.STATUS,
            by=by,
            now=now,
            status=status,
            arrived_at=now if status == Status.ARRIVED and arrived_at is None else arrived_at,
        )
        publish(
            AppointmentStatusChanged(
                appointment_id=appointment.pk,
                practice_id=appointment.practice_id,
                practitioner_id=appointment.practitioner_id,
                patient_id=appointment.patient_id,
                old_status=old.value,
                new_status=status.value,
                by_id=by.pk if by else None,
                at=now,
            )
        )
        return appointment

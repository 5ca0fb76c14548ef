"""Bring a cancelled appointment back."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions import _story
from decroche.scheduling.actions._places import places_again
from decroche.scheduling.actions._rows import open_for_change, write_change
from decroche.scheduling.domain.appointment import IllegalMove, Status
from decroche.scheduling.models import Appointment, AppointmentChange


def restore_appointment(
    *, appointment_id: int, version: int | None, by: User | None, now: datetime
) -> Appointment:
    """Book the same time again, if it is still free; whatever the rules say now, it was given once.

    Raises `SlotTaken`, `StaleVersion`, `IllegalMove` (it was not cancelled) or `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        appointment = open_for_change(appointment_id=appointment_id, version=version)
        if appointment.status != Status.CANCELLED:
            raise IllegalMove(Status(appointment.status), Status.BOOKED)
        write_change(
            appointment,
            kind=AppointmentChange.Kind.RESTORED,
            by=by,
            now=now,
            places=places_again(appointment, now=now),
            status=Status.BOOKED,
            cancel_reason="",
        )
        _story.booked(appointment, by=by, now=now, restored=True)
        return appointment

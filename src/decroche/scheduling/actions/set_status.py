"""Follow an appointment through the day: arrived, called, in consultation, done, left, absent, and back."""

from datetime import datetime
from typing import Any

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
        write_change(
            appointment,
            kind=AppointmentChange.Kind.STATUS,
            by=by,
            now=now,
            status=status,
            **_stamps(appointment, status, now),
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


#: What each state of the visit says the moment of, in order; going back forgets what comes after.
_STAMPS = {Status.ARRIVED: "arrived_at", Status.CALLED: "called_at", Status.IN_CONSULTATION: "seen_at"}
_ORDER = (Status.BOOKED, *_STAMPS)


def _stamps(appointment: Appointment, status: Status, now: datetime) -> dict[str, Any]:
    """Give the moments as they are in the new state: a second call is a new call, the rest is stamped once."""
    if status in {Status.DONE, Status.LEFT}:
        return {"left_at": now}
    if status not in _ORDER:
        return {}
    reached = _ORDER.index(status)
    stamps: dict[str, datetime | None] = {"left_at": None}
    for place, (state, name) in enumerate(_STAMPS.items(), start=1):
        if place > reached:
            stamps[name] = None
        elif state == status and (
            getattr(appointment, name) is None or _is_called_again(appointment, status)
        ):
            stamps[name] = now
    return stamps


def _is_called_again(appointment: Appointment, status: Status) -> bool:
    return status == Status.CALLED and appointment.status in {Status.ARRIVED, Status.LEFT}

"""Turn a hold into an appointment."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.patients.models import Patient
from decroche.scheduling.actions._rows import (
    lock_appointment,
    lock_practitioners,
    sweep_expired_holds,
    write_change,
)
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import HoldExpired, NotOfThisPractice, SlotClosed
from decroche.scheduling.events import AppointmentBooked
from decroche.scheduling.models import Appointment, AppointmentChange
from decroche.scheduling.queries.slots import is_open


def confirm_hold(
    *, hold_id: int, patient: Patient, confirmed_by: User, now: datetime, call_id: UUID | None = None
) -> Appointment:
    """Book the held time for the patient; asked twice, give the same appointment.

    A hold that lapsed is taken up again when nobody took its time meanwhile.

    Raises `SlotTaken` (it is another's now), `HoldExpired` (no such hold of this person),
    `SlotClosed` (an absence came in between) or `NotOfThisPractice`.
    """
    with transaction.atomic():
        here = Appointment.objects.filter(pk=hold_id).values_list("practitioner_id", "status").first()
        if here is None:
            raise HoldExpired
        if here[1] == Status.RELEASED:  # to be revived: an UPDATE into time that may have an owner
            lock_practitioners(here[0])
        hold = lock_appointment(hold_id, version=None)
        if patient.practice_id != hold.practice_id:
            raise NotOfThisPractice
        if hold.status == Status.BOOKED and hold.patient_id == patient.pk:
            return hold
        if hold.status not in {Status.HELD, Status.RELEASED} or hold.held_by_id != confirmed_by.pk:
            raise HoldExpired
        _recheck(hold, now)
        write_change(
            hold,
            kind=AppointmentChange.Kind.BOOKED,
            by=confirmed_by,
            now=now,
            status=Status.BOOKED,
            patient=patient,
            hold_expires_at=None,
            created_by=confirmed_by,
            call_id=call_id or hold.call_id,
        )
        publish(
            AppointmentBooked(
                appointment_id=hold.pk,
                practice_id=hold.practice_id,
                practitioner_id=hold.practitioner_id,
                patient_id=patient.pk,
                starts_at=hold.starts_at,
                version=hold.version,
                call_id=hold.call_id,
                by_id=confirmed_by.pk,
                at=now,
            )
        )
        return hold


def _recheck(hold: Appointment, now: datetime) -> None:
    """Refuse a time that closed since it was held; make room again for a hold that lapsed."""
    if hold.ends_at <= now or not is_open(
        practitioner=hold.practitioner,
        site=hold.site,
        visit_type=hold.visit_type,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
    ):
        raise SlotClosed
    if hold.status == Status.RELEASED:
        sweep_expired_holds(
            practitioner_id=hold.practitioner_id, starts_at=hold.starts_at, ends_at=hold.ends_at, now=now
        )

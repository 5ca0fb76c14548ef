"""Give an appointment another time, practitioner or length."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions._rows import (
    lock_appointment,
    lock_practitioners,
    sweep_expired_holds,
    write_change,
)
from decroche.scheduling.domain.appointment import IllegalMove, Status, is_movable
from decroche.scheduling.domain.refusals import NotOfThisPractice, SlotClosed
from decroche.scheduling.events import AppointmentMoved
from decroche.scheduling.models import Appointment, AppointmentChange
from decroche.scheduling.queries.slots import is_open


def move_appointment(
    *,
    appointment_id: int,
    practitioner: Practitioner,
    site: Site,
    starts_at: datetime,
    version: int | None,
    by: User,
    now: datetime,
    ends_at: datetime | None = None,
    reason: str = "",
    even_closed: bool = False,
) -> Appointment:
    """Move it, keep the history, tell both places; `ends_at` defaults to the same length.

    `even_closed` puts it back where it stood, whatever the rules say now (undo).

    Raises `SlotTaken`, `SlotClosed`, `StaleVersion`, `IllegalMove` (not in a state that can move),
    `NotOfThisPractice` or `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        here = Appointment.objects.values_list("practitioner_id", flat=True).get(pk=appointment_id)
        lock_practitioners(here, practitioner.pk)
        appointment = lock_appointment(appointment_id, version=version)
        if len({practitioner.practice_id, site.practice_id, appointment.practice_id}) != 1:
            raise NotOfThisPractice
        if not is_movable(Status(appointment.status)):
            raise IllegalMove(Status(appointment.status), Status.BOOKED)
        old_start, old_practitioner_id = appointment.starts_at, appointment.practitioner_id
        ends_at = ends_at or starts_at + (appointment.ends_at - appointment.starts_at)
        if not even_closed and not is_open(
            practitioner=practitioner,
            site=site,
            visit_type=appointment.visit_type,
            starts_at=starts_at,
            ends_at=ends_at,
        ):
            raise SlotClosed
        sweep_expired_holds(practitioner_id=practitioner.pk, starts_at=starts_at, ends_at=ends_at, now=now)
        write_change(
            appointment,
            kind=AppointmentChange.Kind.MOVED,
            by=by,
            now=now,
            reason=reason,
            practitioner=practitioner,
            site=site,
            starts_at=starts_at,
            ends_at=ends_at,
            status=Status.BOOKED,
            moved_from=old_start,
        )
        _tell(appointment, old_start, old_practitioner_id, by, now)
        return appointment


def _tell(
    appointment: Appointment, old_start: datetime, old_practitioner_id: int, by: User, now: datetime
) -> None:
    publish(
        AppointmentMoved(
            appointment_id=appointment.pk,
            practice_id=appointment.practice_id,
            practitioner_id=appointment.practitioner_id,
            patient_id=appointment.patient_id or 0,
            starts_at=appointment.starts_at,
            version=appointment.version,
            old_practitioner_id=old_practitioner_id,
            old_starts_at=old_start,
            by_id=by.pk,
            at=now,
        )
    )

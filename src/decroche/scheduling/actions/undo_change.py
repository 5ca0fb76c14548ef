"""Take back the last thing that happened to an appointment (Ctrl+Z)."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.practices.models import Practitioner, Site
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.actions.move_appointment import move_appointment
from decroche.scheduling.actions.restore_appointment import restore_appointment
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import NothingToUndo
from decroche.scheduling.models import Appointment, AppointmentChange

UNDONE = "undone"


def undo_change(*, appointment_id: int, version: int, by: User, now: datetime) -> Appointment:
    """Reverse the change that made `version`: a booking is taken back, a move goes back, and so on.

    Raises `StaleVersion` (something happened since), `SlotTaken` (the old time has a new owner), `NothingToUndo` or
    `Appointment.DoesNotExist`.
    """
    kinds = AppointmentChange.Kind
    with transaction.atomic():
        change = AppointmentChange.objects.filter(appointment_id=appointment_id, version=version).first()
        if change is None:
            raise NothingToUndo
        if change.kind in {kinds.BOOKED, kinds.FORCED, kinds.RESTORED}:
            return cancel_appointment(
                appointment_id=appointment_id, version=version, reason=UNDONE, by=by, now=now, undone=True
            )
        if change.kind == kinds.CANCELLED:
            return restore_appointment(appointment_id=appointment_id, version=version, by=by, now=now)
        if change.kind == kinds.STATUS:
            return set_status(
                appointment_id=appointment_id,
                status=Status(change.old_status),
                version=version,
                by=by,
                now=now,
            )
        if change.old_practitioner_id is None or change.old_site_id is None or change.old_starts_at is None:
            raise NothingToUndo
        return move_appointment(
            appointment_id=appointment_id,
            practitioner=Practitioner.objects.get(pk=change.old_practitioner_id),
            site=Site.objects.get(pk=change.old_site_id),
            starts_at=change.old_starts_at,
            ends_at=change.old_ends_at,
            version=version,
            by=by,
            now=now,
            reason=UNDONE,
            even_closed=True,
        )

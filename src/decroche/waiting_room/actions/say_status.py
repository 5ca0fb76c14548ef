"""Note where a patient is in their passage: arrived, called, in consultation, gone."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from decroche.waiting_room.actions.give_ticket import give_ticket

WITH_A_NUMBER = {Status.ARRIVED, Status.CALLED}


def say_status(
    *, appointment_id: int, status: Status, version: int | None, by: User | None, now: datetime
) -> Appointment:
    """Make the move in the agenda; who arrives has a number at once. Raises as `scheduling`'s `set_status`."""
    with transaction.atomic():
        changed = set_status(appointment_id=appointment_id, status=status, version=version, by=by, now=now)
        if status in WITH_A_NUMBER:
            give_ticket(appointment=changed, now=now)
    return changed

"""Note that the patient was called in from the waiting room."""

from datetime import datetime

from decroche.accounts.models import User
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment


def mark_called(
    *, appointment_id: int, by: User | None, now: datetime, version: int | None = None
) -> Appointment:
    """Note that the patient was called in from the waiting room. Raises as `set_status`."""
    return set_status(appointment_id=appointment_id, status=Status.CALLED, version=version, by=by, now=now)

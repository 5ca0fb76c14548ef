"""Note that the patient went away before being seen."""

from datetime import datetime

from decroche.accounts.models import User
from decroche.scheduling.actions.set_status import set_status
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment


def mark_left(
    *, appointment_id: int, by: User | None, now: datetime, version: int | None = None
) -> Appointment:
    """Note that the patient went away before being seen. Raises as `set_status`."""
    return set_status(appointment_id=appointment_id, status=Status.LEFT, version=version, by=by, now=now)

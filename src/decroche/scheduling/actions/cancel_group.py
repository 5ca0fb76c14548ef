"""Cancel what is still to come of a series, a family's visits or a pathway."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._groups import lock_group
from decroche.scheduling.actions.cancel_appointment import cancel_appointment
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment


def cancel_group(*, group_id: int, reason: str, by: User, now: datetime) -> tuple[Appointment, ...]:
    """Cancel every visit that is booked and has not begun; give them. What took place stays.

    Raises `AppointmentGroup.DoesNotExist`.
    """
    with transaction.atomic():
        return tuple(
            cancel_appointment(appointment_id=each.pk, version=None, reason=reason, by=by, now=now)
            for each in lock_group(group_id)
            if each.status == Status.BOOKED and each.starts_at > now
        )

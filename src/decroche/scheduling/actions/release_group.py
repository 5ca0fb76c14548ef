"""Give every held visit of a group back."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._groups import lock_group
from decroche.scheduling.actions.release_hold import release_hold


def release_group(*, group_id: int, by: User, now: datetime) -> int:
    """Release one's own holds of the group; give how many were. Raises `AppointmentGroup.DoesNotExist`."""
    with transaction.atomic():
        return sum(release_hold(hold_id=hold.pk, by=by, now=now) for hold in lock_group(group_id))

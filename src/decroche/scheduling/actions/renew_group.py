"""Keep the held visits of a group while its screen is open."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._groups import lock_group
from decroche.scheduling.actions.renew_hold import renew_hold
from decroche.scheduling.domain.refusals import HoldExpired


def renew_group(*, group_id: int, by: User, now: datetime) -> datetime:
    """Push every expiry, as `renew_hold` does; give the nearest.

    Raises `HoldExpired` when one is no longer held by `by`, or `AppointmentGroup.DoesNotExist`.
    """
    with transaction.atomic():
        holds = lock_group(group_id)
        if not holds:
            raise HoldExpired
        return min(renew_hold(hold_id=hold.pk, by=by, now=now) for hold in holds)

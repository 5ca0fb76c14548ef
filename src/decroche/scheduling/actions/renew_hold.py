"""Keep a held slot while its screen is open."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from decroche.accounts.models import User
from decroche.scheduling.actions.hold_slot import HOLD_LASTS
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import HoldExpired
from decroche.scheduling.models import Appointment

#: A forgotten screen must not keep a slot from others for ever.
LONGEST_HOLD = timedelta(minutes=20)


def renew_hold(*, hold_id: int, by: User, now: datetime) -> datetime:
    """Push the expiry to `HOLD_LASTS` from now, at most `LONGEST_HOLD` after the hold began; give the expiry.

    Raises `HoldExpired` when it is no longer held by `by`.
    """
    with transaction.atomic():
        hold = (
            Appointment.objects.select_for_update().filter(pk=hold_id, status=Status.HELD, held_by=by).first()
        )
        if hold is None:
            raise HoldExpired
        expires_at = min(now + HOLD_LASTS, hold.created_at + LONGEST_HOLD)
        if expires_at <= now:
            raise HoldExpired
        Appointment.objects.filter(pk=hold.pk).update(hold_expires_at=expires_at, version=F("version") + 1)
    return expires_at

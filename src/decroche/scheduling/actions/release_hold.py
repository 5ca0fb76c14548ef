"""Give a held slot back."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.scheduling.actions._rows import announce
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment


def release_hold(*, hold_id: int, by: User, now: datetime) -> bool:  # noqa: ARG001 — every verb is told the time
    """Release one's own hold; False when it is no longer held by `by` (confirmed, lapsed, someone else's)."""
    with transaction.atomic():
        hold = (
            Appointment.objects.select_for_update(of=("self",))
            .select_related("site")
            .filter(pk=hold_id, status=Status.HELD, held_by=by)
            .first()
        )
        if hold is None:
            return False
        hold.status, hold.hold_expires_at = Status.RELEASED, None
        hold.version += 1
        hold.save(update_fields=["status", "hold_expires_at", "version"])
        announce(hold)
        return True

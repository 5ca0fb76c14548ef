"""Free the holds that nobody renewed, so that their hatching leaves every screen."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from decroche.scheduling.actions._rows import announce
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment

_MOST = 500


def release_expired_holds(*, now: datetime) -> int:
    """Release up to 500 lapsed holds of every practice and tell their screens; give how many."""
    with transaction.atomic():
        dead = list(
            Appointment.objects.filter(status=Status.HELD, hold_expires_at__lte=now)
            .select_related("site")
            .order_by("pk")
            .select_for_update(of=("self",), skip_locked=True)[:_MOST]
        )
        Appointment.objects.filter(pk__in=[hold.pk for hold in dead]).update(
            status=Status.RELEASED, hold_expires_at=None, version=F("version") + 1
        )
        for hold in dead:
            announce(hold)
    return len(dead)

"""Keep every sealed fortnight fresh."""

from datetime import timedelta

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from decroche.continuity.actions.refresh_snapshot import refresh_snapshot
from decroche.continuity.models import Vault
from decroche.foundation import clock
from decroche.foundation.tenancy import every_practice

#: Changes that follow one another within so long are sealed together.
GATHER_SECONDS = 20
#: Even without any change: the window moves on with the day, and a job may have been lost.
STALE = timedelta(hours=6)


def seal_soon(practice_id: int) -> None:
    """Have the practice's fortnight sealed in a moment, once for all that changes until then."""
    with every_practice():
        if not Vault.objects.filter(practice=practice_id).exists():
            return
    try:
        with transaction.atomic():  # a refused job must not spoil the transaction of whoever calls
            seal_again.configure(
                queueing_lock=f"decroche.continuity:{practice_id}",
                lock=f"decroche.continuity:{practice_id}",
                schedule_in={"seconds": GATHER_SECONDS},
            ).defer(practice_id=practice_id)
    except AlreadyEnqueued:
        return  # the one that waits will see this change too


@app.task(name="decroche.continuity.seal", queue="agenda")
def seal_again(practice_id: int) -> None:
    """Seal one practice's fortnight."""
    with every_practice():
        refresh_snapshot(practice_id=practice_id, now=clock.now())


@app.periodic(cron="*/15 * * * *")
@app.task(
    name="decroche.continuity.seal_stale", queue="agenda", queueing_lock="decroche.continuity.seal_stale"
)
def seal_stale(timestamp: int) -> None:  # noqa: ARG001 — procrastinate's own argument
    """Seal what is older than `STALE`, or of another day."""
    now = clock.now()
    with every_practice():
        fresh = Vault.objects.filter(practice__snapshot__made_at__gt=now - STALE).values("pk")
        for practice_id in Vault.objects.exclude(pk__in=fresh).values_list("practice_id", flat=True):
            refresh_snapshot(practice_id=practice_id, now=now)

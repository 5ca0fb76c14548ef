"""What the agenda does by itself: free lapsed holds, remind tomorrow's patients, serve the waiting list."""

from datetime import datetime, timedelta

from procrastinate.contrib.django import app

from decroche.foundation import clock
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Practitioner
from decroche.scheduling import notices
from decroche.scheduling.actions.lapse_offers import lapse_offers
from decroche.scheduling.actions.propose_freed_time import propose_freed_time
from decroche.scheduling.actions.release_expired_holds import release_expired_holds
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment

#: A reminder leaves a day ahead; the job runs every ten minutes and may catch up on what it missed.
REMIND_AHEAD = timedelta(hours=26)
REMIND_LAST = timedelta(hours=20)
#: Nobody needs reminding of what was booked a moment ago.
FRESH = timedelta(hours=24)


@app.periodic(cron="* * * * *")
@app.task(
    name="decroche.scheduling.sweep_holds", queue="agenda", queueing_lock="decroche.scheduling.sweep_holds"
)
def sweep_holds(timestamp: int) -> None:  # noqa: ARG001 — procrastinate's own argument
    """Release lapsed holds; end the offers that nobody answered, first, so that the next one is asked."""
    now = clock.now()
    with every_practice():
        lapse_offers(now=now)
        release_expired_holds(now=now)


@app.periodic(cron="*/10 * * * *")
@app.task(name="decroche.scheduling.remind", queue="agenda", queueing_lock="decroche.scheduling.remind")
def remind(timestamp: int) -> None:  # noqa: ARG001
    """Remind the patients of the day to come; once each, whatever happens to this job."""
    now = clock.now()
    with every_practice():
        due = (
            Appointment.objects.filter(
                status=Status.BOOKED,
                starts_at__gt=now + REMIND_LAST,
                starts_at__lte=now + REMIND_AHEAD,
                created_at__lt=now - FRESH,
                patient__isnull=False,
            )
            .select_related("practice", "practitioner", "site")
            .order_by("starts_at")
        )
        for appointment in due.iterator(chunk_size=200):
            notices.write(appointment, text=notices.REMINDER, kind="reminder", now=now)


@app.task(name="decroche.scheduling.propose", queue="agenda", retry=5)
def propose(practitioner_id: int, starts_at: str, ends_at: str, freed_by: int | None = None) -> None:
    """Ask the waiting list about freed time; run again, it goes on from what stands."""
    now = clock.now()
    with every_practice():
        practitioner = Practitioner.objects.select_related("practice").get(pk=practitioner_id)
        propose_freed_time(
            practitioner=practitioner,
            starts_at=datetime.fromisoformat(starts_at),
            ends_at=datetime.fromisoformat(ends_at),
            now=now,
            freed_by=freed_by,
        )

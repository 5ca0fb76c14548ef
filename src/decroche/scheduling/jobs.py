"""What the agenda does by itself: free lapsed holds, remind tomorrow's patients, serve the waiting list."""

from datetime import datetime

from procrastinate.contrib.django import app

from decroche.foundation import clock
from decroche.foundation.tenancy import every_practice
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.lapse_offers import lapse_offers
from decroche.scheduling.actions.propose_freed_time import propose_freed_time
from decroche.scheduling.actions.release_expired_holds import release_expired_holds
from decroche.scheduling.actions.send_reminders import remind_tomorrow


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
    with every_practice():
        remind_tomorrow(now=clock.now())


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

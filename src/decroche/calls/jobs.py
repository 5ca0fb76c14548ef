"""What the telephone does by itself: forget recordings at their date."""

from procrastinate.contrib.django import app

from decroche.calls.actions.purge_recordings import purge_recordings
from decroche.foundation import clock
from decroche.foundation.tenancy import every_practice


@app.periodic(cron="*/15 * * * *")
@app.task(name="decroche.calls.purge", queue="house", queueing_lock="decroche.calls.purge", retry=3)
def purge(timestamp: int) -> None:  # noqa: ARG001 — procrastinate's own argument
    """Delete the sound of recordings whose time is over."""
    with every_practice():
        purge_recordings(now=clock.now())

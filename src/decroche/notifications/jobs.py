"""Send what is queued."""

from django.conf import settings
from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from decroche.foundation import clock
from decroche.foundation.tenancy import every_practice
from decroche.notifications.actions.send_queued import send_queued
from decroche.notifications.ports import CarrierUnavailable, Sender


def carrier() -> Sender:
    """Return the carrier that the settings name."""
    sender: Sender = import_string(settings.NOTICE_SENDER)()
    return sender


@app.task(
    name="decroche.notifications.send_notice",
    queue="notices",
    retry=RetryStrategy(max_attempts=8, exponential_wait=4, retry_exceptions={CarrierUnavailable}),
)
def send_notice(notice_id: int) -> None:
    """Hand one queued notice to the carrier."""
    with every_practice():
        send_queued(notice_id=notice_id, carrier=carrier(), now=clock.now())

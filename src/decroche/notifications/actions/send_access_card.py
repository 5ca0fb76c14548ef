"""Send a caller the way to a site's door."""

from datetime import datetime

from decroche.notifications.actions.queue_notice import queue_notice
from decroche.notifications.models import Channel, OutgoingNotice
from decroche.practices.models import Site
from decroche.practices.queries import written_directions


def send_access_card(*, site: Site, to: str, request_key: str, now: datetime) -> tuple[OutgoingNotice, bool]:
    """Queue the directions by SMS; the same ``request_key`` and number send it once.

    Raises:
        NotAPhoneNumber: ``to`` cannot be one.
        MedicalContent: the card says something medical.
        TooLongForSms: the card is longer than three segments.

    """
    return queue_notice(
        practice=site.practice,
        fact=f"access-card:{site.pk}:{request_key}"[:120],
        kind="access_card",
        channel=Channel.SMS,
        to=to,
        body=written_directions(site),
        now=now,
        is_awaited=True,
    )

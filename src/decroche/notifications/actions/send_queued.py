"""Hand a queued notice to the carrier."""

from datetime import datetime

from django.db import transaction

from decroche.notifications.models import NoticeStatus, OutgoingNotice
from decroche.notifications.ports import Parcel, ParcelRefused, Sender


def send_queued(*, notice_id: int, carrier: Sender, now: datetime) -> None:
    """Send a notice that is still queued; run twice, it goes out once.

    Raises:
        CarrierUnavailable: the notice stays queued, for another try.

    """
    with transaction.atomic():
        notice = (
            OutgoingNotice.objects.select_for_update(skip_locked=True)
            .filter(pk=notice_id, status=NoticeStatus.QUEUED)
            .first()
        )
        if notice is None:
            return
        parcel = Parcel(
            key=f"notice-{notice.pk}",
            channel=notice.channel,
            sender=notice.sender,
            to=notice.to,
            subject=notice.subject,
            body=notice.body,
        )
        try:
            notice.provider_id = carrier.send(parcel)
        except ParcelRefused as refusal:
            notice.status, notice.failure = NoticeStatus.FAILED, str(refusal)[:200]
        else:
            notice.status, notice.sent_at = NoticeStatus.SENT, now
        notice.save(update_fields=["status", "provider_id", "sent_at", "failure"])

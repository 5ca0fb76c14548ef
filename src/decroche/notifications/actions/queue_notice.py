"""Order a text for one person, once for each fact."""

from datetime import datetime

from django.db import transaction

from decroche.kernel import phone as phones
from decroche.notifications.domain.content import LONGEST_SMS, TooLongForSms, check, sender_name
from decroche.notifications.domain.quiet_hours import not_before
from decroche.notifications.jobs import send_notice
from decroche.notifications.models import Channel, OutgoingNotice
from decroche.practices.models import Practice


def queue_notice(
    *,
    practice: Practice,
    fact: str,
    kind: str,
    channel: str = Channel.SMS,
    to: str,
    subject: str = "",
    body: str,
    now: datetime,
    is_awaited: bool = False,
) -> tuple[OutgoingNotice, bool]:
    """Queue a notice and the job that sends it, together; return it and whether it is new.

    ``is_awaited``: the person asked for it this minute, so that night is no reason to wait.

    Raises:
        MedicalContent: the text says something medical.
        TooLongForSms: more than three segments.
        NotAPhoneNumber: an SMS to no number.

    """
    check(f"{subject} {body}", speciality_words=tuple(w for w in practice.speciality.split() if len(w) > 3))  # noqa: PLR2004
    if channel == Channel.SMS:
        to = phones.parse(to, region=practice.country_code)
        if len(body) > LONGEST_SMS:
            raise TooLongForSms
    when = now if is_awaited else not_before(now, practice.zone)
    with transaction.atomic():
        notice, created = OutgoingNotice.objects.get_or_create(
            fact=fact,
            kind=kind,
            defaults={
                "practice": practice,
                "channel": channel,
                "sender": sender_name(practice.name),
                "to": to,
                "subject": subject,
                "body": body,
                "queued_at": now,
                "not_before": when,
            },
        )
        if created:
            send_notice.configure(schedule_at=when if when > now else None).defer(notice_id=notice.pk)
    return notice, created

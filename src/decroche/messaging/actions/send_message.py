"""Tell a practitioner, or a whole practice, what a caller said."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.kernel import phone as phones
from decroche.messaging.actions.keep_draft import forget_draft
from decroche.messaging.events import MessageSent
from decroche.messaging.models import Category, Message
from decroche.patients.models import Patient
from decroche.practices.models import Practice, Practitioner

LONGEST_BODY = 2000
LONGEST_CALLER = 120


class EmptyMessage(Exception):
    """It says nothing."""


def send_message(
    *,
    practice: Practice,
    practitioner: Practitioner | None = None,
    patient: Patient | None = None,
    call_id: UUID | None = None,
    author: User,
    category: str = Category.OTHER,
    is_urgent: bool = False,
    body: str,
    caller_name: str = "",
    caller_number: str = "",
    idempotency_key: UUID | None = None,
    now: datetime,
) -> Message:
    """Send a message and forget its draft; the same ``idempotency_key`` gives the same message.

    Raises:
        EmptyMessage: nothing but spaces.

    """
    body = body.strip()[:LONGEST_BODY]
    if not body:
        raise EmptyMessage
    fields = {
        "practice": practice,
        "practitioner": practitioner,
        "patient": patient,
        "call_id": call_id,
        "author": author,
        "category": category,
        "is_urgent": is_urgent,
        "body": body,
        "caller_name": " ".join(caller_name.split())[:LONGEST_CALLER],
        "caller_number": phones.parse_or_none(caller_number, region=practice.country_code)
        or caller_number.strip()[:16],
        "sent_at": now,
    }
    with transaction.atomic():
        message: Message
        if idempotency_key is None:
            message, created = Message.objects.create(**fields), True
        else:
            message, created = Message.objects.get_or_create(idempotency_key=idempotency_key, defaults=fields)
        forget_draft(practice=practice, author=author, call_id=call_id)
        if created:
            _tell(message, now)
    return message


def _tell(message: Message, now: datetime) -> None:
    publish(
        MessageSent(
            message_id=message.pk,
            practice_id=message.practice_id,
            practitioner_id=message.practitioner_id,
            call_id=message.call_id,
            is_urgent=message.is_urgent,
            at=now,
        )
    )
    hint("messages", practice_id=message.practice_id, message_id=message.pk)

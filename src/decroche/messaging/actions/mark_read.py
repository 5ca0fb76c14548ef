"""Record that the practice saw a message."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.events import MessageRead
from decroche.messaging.models import Message


def mark_read(*, message: Message, by: User, now: datetime) -> bool:
    """Mark a message read; the first reader counts. Return whether it was this reader."""
    with transaction.atomic():
        first: bool = bool(
            Message.objects.filter(pk=message.pk, read_at=None).update(read_at=now, read_by=by)
        )
        if first:
            publish(MessageRead(message_id=message.pk, practice_id=message.practice_id, by_id=by.pk, at=now))
            hint("messages", practice_id=message.practice_id, message_id=message.pk)
    message.refresh_from_db(fields=["read_at", "read_by"])
    return first

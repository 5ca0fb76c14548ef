"""Record that the practice dealt with a message, and tell the desk what it answers."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.actions.open_follow_up import open_follow_up
from decroche.messaging.events import MessageDone
from decroche.messaging.models import FollowUpKind, Message

ANSWER_DUE_IN = timedelta(hours=2)
"""The time the desk has to tell the caller what the practitioner answered."""
LONGEST_ANSWER = 500


def mark_done(*, message: Message, by: User, now: datetime, answer: str = "") -> bool:
    """Mark a message done (and read); an ``answer`` to pass on opens a follow-up for the desk.

    Return whether it was not done before.
    """
    answer = answer.strip()[:LONGEST_ANSWER]
    with transaction.atomic():
        done: bool = bool(
            Message.objects.filter(pk=message.pk, done_at=None).update(
                done_at=now,
                done_by=by,
                answer=answer,
                read_at=Coalesce("read_at", Value(now)),
                read_by_id=Coalesce("read_by_id", Value(by.pk)),
            )
        )
        if done:
            if answer:
                _pass_on(message, answer, now)
            publish(MessageDone(message_id=message.pk, practice_id=message.practice_id, by_id=by.pk, at=now))
            hint("messages", practice_id=message.practice_id, message_id=message.pk)
    message.refresh_from_db()
    return done


def reopen(*, message: Message, now: datetime) -> bool:
    """Take back that a message was dealt with; what the desk was asked to pass on stays with the desk."""
    with transaction.atomic():
        reopened: bool = bool(
            Message.objects.filter(pk=message.pk, done_at__isnull=False, done_at__lte=now).update(
                done_at=None, done_by=None
            )
        )
        if reopened:
            hint("messages", practice_id=message.practice_id, message_id=message.pk)
    return reopened


def _pass_on(message: Message, answer: str, now: datetime) -> None:
    open_follow_up(
        practice=message.practice,
        kind=FollowUpKind.MESSAGE,
        patient=message.patient,
        call_id=message.call_id,
        caller_name=message.caller_name,
        caller_number=message.caller_number,
        body=answer,
        due_at=now + ANSWER_DUE_IN,
        now=now,
    )

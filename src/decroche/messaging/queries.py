"""Read messages and follow-ups."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from decroche.accounts.models import User
from decroche.messaging.models import FollowUp, FollowUpKind, Message, MessageDraft
from decroche.practices.models import Practitioner

MOST_SHOWN = 100
MOST_OWED = 500
URGENT_ANSWER_WITHIN = timedelta(minutes=30)
ANSWER_WITHIN = timedelta(hours=24)


def overdue_since(message: Message) -> datetime:
    """Return the moment from which a message that is not done has waited too long."""
    return message.sent_at + (URGENT_ANSWER_WITHIN if message.is_urgent else ANSWER_WITHIN)


def is_overdue(message: Message, now: datetime) -> bool:
    """Tell whether a message should have been dealt with by ``now``."""
    return message.done_at is None and overdue_since(message) <= now


def for_practitioner(practitioner_id: int, *, limit: int = MOST_SHOWN) -> list[Message]:
    """Return what waits for a practitioner, and what nobody in particular was told: urgent first, then oldest."""
    rows = _told().filter(_meant_for(practitioner_id), done_at=None)
    return list(rows.order_by("-is_urgent", "sent_at", "pk")[:limit])


def unread_count(practitioner_id: int) -> int:
    """Count what a practitioner has not read."""
    count: int = Message.objects.filter(_meant_for(practitioner_id), read_at=None, done_at=None).count()
    return count


def waiting(practice_ids: Collection[int], *, limit: int = MOST_SHOWN) -> list[Message]:
    """Return what is not done in these practices: urgent first, then oldest (one query)."""
    rows = _told().filter(practice_id__in=practice_ids, done_at=None)
    return list(rows.order_by("-is_urgent", "sent_at", "pk")[:limit])


def treated(practice_ids: Collection[int]) -> "QuerySet[Message]":
    """Return what was dealt with, latest first, to be paged."""
    return _told().filter(practice_id__in=practice_ids, done_at__isnull=False).order_by("-done_at", "-pk")


def written_by(author: User, *, since: datetime, limit: int = MOST_SHOWN) -> "list[Message]":
    """Return what a secretary wrote since a moment, latest first."""
    return list(_told().filter(author=author, sent_at__gte=since).order_by("-sent_at")[:limit])


def of_patient(patient_id: int, *, limit: int = 10) -> list[Message]:
    """Return the latest messages about a patient, latest first."""
    return list(_told().filter(patient_id=patient_id).order_by("-sent_at", "-pk")[:limit])


def of_call(call_id: UUID) -> list[Message]:
    """Return the messages that a call led to, in order."""
    return list(_told().filter(call_id=call_id).order_by("sent_at", "pk"))


def drafts_of(practice_id: int, author: User) -> dict[UUID | None, dict[str, str]]:
    """Return what a person was typing for a practice, by call (None: outside a call), latest first."""
    rows = MessageDraft.objects.filter(practice_id=practice_id, author=author).order_by("-saved_at")
    return {draft.call_id: dict(draft.content) for draft in rows}


def follow_ups_due(practice_ids: Collection[int], *, limit: int = MOST_SHOWN) -> list[FollowUp]:
    """Return what remains to be done in these practices, the longest due first (one query)."""
    rows = _open(practice_ids).select_related("practice", "patient", "assigned_to")
    return list(rows.order_by("due_at", "pk")[:limit])


def follow_ups_of_call(call_id: UUID) -> list[FollowUp]:
    """Return what a call left to be done, done or not."""
    rows = FollowUp.objects.filter(Q(call_id=call_id) | Q(further_calls__call_id=call_id)).distinct()
    rows = rows.select_related("practice", "patient", "assigned_to", "done_by")
    return list(rows.order_by("created_at", "pk"))


def callers_owed(
    practice_ids: Collection[int], *, practice_id: int | None = None, limit: int = MOST_OWED
) -> list[FollowUp]:
    """Return whom these practices owe a call, with what was tried (two queries): to be put in a fair order.

    Beyond ``limit`` the latest are left out; the urgent never are.
    """
    rows = _open(practice_ids).filter(kind__in=[FollowUpKind.CALLBACK, FollowUpKind.VOICEMAIL])
    if practice_id is not None:
        rows = rows.filter(practice_id=practice_id)
    rows = rows.select_related("practice", "patient", "assigned_to").prefetch_related("attempts__by")
    return list(rows.order_by("-is_urgent", "due_at", "pk")[:limit])


def call_backs_of(practice_id: int, caller_number: str, *, until: datetime) -> list[FollowUp]:
    """Return the calls that a practice owes a number since before then (one query). A number is nobody's identity.

    A voicemail is none of them: it is to be heard.
    """
    rows = _open([practice_id]).filter(kind=FollowUpKind.CALLBACK, caller_number=caller_number)
    found = rows.filter(created_at__lte=until).select_related("practice", "patient", "assigned_to")
    return list(found.order_by("created_at", "pk")) if caller_number else []


def follow_ups_done(practice_ids: Collection[int]) -> "QuerySet[FollowUp]":
    """Return what was closed, latest first, to be paged."""
    rows: QuerySet[FollowUp] = FollowUp.objects.filter(practice_id__in=practice_ids, done_at__isnull=False)
    return rows.select_related("practice", "patient", "done_by").order_by("-done_at", "-pk")


class FollowUpCounts(TypedDict):
    """Count what remains to be done."""

    callbacks: int
    voicemails: int
    all: int
    late: int


def follow_up_counts(practice_ids: Collection[int], *, now: datetime) -> FollowUpCounts:
    """Count the open follow-ups of these practices (one query)."""
    counts = _open(practice_ids).aggregate(
        callbacks=Count("pk", filter=Q(kind=FollowUpKind.CALLBACK)),
        voicemails=Count("pk", filter=Q(kind=FollowUpKind.VOICEMAIL)),
        all=Count("pk"),
        late=Count("pk", filter=Q(due_at__lte=now)),
    )
    return FollowUpCounts(
        callbacks=counts["callbacks"], voicemails=counts["voicemails"], all=counts["all"], late=counts["late"]
    )


def _meant_for(practitioner_id: int) -> Q:
    practice = Practitioner.objects.filter(pk=practitioner_id).values("practice_id")
    return Q(practitioner_id=practitioner_id) | Q(practitioner=None, practice_id__in=practice)


def _told() -> "QuerySet[Message]":
    rows: QuerySet[Message] = Message.objects.select_related(
        "practice", "practitioner", "patient", "author", "read_by", "done_by"
    )
    return rows


def _open(practice_ids: Collection[int]) -> "QuerySet[FollowUp]":
    rows: QuerySet[FollowUp] = FollowUp.objects.filter(practice_id__in=practice_ids, done_at=None)
    return rows

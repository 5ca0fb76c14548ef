"""Write down that something remains to be done for a caller; who is owed a call is on the list once."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.events import FollowUpOpened
from decroche.messaging.models import FollowUp, FollowUpCall, FollowUpKind
from decroche.patients.models import Patient
from decroche.practices.models import Practice

LONGEST_BODY = 2000
LONGEST_CALLER = 120
LONGEST_NUMBER = 16
ONCE_A_CALL = frozenset({FollowUpKind.CALLBACK, FollowUpKind.VOICEMAIL})


def open_follow_up(
    *,
    practice: Practice,
    kind: str = FollowUpKind.CALLBACK,
    patient: Patient | None = None,
    call_id: UUID | None = None,
    caller_number: str = "",
    caller_name: str = "",
    body: str = "",
    due_at: datetime | None = None,
    voicemail_path: str = "",
    seconds: int = 0,
    is_urgent: bool = False,
    wished_at: datetime | None = None,
    now: datetime,
) -> FollowUp:
    """Open a follow-up, due now unless told otherwise; a call opens at most one call-back and one voicemail.

    Who was lost several times in a row is on the list once, since the first: the one already open is returned.
    ``voicemail_path`` is relative to the voicemail folder of the data directory.
    """
    fields = {
        "practice": practice,
        "patient": patient,
        "caller_number": caller_number.strip()[:LONGEST_NUMBER],
        "caller_name": " ".join(caller_name.replace("\x00", " ").split())[:LONGEST_CALLER],
        "body": body.replace("\x00", " ").strip()[:LONGEST_BODY],
        "due_at": due_at or wished_at or now,
        "wished_at": wished_at,
        "is_urgent": is_urgent,
        "voicemail_path": voicemail_path,
        "seconds": seconds,
        "created_at": now,
    }
    with transaction.atomic():
        follow_up: FollowUp
        if call_id is not None and kind == FollowUpKind.CALLBACK:
            known = _known(practice, str(fields["caller_number"]), call_id, is_urgent=is_urgent, now=now)
            if known is not None:
                return known
        if call_id is not None and kind == FollowUpKind.VOICEMAIL:
            spoke = _who_spoke_at_last(practice, str(fields["caller_number"]), call_id, now=now)
            if spoke is not None:
                spoke.voicemail_path, spoke.seconds = voicemail_path, seconds
                spoke.save(update_fields=["voicemail_path", "seconds"])
                publish(_opened(spoke, now))
                return spoke
        if call_id is None or kind not in ONCE_A_CALL:
            follow_up, created = FollowUp.objects.create(call_id=call_id, kind=kind, **fields), True
        else:
            follow_up, created = FollowUp.objects.get_or_create(call_id=call_id, kind=kind, defaults=fields)
        if created:
            publish(_opened(follow_up, now))
            hint("followups", practice_id=practice.pk, follow_up_id=follow_up.pk)
    return follow_up


def _opened(follow_up: FollowUp, now: datetime) -> FollowUpOpened:
    return FollowUpOpened(
        follow_up_id=follow_up.pk,
        practice_id=follow_up.practice_id,
        kind=follow_up.kind,
        call_id=follow_up.call_id,
        at=now,
    )


def _who_spoke_at_last(practice: Practice, number: str, call_id: UUID, *, now: datetime) -> FollowUp | None:
    """Return the call-back of a caller who now left a message, made a voicemail; it keeps its place in the list."""
    if not number or FollowUp.objects.filter(call_id=call_id).exists():
        return None
    owed = FollowUp.objects.select_for_update(of=("self",)).filter(
        practice=practice,
        caller_number=number,
        done_at=None,
        call_id__isnull=False,
        kind=FollowUpKind.CALLBACK,
    )
    found: FollowUp | None = owed.order_by("created_at", "pk").first()
    if found is None or found.call_id is None:
        return None
    FollowUpCall.objects.get_or_create(call_id=found.call_id, defaults={"follow_up": found, "at": now})
    found.kind, found.call_id = FollowUpKind.VOICEMAIL, call_id
    found.rang, found.last_rang_at = found.rang + 1, now
    found.save(update_fields=["kind", "call_id", "rang", "last_rang_at"])
    hint("followups", practice_id=practice.pk, follow_up_id=found.pk)
    return found


def _known(
    practice: Practice, number: str, call_id: UUID, *, is_urgent: bool, now: datetime
) -> FollowUp | None:
    """Return what is owed to this caller already, this call counted; none: he comes onto the list."""
    if not number:
        return None
    with connection.cursor() as cursor:  # two exchanges may lose the same caller in the same breath
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [number, practice.pk])
    counted = FollowUpCall.objects.filter(call_id=call_id).select_related("follow_up").first()
    if counted is not None:
        told: FollowUp = counted.follow_up
        return told
    lost = FollowUp.objects.select_for_update(of=("self",)).filter(
        practice=practice,
        caller_number=number,
        done_at=None,
        call_id__isnull=False,
        kind__in=[FollowUpKind.CALLBACK, FollowUpKind.VOICEMAIL],
    )
    known: FollowUp | None = lost.order_by("created_at", "pk").first()
    if known is None or known.call_id == call_id:
        return None
    FollowUpCall.objects.create(follow_up=known, call_id=call_id, at=now)
    known.rang, known.last_rang_at = known.rang + 1, now
    known.is_urgent = known.is_urgent or is_urgent
    known.save(update_fields=["rang", "last_rang_at", "is_urgent"])
    hint("followups", practice_id=practice.pk, follow_up_id=known.pk)
    return known

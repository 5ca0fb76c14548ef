"""Write down that something remains to be done for a caller."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.events import FollowUpOpened
from decroche.messaging.models import FollowUp, FollowUpKind
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
    now: datetime,
) -> FollowUp:
    """Open a follow-up, due now unless told otherwise; a call opens at most one call-back and one voicemail.

    ``voicemail_path`` is relative to the voicemail folder of the data directory.
    """
    fields = {
        "practice": practice,
        "patient": patient,
        "caller_number": caller_number.strip()[:LONGEST_NUMBER],
        "caller_name": " ".join(caller_name.replace("\x00", " ").split())[:LONGEST_CALLER],
        "body": body.replace("\x00", " ").strip()[:LONGEST_BODY],
        "due_at": due_at or now,
        "voicemail_path": voicemail_path,
        "created_at": now,
    }
    with transaction.atomic():
        follow_up: FollowUp
        if call_id is None or kind not in ONCE_A_CALL:
            follow_up, created = FollowUp.objects.create(call_id=call_id, kind=kind, **fields), True
        else:
            follow_up, created = FollowUp.objects.get_or_create(call_id=call_id, kind=kind, defaults=fields)
        if created:
            publish(
                FollowUpOpened(
                    follow_up_id=follow_up.pk,
                    practice_id=practice.pk,
                    kind=kind,
                    call_id=call_id,
                    at=now,
                )
            )
            hint("followups", practice_id=practice.pk, follow_up_id=follow_up.pk)
    return follow_up

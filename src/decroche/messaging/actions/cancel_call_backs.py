"""Take call-backs off the list when their caller rings again and is answered."""

from datetime import datetime

from django.db import transaction

from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.events import FollowUpClosed
from decroche.messaging.models import FollowUp, FollowUpKind, FollowUpResult
from decroche.practices.models import Practice


def cancel_call_backs(*, practice: Practice, caller_number: str, now: datetime) -> int:
    """Close what the practice owes this number since before ``now``, claimed or not; return how many there were.

    A hidden number settles nothing: it may be anybody's. A voicemail stays: it is to be heard.
    """
    if not caller_number:
        return 0
    with transaction.atomic():
        rows = list(
            FollowUp.objects.select_for_update(of=("self",)).filter(
                practice=practice,
                kind=FollowUpKind.CALLBACK,
                caller_number=caller_number,
                done_at=None,
                created_at__lte=now,
            )
        )
        if not rows:
            return 0
        result = FollowUpResult.CALLED_AGAIN
        FollowUp.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=now, result=result)
        for row in rows:
            publish(
                FollowUpClosed(
                    follow_up_id=row.pk, practice_id=practice.pk, result=result.value, by_id=None, at=now
                )
            )
        hint("followups", practice_id=practice.pk)
    return len(rows)

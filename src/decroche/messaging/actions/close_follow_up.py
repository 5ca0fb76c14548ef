"""End a follow-up with what came of it, or note a try that reached nobody."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.events import FollowUpClosed
from decroche.messaging.models import FollowUp, FollowUpResult

TRY_AGAIN_IN = timedelta(minutes=30)
LONGEST_NOTE = 280


class InColleaguesHand(Exception):
    """A colleague is on it; ``by`` is the colleague's name."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def close_follow_up(
    *,
    follow_up: FollowUp,
    result: str = FollowUpResult.REACHED,
    note: str = "",
    by: User | None,
    now: datetime,
) -> bool:
    """Close a follow-up; ``by`` is null when the house itself closes it. Return whether it was open.

    Raises:
        InColleaguesHand: somebody else has claimed it.

    """
    with transaction.atomic():
        current = (
            FollowUp.objects.select_for_update(of=("self",))
            .select_related("assigned_to")
            .get(pk=follow_up.pk)
        )
        if current.done_at is not None:
            return False
        _not_in_other_hands(current, by)
        current.done_at, current.done_by = now, by
        current.result, current.result_note = result, note.strip()[:LONGEST_NOTE]
        current.save(update_fields=["done_at", "done_by", "result", "result_note"])
        publish(
            FollowUpClosed(
                follow_up_id=current.pk,
                practice_id=current.practice_id,
                result=result,
                by_id=by.pk if by else None,
                at=now,
            )
        )
        hint("followups", practice_id=current.practice_id, follow_up_id=current.pk)
    return True


def note_try(*, follow_up: FollowUp, by: User, now: datetime) -> None:
    """Record that nobody answered: it goes back to the list, due half an hour later.

    Raises:
        InColleaguesHand: somebody else has claimed it.

    """
    with transaction.atomic():
        current = (
            FollowUp.objects.select_for_update(of=("self",))
            .select_related("assigned_to")
            .get(pk=follow_up.pk)
        )
        if current.done_at is not None:
            return
        _not_in_other_hands(current, by)
        FollowUp.objects.filter(pk=current.pk).update(
            tries=F("tries") + 1,
            last_tried_at=now,
            due_at=now + TRY_AGAIN_IN,
            assigned_to=None,
            assigned_at=None,
        )
        hint("followups", practice_id=current.practice_id, follow_up_id=current.pk)


def _not_in_other_hands(follow_up: FollowUp, by: User | None) -> None:
    owner = follow_up.assigned_to
    if by is not None and owner is not None and owner.pk != by.pk:
        raise InColleaguesHand(owner.display_name)

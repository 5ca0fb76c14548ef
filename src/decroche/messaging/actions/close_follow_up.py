"""End a follow-up with what came of it, note a try that reached nobody, or take that back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.messaging.actions.claim_follow_up import IN_HAND_FOR
from decroche.messaging.events import FollowUpClosed
from decroche.messaging.models import FollowUp, FollowUpResult, FollowUpTry, TryResult

TRY_AGAIN_IN = timedelta(minutes=30)
UNDO_WITHIN = timedelta(minutes=10)
LONGEST_NOTE = 280
# What ends a follow-up and was a word with the caller, or an attempt.
SPOKEN: Final[Mapping[str, TryResult]] = {
    FollowUpResult.REACHED: TryResult.REACHED,
    FollowUpResult.CALLED_AGAIN: TryResult.REACHED,
    FollowUpResult.LEFT_MESSAGE: TryResult.LEFT_MESSAGE,
    FollowUpResult.UNREACHABLE: TryResult.NO_ANSWER,
}


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
        current = _locked(follow_up)
        if current.done_at is not None:
            return False
        _not_in_other_hands(current, by, now)
        fields = ["done_at", "done_by", "result", "result_note"]
        if by is not None and result in SPOKEN:
            _note(current, SPOKEN[result], by, now)
            current.tries, current.last_tried_at = current.tries + 1, now
            fields += ["tries", "last_tried_at"]
        current.done_at, current.done_by = now, by
        current.result, current.result_note = result, note.strip()[:LONGEST_NOTE]
        current.save(update_fields=fields)
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


def note_try(*, follow_up: FollowUp, by: User, now: datetime, again_at: datetime | None = None) -> None:
    """Record that nobody answered: it goes back to the list, due at ``again_at``, else half an hour later.

    Raises:
        InColleaguesHand: somebody else has claimed it.

    """
    with transaction.atomic():
        current = _locked(follow_up)
        if current.done_at is not None:
            return
        _not_in_other_hands(current, by, now)
        _note(current, TryResult.NO_ANSWER, by, now)
        FollowUp.objects.filter(pk=current.pk).update(
            tries=F("tries") + 1,
            last_tried_at=now,
            due_at=again_at or now + TRY_AGAIN_IN,
            assigned_to=None,
            assigned_at=None,
            claimed_until=None,
        )
        hint("followups", practice_id=current.practice_id, follow_up_id=current.pk)


def take_back_try(*, follow_up: FollowUp, by: User, now: datetime) -> bool:
    """Undo what one noted last about a follow-up, a moment ago; return whether there was something to undo."""
    with transaction.atomic():
        current = _locked(follow_up)
        last = FollowUpTry.objects.filter(follow_up=current).order_by("-at", "-pk").first()
        mine = last is not None and last.by_id == by.pk and now - last.at < UNDO_WITHIN
        if not mine or last is None or current.done_at not in {None, last.at}:
            return False
        if current.is_in_hand(now=now) and current.assigned_to_id != by.pk:
            return False
        before = FollowUpTry.objects.filter(follow_up=current).exclude(pk=last.pk).order_by("-at").first()
        FollowUp.objects.filter(pk=current.pk).update(
            tries=F("tries") - 1,
            last_tried_at=before.at if before else None,
            due_at=last.due_before,
            done_at=None,
            done_by=None,
            result="",
            result_note="",
            assigned_to=by,
            assigned_at=now,
            claimed_until=now + IN_HAND_FOR,
        )
        last.delete()
        hint("followups", practice_id=current.practice_id, follow_up_id=current.pk)
    return True


def _locked(follow_up: FollowUp) -> FollowUp:
    row: FollowUp = (
        FollowUp.objects.select_for_update(of=("self",)).select_related("assigned_to").get(pk=follow_up.pk)
    )
    return row


def _note(current: FollowUp, result: str, by: User, now: datetime) -> None:
    FollowUpTry.objects.create(follow_up=current, by=by, at=now, result=result, due_before=current.due_at)


def _not_in_other_hands(follow_up: FollowUp, by: User | None, now: datetime) -> None:
    owner = follow_up.assigned_to
    if by is not None and owner is not None and owner.pk != by.pk and follow_up.is_in_hand(now=now):
        raise InColleaguesHand(owner.display_name)

"""Take a follow-up in hand, keep it while one is on it, or give it back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.messaging.models import FollowUp

IN_HAND_FOR = timedelta(minutes=20)  # one who went home must not keep a caller waiting for ever


class AlreadyClaimed(Exception):
    """A colleague has it in hand, or it is done; ``by`` is the colleague's name, empty when done."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


def claim_follow_up(*, follow_up: FollowUp, by: User, now: datetime, lasts: timedelta = IN_HAND_FOR) -> None:
    """Take a follow-up in hand until the claim lapses: of two who try, the database lets one.

    Raises:
        AlreadyClaimed: it is in somebody else's hand, or done.

    """
    with transaction.atomic():
        # One compare-and-set: the row lock of UPDATE has the second of two read what the first wrote.
        free = FollowUp.objects.filter(pk=follow_up.pk, done_at=None).filter(
            Q(assigned_to=None) | Q(claimed_until__lte=now) | Q(assigned_to=by)
        )
        if free.update(assigned_to=by, assigned_at=now, claimed_until=now + lasts):
            hint("followups", practice_id=follow_up.practice_id, follow_up_id=follow_up.pk)
    follow_up.refresh_from_db(fields=["assigned_to", "assigned_at", "claimed_until", "done_at"])
    if follow_up.done_at is not None:
        raise AlreadyClaimed("")
    if follow_up.assigned_to is None or follow_up.assigned_to.pk != by.pk:
        raise AlreadyClaimed(follow_up.assigned_to.display_name if follow_up.assigned_to else "")


def release_follow_up(*, follow_up: FollowUp, by: User) -> bool:
    """Give back a follow-up that one has in hand; return whether it was in hand."""
    with transaction.atomic():
        mine = FollowUp.objects.filter(pk=follow_up.pk, done_at=None, assigned_to=by)
        given: bool = bool(mine.update(assigned_to=None, assigned_at=None, claimed_until=None))
        if given:
            hint("followups", practice_id=follow_up.practice_id, follow_up_id=follow_up.pk)
    return given

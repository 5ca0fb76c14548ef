"""Note when a caller wants to be called."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.messaging.actions.close_follow_up import InColleaguesHand
from decroche.messaging.models import FollowUp


def postpone_follow_up(*, follow_up: FollowUp, wished_at: datetime, by: User, now: datetime) -> None:
    """Put a caller back on the list for the time that he asked for; nobody has him in hand until then.

    Raises:
        InColleaguesHand: somebody else has claimed it.

    """
    with transaction.atomic():
        current = (
            FollowUp.objects.select_for_update(of=("self",))
            .select_related("assigned_to")
            .get(pk=follow_up.pk)
        )
        owner = current.assigned_to
        if owner is not None and owner.pk != by.pk and current.is_in_hand(now=now):
            raise InColleaguesHand(owner.display_name)
        FollowUp.objects.filter(pk=current.pk, done_at=None).update(
            wished_at=wished_at, due_at=wished_at, assigned_to=None, assigned_at=None, claimed_until=None
        )
        hint("followups", practice_id=current.practice_id, follow_up_id=current.pk)

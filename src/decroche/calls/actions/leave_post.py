"""Leave one's post: no call comes any more, and the browser's phone is let in no more."""

from datetime import datetime

from decroche.accounts.models import User
from decroche.calls.actions.give_order import give_order
from decroche.calls.models import PhoneCredential, Post
from decroche.calls.switchboard.orders import OrderKind


def leave_post(*, user: User, now: datetime) -> None:
    """Revoke the phone and order the switchboard to free the post; harmless for somebody who has none."""
    PhoneCredential.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
    if Post.objects.filter(user=user).exists():
        give_order(kind=OrderKind.LEAVE, user=user, now=now)

"""Leave one's post: no call comes any more, and the browser's phone is let in no more."""

from datetime import datetime

from decroche.accounts.models import User
from decroche.calls.actions.give_order import give_order
from decroche.calls.models import PhoneCredential, PhoneDevice, Post
from decroche.calls.switchboard.orders import OrderKind


def leave_post(*, user: User, now: datetime) -> None:
    """Revoke the browser's phone and order the switchboard to free the post; harmless for somebody who has none.

    A SIP phone stays on its desk when a screen is closed: only ``sip_phone.put_away`` withdraws it.
    """
    in_browser = PhoneCredential.objects.filter(user=user, revoked_at=None, device=PhoneDevice.BROWSER)
    in_browser.update(revoked_at=now)
    if Post.objects.filter(user=user).exists():
        give_order(kind=OrderKind.LEAVE, user=user, now=now)

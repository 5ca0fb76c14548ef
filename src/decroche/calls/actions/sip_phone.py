"""Let a SIP phone of any make be a secretary's phone, until she puts it away."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from decroche.accounts.models import User
from decroche.calls.actions.give_order import PATIENCE_SECONDS, give_order, give_order_and_wait
from decroche.calls.actions.open_phone import OpenedPhone, let_in_alone, password_of, username_of
from decroche.calls.models import PhoneCredential, PhoneDevice
from decroche.calls.switchboard.orders import OrderKind

LIFETIME = timedelta(days=365)  # nobody types a password into a telephone every two hours


def connect(*, user: User, now: datetime, patience_seconds: float = PATIENCE_SECONDS) -> OpenedPhone:
    """Make what she types into her SIP phone; her browser is no phone from now on, nor is a SIP phone before it.

    The password is told this once: it is stored nowhere.

    Raises:
        SwitchboardSilent: nobody can let the phone in; nothing changes.
        OrderRefused: this person may hold no post; nothing changes.

    """
    nonce, expires_at = secrets.token_urlsafe(32), now + LIFETIME
    give_order_and_wait(
        kind=OrderKind.PHONE_ACCOUNT,
        user=user,
        now=now,
        payload={"nonce": nonce, "device": PhoneDevice.SIP.value},
        patience_seconds=patience_seconds,
    )
    let_in_alone(user=user, device=PhoneDevice.SIP, nonce=nonce, now=now, expires_at=expires_at)
    return OpenedPhone(username_of(user.pk), expires_at, password_of(nonce))


def put_away(*, user: User, now: datetime) -> bool:
    """Withdraw her SIP phone; return whether there was one.

    It registers no more and loses the conversation it has, whose caller comes first in line: at once, or as soon as
    the switchboard is there again.
    """
    in_hand = PhoneCredential.objects.filter(user=user, revoked_at=None, device=PhoneDevice.SIP)
    with transaction.atomic():
        if not in_hand.update(revoked_at=now):
            return False
        give_order(kind=OrderKind.PHONE_ACCOUNT, user=user, now=now, payload={"nonce": ""})
    return True

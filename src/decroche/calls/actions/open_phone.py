"""Let one browser be a secretary's phone, for a few hours."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from decroche.accounts.models import User
from decroche.calls.actions.give_order import PATIENCE_SECONDS, give_order_and_wait
from decroche.calls.models import PhoneCredential, PhoneDevice
from decroche.calls.switchboard.orders import OrderKind

LIFETIME = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class OpenedPhone:
    """Carry what the softphone needs to register."""

    username: str
    expires_at: datetime
    password: str = field(repr=False)


def username_of(user_id: int) -> str:
    """Return the name under which a person's phone registers."""
    return f"s{user_id}"


def password_of(nonce: str) -> str:
    """Derive a phone's password, which is stored nowhere, from its nonce and the installation's key."""
    return salted_hmac("decroche.calls.phone", nonce, algorithm="sha256").hexdigest()[:40]


def let_in_alone(*, user: User, device: PhoneDevice, nonce: str, now: datetime, expires_at: datetime) -> None:
    """Keep on file that this phone is hers, and that none before it is."""
    with transaction.atomic():
        PhoneCredential.objects.filter(user=user, revoked_at=None).update(revoked_at=now)
        PhoneCredential.objects.create(
            user=user, device=device, nonce=nonce, created_at=now, expires_at=expires_at
        )


def open_phone(*, user: User, now: datetime, patience_seconds: float = PATIENCE_SECONDS) -> OpenedPhone:
    """Make a fresh credential, revoke the one before, and have the exchange know it.

    Raises:
        SwitchboardSilent: nobody can let the phone in.
        OrderRefused: this person may hold no post.

    """
    nonce, expires_at = secrets.token_urlsafe(32), now + LIFETIME
    let_in_alone(user=user, device=PhoneDevice.BROWSER, nonce=nonce, now=now, expires_at=expires_at)
    give_order_and_wait(
        kind=OrderKind.PHONE_ACCOUNT,
        user=user,
        now=now,
        payload={"nonce": nonce},
        patience_seconds=patience_seconds,
    )
    return OpenedPhone(username_of(user.pk), expires_at, password_of(nonce))

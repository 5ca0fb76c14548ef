"""Let a secretary's calls ring on her mobile when her computer cannot, and on her own phone again."""

from datetime import datetime, timedelta

from decroche.accounts.models import User
from decroche.calls.actions.give_order import PATIENCE_SECONDS, give_order_and_wait
from decroche.calls.models import MobilePhone
from decroche.calls.switchboard.orders import OrderKind
from decroche.kernel import phone

RINGS_FOR = timedelta(hours=12)  # a forgotten switch must not ring her at night


class NotAMobile(ValueError):
    """The number is none that can ring."""


def route_mobile(
    *, user: User, number: str, now: datetime, patience_seconds: float = PATIENCE_SECONDS
) -> MobilePhone:
    """Let her calls ring at this number for half a day; whoever answers there must press 1.

    Raises:
        NotAMobile: it is no telephone number.
        SwitchboardSilent: nobody is there to obey; nothing changes.
        OrderRefused: that number may not be called.

    """
    found = phone.parse_or_none(number)
    if found is None:
        raise NotAMobile(number)
    give_order_and_wait(
        kind=OrderKind.ROUTE_PHONE,
        user=user,
        now=now,
        payload={"number": found},
        patience_seconds=patience_seconds,
    )
    row: MobilePhone
    row, _created = MobilePhone.objects.update_or_create(
        user=user, defaults={"number": found, "rings_until": now + RINGS_FOR}
    )
    return row


def route_back(*, user: User, now: datetime, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Let her own phone ring again. The row alone would do: the switchboard reads it when it comes back.

    Raises:
        SwitchboardSilent: nobody is there to obey; it will be once somebody is.
        OrderRefused: she may hold no post.

    """
    MobilePhone.objects.filter(user=user).update(rings_until=None)
    give_order_and_wait(
        kind=OrderKind.ROUTE_PHONE,
        user=user,
        now=now,
        payload={"number": ""},
        patience_seconds=patience_seconds,
    )

"""Ask something of the switchboard, and wait a moment for its answer."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from decroche.accounts.models import User
from decroche.calls.models import SwitchboardOrder, SwitchboardPulse
from decroche.calls.switchboard.orders import OrderKind

CHANNEL = "switchboard"
PATIENCE_SECONDS = 1.2
LOOK_EVERY_SECONDS = 0.01


class SwitchboardSilent(Exception):
    """The switchboard gives no sign of life."""


class OrderRefused(Exception):
    """The switchboard will not do it; ``refusal`` says why."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


def give_order(
    *,
    kind: OrderKind,
    user: User,
    now: datetime,
    call_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
) -> SwitchboardOrder:
    """Write an order down and wake the switchboard."""
    with transaction.atomic():
        order = SwitchboardOrder.objects.create(
            kind=kind.value, user=user, call_id=call_id, payload=payload or {}, requested_at=now
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"order {order.pk}"])
    return order


def give_order_and_wait(
    *,
    kind: OrderKind,
    user: User,
    now: datetime,
    call_id: UUID | None = None,
    payload: dict[str, Any] | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> bool:
    """Give an order and return whether it was carried out within the patience; False: it may be yet.

    Raises:
        SwitchboardSilent: nobody is there to obey; nothing is written down.
        OrderRefused: the switchboard will not do it.

    """
    pulse = SwitchboardPulse.objects.first()
    if pulse is None or not pulse.is_alive(now=now):
        raise SwitchboardSilent
    order = give_order(kind=kind, user=user, now=now, call_id=call_id, payload=payload)
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        order.refresh_from_db(fields=["done_at", "refusal"])
        if order.refusal:
            raise OrderRefused(order.refusal)
        if order.done_at is not None:
            return True
        time.sleep(LOOK_EVERY_SECONDS)
    return False

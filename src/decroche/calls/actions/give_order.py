"""Ask something of the switchboard, and wait a moment for its answer."""

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from decroche.accounts.models import User
from decroche.calls.models import Call, CallPlan, Post, SwitchboardOrder, SwitchboardPulse
from decroche.calls.switchboard.orders import OrderKind
from decroche.foundation.tenancy import every_practice

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
    exchange: str | None = None,
) -> SwitchboardOrder:
    """Write an order down for the switchboard that has the call or the phone, and wake it."""
    payload = payload or {}
    if exchange is None:
        exchange = exchange_of(user, call_id=call_id, called_number=str(payload.get("called_number", "")))
    with transaction.atomic():
        order = SwitchboardOrder.objects.create(
            kind=kind.value,
            user=user,
            call_id=call_id,
            payload=payload,
            requested_at=now,
            exchange=exchange,
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"order {order.pk}@{exchange}"])
    return order


def exchange_of(user: User, *, call_id: UUID | None = None, called_number: str = "") -> str:
    """Return which exchange has the call, the called line, or else the person's phone (one or two queries)."""
    with every_practice():
        found: str | None = None
        if call_id is not None:
            found = Call.objects.filter(pk=call_id).values_list("exchange", flat=True).first()
        elif called_number:
            found = (
                CallPlan.objects.filter(line__number=called_number).values_list("exchange", flat=True).first()
            )
        if found is None:
            found = Post.objects.filter(user=user).values_list("exchange", flat=True).first()
        if found is None:  # her first day: where the lines are that her secretariat answers
            hers = CallPlan.objects.filter(line__practice__mandates__secretariat__memberships__user=user)
            found = hers.exclude(exchange="").values_list("exchange", flat=True).first()
    return found or ""


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
    payload = payload or {}
    exchange = exchange_of(user, call_id=call_id, called_number=str(payload.get("called_number", "")))
    pulse = SwitchboardPulse.objects.filter(exchange=exchange).first()
    if pulse is None or not pulse.is_alive(now=now):
        raise SwitchboardSilent
    order = give_order(kind=kind, user=user, now=now, call_id=call_id, payload=payload, exchange=exchange)
    until = time.monotonic() + patience_seconds
    while time.monotonic() < until:
        order.refresh_from_db(fields=["done_at", "refusal"])
        if order.refusal:
            raise OrderRefused(order.refusal)
        if order.done_at is not None:
            return True
        time.sleep(LOOK_EVERY_SECONDS)
    return False

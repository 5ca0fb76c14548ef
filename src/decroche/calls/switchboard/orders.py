"""Obey what people ask from their screens, or refuse with a reason that a screen can say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from decroche.calls.domain.call import WITH_SECRETARY, CallState, EndReason
from decroche.calls.domain.post import CHOSEN_STATES, PostState
from decroche.calls.ports import PhoneAccount
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, LivePost


class OrderKind(StrEnum):
    """Name what a screen may ask of the switchboard."""

    PHONE_ACCOUNT = "phone_account"  # username, password, expires_at
    LEAVE = "leave"
    SET_STATE = "set_state"  # state, reason
    HOLD = "hold"
    RESUME = "resume"
    HANG_UP = "hang_up"
    TRANSFER = "transfer"  # number
    EXTEND_WRAP_UP = "extend_wrap_up"  # seconds
    END_WRAP_UP = "end_wrap_up"
    PICK_UP = "pick_up"  # simulated telephony only
    PUT_DOWN = "put_down"  # simulated telephony only
    SIMULATE_CALL = "simulate_call"  # called_number, caller_number, caller_name, voice
    MUTE = "mute"  # muted
    DIGITS = "digits"  # digits
    RING_PARTY = "ring_party"  # number or user_id (a colleague, a practitioner)
    MIX = "mix"  # how: consult, caller, all, give
    DROP_PARTY = "drop_party"
    PARK = "park"
    UNPARK = "unpark"
    TRANSFER_TO = "transfer_to"  # user_id of a colleague or a practitioner, or number
    CALL_OUT = "call_out"  # number, practice_id, line_id, follow_up_id
    LEND_EAR = "lend_ear"  # how: listen, whisper, join, leave
    RECORD = "record"  # on; discard
    ABUSE = "abuse"
    ROUTE_PHONE = "route_phone"  # number, empty: her own phone again
    SET_URGENCY = "set_urgency"  # urgency


class Refusal(StrEnum):
    """Name why an order is refused; ``calls.wording`` says it in words."""

    NO_POST = "no_post"
    NOT_YOUR_CALL = "not_your_call"
    CALL_OVER = "call_over"
    NOT_NOW = "not_now"
    UNKNOWN_NUMBER = "unknown_number"
    TOO_LATE = "too_late"
    EXCHANGE_DOWN = "exchange_down"
    UNKNOWN_ORDER = "unknown_order"
    NOT_ALLOWED_NUMBER = "not_allowed_number"
    EMERGENCY_NUMBER = "emergency_number"
    CAP_REACHED = "cap_reached"
    NO_PARTY = "no_party"
    PARTY_THERE = "party_there"
    NOT_SUPERVISOR = "not_supervisor"
    ALREADY_LISTENED = "already_listened"
    NOBODY_THERE = "nobody_there"
    NOT_PARKED = "not_parked"
    NO_MANDATE = "no_mandate"
    BUSY = "busy"  # her own hands are full
    PHONE_AWAY = "phone_away"  # her own phone cannot ring
    COLLEAGUE_BUSY = "colleague_busy"
    NOT_RECORDABLE = "not_recordable"
    # The practitioner's word on being disturbed.
    IN_CONSULTATION = "in_consultation"
    ON_ROUNDS = "on_rounds"
    URGENT_ONLY = "urgent_only"
    COLLEAGUES_ONLY = "colleagues_only"
    ANNOUNCE_FIRST = "announce_first"


@dataclass(frozen=True, slots=True)
class Order:
    """Carry one order."""

    order_id: int
    kind: str
    user_id: int
    requested_at: datetime
    call_id: UUID | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)


TOO_OLD = timedelta(seconds=20)
LASTING = frozenset({OrderKind.PHONE_ACCOUNT, OrderKind.LEAVE, OrderKind.SET_STATE})


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def obey(floor: Floor, order: Order, now: datetime) -> None:
    """Carry out one order on the floor and note how it ended. Repeating an order is harmless."""
    try:
        _obey(floor, order, now)
    except _Refused as refused:
        floor.finish_order(order.order_id, now, refused.refusal.value)
    else:
        floor.finish_order(order.order_id, now)


def _obey(floor: Floor, order: Order, now: datetime) -> None:
    try:
        kind = OrderKind(order.kind)
    except ValueError:
        raise _Refused(Refusal.UNKNOWN_ORDER) from None
    if kind not in LASTING and now - order.requested_at > TOO_OLD:
        raise _Refused(Refusal.TOO_LATE)  # a click that nobody heard is not to be carried out later
    if kind is OrderKind.SIMULATE_CALL:
        _simulate(floor, order)
        return
    post = floor.post_of(order.user_id)
    if post is None:
        raise _Refused(Refusal.NO_POST)
    if kind in _POST_ORDERS:
        _POST_ORDERS[kind](floor, post, order, now)
    elif not _is_repeated(floor, post, order, kind):
        _CALL_ORDERS[kind](floor, post, _call_in_hand(floor, post, order), order, now)


# --- orders about the post -----------------------------------------------------------------


def _phone_account(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    account = PhoneAccount(order.user_id, str(order.payload["username"]), str(order.payload["password"]))
    post.had_account = True
    floor.send(ask.SetPhoneAccount(account))
    del now  # nothing of the post changes until the phone registers


def _leave(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    if floor.is_busy(post):
        post.after_call = (PostState.AWAY, "")
        return
    floor.send(ask.RemovePhoneAccount(order.user_id))
    floor.set_post(post, PostState.AWAY, now)


def _set_state(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    state, reason = PostState(str(order.payload["state"])), str(order.payload.get("reason", ""))[:20]
    if state not in CHOSEN_STATES:
        raise _Refused(Refusal.NOT_NOW)
    if floor.is_busy(post):
        post.after_call = None if state is PostState.AVAILABLE else (state, reason)
        floor.touch_post(post)
    elif (post.state, post.reason) != (state, reason):
        post.missed = 0
        if not post.registered:
            post.phone_gone_at = now  # her phone has a while to come before the chair counts as empty
        floor.set_post(post, state, now, reason=reason)
    if state is PostState.AWAY and not floor.is_busy(post):
        floor.send(ask.RemovePhoneAccount(post.user_id))


def _extend_wrap_up(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    if post.state is not PostState.WRAP_UP or post.wrap_up_until is None or post.since is None:
        raise _Refused(Refusal.NOT_NOW)
    seconds = min(max(int(order.payload.get("seconds", 60)), 0), 600)
    latest = post.since + floor.timing.wrap_up_at_most
    post.wrap_up_until = min(max(post.wrap_up_until, now) + timedelta(seconds=seconds), latest)
    floor.touch_post(post)
    call = floor.calls.get(post.wrap_up_call_id) if post.wrap_up_call_id else None
    if call is not None:
        call.wrap_up_until = post.wrap_up_until
        floor.touch(call)


def _end_wrap_up(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    del order
    if post.state is PostState.WRAP_UP:
        floor.free(post, now)


def _pick_up(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    del order, now
    if post.state is not PostState.RINGING:
        raise _Refused(Refusal.CALL_OVER)
    floor.send(ask.PickUp(post.user_id))


def _put_down(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    del order, now
    floor.send(ask.PutDown(post.user_id))


_POST_ORDERS = {
    OrderKind.PHONE_ACCOUNT: _phone_account,
    OrderKind.LEAVE: _leave,
    OrderKind.SET_STATE: _set_state,
    OrderKind.EXTEND_WRAP_UP: _extend_wrap_up,
    OrderKind.END_WRAP_UP: _end_wrap_up,
    OrderKind.PICK_UP: _pick_up,
    OrderKind.PUT_DOWN: _put_down,
}

# --- orders about the call in hand ---------------------------------------------------------


def _is_repeated(floor: Floor, post: LivePost, order: Order, kind: OrderKind) -> bool:
    """Say whether a second click asks for what the first one has just done."""
    call = floor.calls.get(order.call_id) if order.call_id else None
    if call is None or call.secretary_id != post.user_id:
        return False
    if kind is OrderKind.HANG_UP:
        return call.state is CallState.ENDED
    return kind is OrderKind.TRANSFER and call.transfer_number == order.payload.get("number")


def _call_in_hand(floor: Floor, post: LivePost, order: Order) -> LiveCall:
    """Return the call that the order names, if it is this person's and is going on."""
    call = floor.calls.get(order.call_id) if order.call_id else None
    if call is None or call.state is CallState.ENDED:
        raise _Refused(Refusal.CALL_OVER)
    if call.state is CallState.TRANSFERRING and call.secretary_id == post.user_id:
        raise _Refused(Refusal.CALL_OVER)
    if call.leg is None or call.leg.user_id != post.user_id:
        raise _Refused(Refusal.NOT_YOUR_CALL)
    if call.state not in WITH_SECRETARY:
        raise _Refused(Refusal.NOT_NOW)
    if not floor.exchange_up:
        raise _Refused(Refusal.EXCHANGE_DOWN)
    return call


def _hold(floor: Floor, post: LivePost, call: LiveCall, order: Order, now: datetime) -> None:
    del order
    if call.state is CallState.TALKING:
        floor.move(call, CallState.ON_HOLD, now)
        floor.send(ask.Hold(call.call_id))
        floor.note(call, StepKind.HELD, now, secretary_id=post.user_id)
        floor.touch_post(post)


def _resume(floor: Floor, post: LivePost, call: LiveCall, order: Order, now: datetime) -> None:
    del order
    if call.state is CallState.ON_HOLD:
        floor.move(call, CallState.TALKING, now)
        floor.send(ask.Resume(call.call_id))
        floor.note(call, StepKind.RESUMED, now, secretary_id=post.user_id)
        floor.touch_post(post)


def _hang_up(floor: Floor, post: LivePost, call: LiveCall, order: Order, now: datetime) -> None:
    del post, order
    floor.send(ask.HangUp(call.call_id))
    floor.end(call, EndReason.COMPLETED, now)


def _transfer(floor: Floor, post: LivePost, call: LiveCall, order: Order, now: datetime) -> None:
    number = str(order.payload.get("number", ""))
    if not number.startswith("+"):
        raise _Refused(Refusal.UNKNOWN_NUMBER)
    shown = call.line.number if call.line else call.called_number
    floor.move(call, CallState.TRANSFERRING, now)
    call.leg, call.transfer_number = None, number
    floor.send(ask.Transfer(call.call_id, number=number, shown_number=shown))
    floor.note(call, StepKind.TRANSFER_STARTED, now, secretary_id=post.user_id, number=number)
    floor.wrap_up(post, call, now)


_CALL_ORDERS = {
    OrderKind.HOLD: _hold,
    OrderKind.RESUME: _resume,
    OrderKind.HANG_UP: _hang_up,
    OrderKind.TRANSFER: _transfer,
}


def _simulate(floor: Floor, order: Order) -> None:
    if not floor.exchange_up:
        raise _Refused(Refusal.EXCHANGE_DOWN)
    called = str(order.payload.get("called_number", ""))
    if called not in floor.directory.lines:
        raise _Refused(Refusal.UNKNOWN_NUMBER)
    floor.send(
        ask.PlaceSimulatedCall(
            called_number=called,
            caller_number=str(order.payload.get("caller_number", "")),
            caller_name=str(order.payload.get("caller_name", "")),
            voice=str(order.payload.get("voice", "")),
        )
    )

"""Obey what people ask from their screens, or refuse with a reason that a screen can say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from decroche.calls.domain.call import WITH_SECRETARY, CallState
from decroche.calls.domain.post import CHOSEN_STATES, PostState
from decroche.calls.ports import PhoneAccount
from decroche.calls.switchboard import calling, conversation, hands, parties
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.refusals import Refusal, Refused
from decroche.calls.switchboard.state import LiveCall, LivePost

__all__ = ["TOO_OLD", "Order", "OrderKind", "Refusal", "obey"]


class OrderKind(StrEnum):
    """Name what a screen may ask of the switchboard."""

    PHONE_ACCOUNT = "phone_account"  # username, password (empty: she has no phone any more), is_browser
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
LASTING = frozenset(
    {OrderKind.PHONE_ACCOUNT, OrderKind.LEAVE, OrderKind.SET_STATE, OrderKind.ROUTE_PHONE, OrderKind.ABUSE}
)


def obey(floor: Floor, order: Order, now: datetime) -> None:
    """Carry out one order on the floor and note how it ended. Repeating an order is harmless."""
    try:
        _obey(floor, order, now)
    except Refused as refused:
        floor.finish_order(order.order_id, now, refused.refusal.value)
    else:
        if order.order_id not in floor.unanswered:
            floor.finish_order(order.order_id, now)


def _obey(floor: Floor, order: Order, now: datetime) -> None:
    try:
        kind = OrderKind(order.kind)
    except ValueError:
        raise Refused(Refusal.UNKNOWN_ORDER) from None
    if kind not in LASTING and now - order.requested_at > TOO_OLD:
        raise Refused(Refusal.TOO_LATE)  # a click that nobody heard is not to be carried out later
    if kind is OrderKind.SIMULATE_CALL:
        _simulate(floor, order)
        return
    post = floor.post_of(order.user_id)
    if post is None:
        raise Refused(Refusal.NO_POST)
    if _is_repeated(floor, post, order, kind):
        return
    if kind in _POST_ORDERS:
        _POST_ORDERS[kind](floor, post, order, now)
    else:
        _CALL_ORDERS[kind](floor, post, _call_in_hand(floor, post, order), order.payload, now)


# --- orders about the post -----------------------------------------------------------------


def _phone_account(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    """Let her phone in; nothing of the post changes until it registers. Without a password: let it in no more."""
    password = str(order.payload["password"])
    if not password:
        post.has_sip_phone = False
        post.phone_gone_at = now  # her browser has a while to come instead
        _shut_out(floor, post, now)
        return
    post.has_sip_phone = not order.payload.get("is_browser", True)
    account = PhoneAccount(
        order.user_id, str(order.payload["username"]), password, is_browser=not post.has_sip_phone
    )
    floor.send(ask.SetPhoneAccount(account, order.order_id))
    floor.unanswered.add(order.order_id)


def _shut_out(floor: Floor, post: LivePost, now: datetime) -> None:
    """Make her phone worth nothing from now on, the conversation in hand included: it may be in other hands."""
    floor.send(ask.RemovePhoneAccount(post.user_id))
    if floor.is_busy(post) and not post.mobile:  # what rings elsewhere does not speak through that phone
        conversation.take_out(floor, post, now)


def _leave(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    """Close her post with her screen; a SIP phone on her desk stays known, and ends the conversation that it has."""
    del order
    if floor.is_busy(post):
        post.after_call = (PostState.AWAY, "")
    else:
        floor.set_post(post, PostState.AWAY, now)
    if not post.has_sip_phone:
        _shut_out(floor, post, now)


def _set_state(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    state, reason = PostState(str(order.payload["state"])), str(order.payload.get("reason", ""))[:20]
    if state not in CHOSEN_STATES:
        raise Refused(Refusal.NOT_NOW)
    if floor.is_busy(post):
        post.after_call = None if state is PostState.AVAILABLE else (state, reason)
        floor.touch_post(post)
    elif (post.state, post.reason) != (state, reason):
        post.missed = 0
        if not post.registered:
            post.phone_gone_at = now  # her phone has a while to come before the chair counts as empty
        floor.set_post(post, state, now, reason=reason)
    if state is PostState.AWAY and not floor.is_busy(post) and not post.has_sip_phone:
        floor.send(ask.RemovePhoneAccount(post.user_id))


def _extend_wrap_up(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    if post.state is not PostState.WRAP_UP or post.wrap_up_until is None or post.since is None:
        raise Refused(Refusal.NOT_NOW)
    seconds = min(max(int(order.payload.get("seconds", 60)), 0), 600)
    latest = post.since + floor.sharing_of(post.secretariat_id).wrap_up_at_most
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
        raise Refused(Refusal.CALL_OVER)
    floor.send(ask.PickUp(post.user_id))


def _put_down(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    del order, now
    floor.send(ask.PutDown(post.user_id))


# --- orders about a call -------------------------------------------------------------------


def _is_repeated(floor: Floor, post: LivePost, order: Order, kind: OrderKind) -> bool:
    """Say whether a second click asks for what the first one has just done."""
    call = floor.calls.get(order.call_id) if order.call_id else None
    if call is None:
        return False
    if kind is OrderKind.UNPARK:
        return call.holder == post.user_id
    return call.secretary_id == post.user_id and _is_done(call, post, order, kind)


def _is_done(call: LiveCall, post: LivePost, order: Order, kind: OrderKind) -> bool:
    is_given = call.state in {CallState.TRANSFERRING, CallState.ENDED}
    match kind:
        case OrderKind.HANG_UP:
            return call.state is CallState.ENDED
        case OrderKind.TRANSFER | OrderKind.TRANSFER_TO:
            return is_given and call.transfer_number == order.payload.get("number", "")
        case OrderKind.PARK:
            return call.state is CallState.PARKED and call.parked_by == post.user_id
        case OrderKind.MIX:
            return is_given and order.payload.get("how") == "give"
        case _:
            return False


def _call_in_hand(floor: Floor, post: LivePost, order: Order) -> LiveCall:
    """Return the call that the order names, if it is this person's and is going on."""
    call = floor.calls.get(order.call_id) if order.call_id else None
    if call is None or call.state is CallState.ENDED:
        raise Refused(Refusal.CALL_OVER)
    if call.state is CallState.TRANSFERRING and call.secretary_id == post.user_id:
        raise Refused(Refusal.CALL_OVER)
    if call.holder != post.user_id:
        raise Refused(Refusal.NOT_YOUR_CALL)
    if call.state is CallState.DIALLING and order.kind == OrderKind.HANG_UP:
        return call
    if call.state not in WITH_SECRETARY:
        raise Refused(Refusal.NOT_NOW)
    if not floor.exchange_up:
        raise Refused(Refusal.EXCHANGE_DOWN)
    return call


_CALL_ORDERS: Mapping[OrderKind, Callable[[Floor, LivePost, LiveCall, Mapping[str, Any], datetime], None]] = {
    OrderKind.HOLD: hands.hold,
    OrderKind.RESUME: hands.resume,
    OrderKind.HANG_UP: hands.hang_up,
    OrderKind.MUTE: hands.mute,
    OrderKind.DIGITS: hands.digits,
    OrderKind.PARK: hands.park,
    OrderKind.RECORD: hands.record,
    OrderKind.TRANSFER: parties.transfer,
    OrderKind.TRANSFER_TO: parties.transfer,
    OrderKind.RING_PARTY: parties.ring_party,
    OrderKind.MIX: parties.mix,
    OrderKind.DROP_PARTY: parties.drop_party,
}


def _any_call(floor: Floor, order: Order) -> LiveCall:
    """Return a call that lives, whoever has it."""
    call_id = order.call_id or order.payload.get("call_id")
    try:
        call = floor.calls.get(UUID(str(call_id)))
    except ValueError:
        raise Refused(Refusal.CALL_OVER) from None
    if call is None or call.state is CallState.ENDED:
        raise Refused(Refusal.CALL_OVER)
    return call


def _unpark(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    hands.unpark(floor, post, _any_call(floor, order), now)


def _lend_ear(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    hands.lend_ear(floor, post, _any_call(floor, order), order.payload, now)


def _set_urgency(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    hands.set_urgency(floor, post, _any_call(floor, order), order.payload, now)


def _abuse(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    calling.report_abuse(floor, post, order.call_id, now)


def _call_out(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    calling.call_out(floor, post, order.payload, now)


def _route_phone(floor: Floor, post: LivePost, order: Order, now: datetime) -> None:
    calling.route_phone(floor, post, order.payload, now)


_POST_ORDERS: Mapping[OrderKind, Callable[[Floor, LivePost, Order, datetime], None]] = {
    OrderKind.PHONE_ACCOUNT: _phone_account,
    OrderKind.LEAVE: _leave,
    OrderKind.SET_STATE: _set_state,
    OrderKind.EXTEND_WRAP_UP: _extend_wrap_up,
    OrderKind.END_WRAP_UP: _end_wrap_up,
    OrderKind.PICK_UP: _pick_up,
    OrderKind.PUT_DOWN: _put_down,
    OrderKind.UNPARK: _unpark,
    OrderKind.LEND_EAR: _lend_ear,
    OrderKind.SET_URGENCY: _set_urgency,
    OrderKind.ABUSE: _abuse,
    OrderKind.CALL_OUT: _call_out,
    OrderKind.ROUTE_PHONE: _route_phone,
}


def _simulate(floor: Floor, order: Order) -> None:
    if not floor.exchange_up:
        raise Refused(Refusal.EXCHANGE_DOWN)
    called = str(order.payload.get("called_number", ""))
    if called not in floor.directory.lines:
        raise Refused(Refusal.UNKNOWN_NUMBER)
    floor.send(
        ask.PlaceSimulatedCall(
            called_number=called,
            caller_number=str(order.payload.get("caller_number", "")),
            caller_name=str(order.payload.get("caller_name", "")),
            voice=str(order.payload.get("voice", "")),
        )
    )

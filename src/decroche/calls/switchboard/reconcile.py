"""Compare what we believed with what lives on the exchange, each time that it answers (again).

Calls that live are adopted, whatever happened to us; calls that are gone are closed as interrupted, with
a call-back; secretaries whose call is gone are freed; a caller whose secretary was dropped comes first in line.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from decroche.calls.domain.call import QUEUED, WITH_SECRETARY, CallState, EndReason, clean_caller_name
from decroche.calls.domain.post import PostState
from decroche.calls.ports import CallArrived, ExchangeConnected, LiveLeg
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall
from decroche.kernel import phone

LEFT_US = "away"  # state of a caller whom the dial plan has taken from us


def reconcile(floor: Floor, found: ExchangeConnected, now: datetime) -> tuple[CallArrived, ...]:
    """Bring the floor in line with the exchange; return the callers who have no call yet."""
    callers = {leg.call_id: leg for leg in found.legs if leg.leg is None and leg.call_id is not None}
    legs: dict[UUID, list[LiveLeg]] = {}
    for leg in found.legs:
        if leg.leg is not None:
            legs.setdefault(leg.leg.call_id, []).append(leg)
    _phones(floor, found.registered_user_ids, now)
    for call in list(floor.calls.values()):
        if call.state is CallState.ENDED:
            continue
        caller = callers.get(call.call_id)
        if caller is None:
            _vanished(floor, call, now)
        else:
            _still_there(floor, call, caller, legs.get(call.call_id, []), found, now)
    for call_id, caller in callers.items():
        if call_id is not None and call_id not in floor.calls:
            _adopt_unknown(floor, call_id, caller, legs.get(call_id, []), found, now)
    _drop_strays(floor, legs)
    _free_posts(floor, now)
    return tuple(
        CallArrived(
            leg.channel_id, leg.called_number, leg.caller_number, leg.caller_name, now, leg.is_simulated
        )
        for leg in found.legs
        if leg.leg is None and leg.call_id is None and leg.state != LEFT_US
    )


def _phones(floor: Floor, registered: frozenset[int], now: datetime) -> None:
    for user_id in registered:
        floor.post_of(user_id)
    for post in floor.posts.values():
        here = post.user_id in registered
        if here != post.registered or (not here and post.phone_gone_at is None):
            post.registered = here
            post.phone_gone_at = None if here else now
            floor.touch_post(post)


def _vanished(floor: Floor, call: LiveCall, now: datetime) -> None:
    reason = {
        CallState.FALLBACK: EndReason.FALLBACK,
        CallState.VOICEMAIL: EndReason.VOICEMAIL,
        CallState.TRANSFERRING: EndReason.TRANSFERRED,
    }.get(call.state, EndReason.INTERRUPTED)
    floor.end(call, reason, now)


def _still_there(
    floor: Floor,
    call: LiveCall,
    caller: LiveLeg,
    legs: list[LiveLeg],
    found: ExchangeConnected,
    now: datetime,
) -> None:
    """Go on with a call whose caller is there."""
    call.lease_renewed_at = None
    if caller.state == LEFT_US:
        if call.state in QUEUED:
            floor.leave_to_fallback(call, now)
        return
    if call.call_id in found.talking_call_ids:
        _talking(floor, call, legs, now)
    elif call.state in WITH_SECRETARY:
        mine = [leg for leg in legs if leg.leg == call.leg and leg.state == "up"]
        if call.state is CallState.ON_HOLD and mine:
            _adopted(floor, call, now)
        else:
            floor.cut_off(call, now)
    elif call.state is CallState.OFFERED:
        _offered(floor, call, legs, now)


def _talking(floor: Floor, call: LiveCall, legs: list[LiveLeg], now: datetime) -> None:
    """Take a conversation as it is; perhaps it began while we were away."""
    up = next((leg.leg for leg in legs if leg.leg is not None and leg.state == "up"), None)
    if up is None:
        return
    call.leg = up
    if call.state in {CallState.RINGING_IN, CallState.WAITING, CallState.FALLBACK}:
        call.state = CallState.OFFERED  # it was, between what we had written and now
    post = floor.post_of(up.user_id)
    if call.state is CallState.OFFERED and post is not None:
        floor.talk(call, post, now)
    elif post is not None and post.call_id != call.call_id:
        floor.set_post(post, PostState.ON_CALL, now, call_id=call.call_id)
    _adopted(floor, call, now)


def _offered(floor: Floor, call: LiveCall, legs: list[LiveLeg], now: datetime) -> None:
    leg = next((leg for leg in legs if leg.leg == call.leg), None)
    post = floor.posts.get(call.leg.user_id) if call.leg else None
    if leg is None or post is None or call.leg is None:
        floor.withdraw(call, StepKind.UNREACHABLE, now, stop=False)
        call.tried.clear()
    elif leg.state == "up":  # she picked up while nobody listened
        floor.send(ask.Connect(call.leg))
        floor.talk(call, post, now)
    else:
        call.state_since = now
        _adopted(floor, call, now)


def _adopt_unknown(
    floor: Floor, call_id: UUID, caller: LiveLeg, legs: list[LiveLeg], found: ExchangeConnected, now: datetime
) -> None:
    """Adopt a call that carries our mark but that was never written down."""
    if caller.state == LEFT_US:
        return
    number = phone.parse_or_none(caller.called_number) or caller.called_number
    line = floor.directory.lines.get(number)
    call = LiveCall(
        call_id=call_id,
        channel_id=caller.channel_id,
        called_number=clean_caller_name(number, limit=32),
        caller_number=phone.parse_or_none(caller.caller_number, region=line.region if line else "FR") or "",
        caller_name=clean_caller_name(caller.caller_name),
        arrived_at=now,
        line=line,
        is_simulated=caller.is_simulated,
        steps=floor.known_steps.get(call_id, 0),
        state_since=now,
    )
    floor.enter(call)
    floor.note(call, StepKind.ARRIVED, now)
    if call_id in found.talking_call_ids:
        _talking(floor, call, legs, now)
    elif line is not None:
        floor.wait(call, now)
        _adopted(floor, call, now)


def _adopted(floor: Floor, call: LiveCall, now: datetime) -> None:
    floor.note(call, StepKind.ADOPTED, now)


def _drop_strays(floor: Floor, legs: Mapping[UUID, list[LiveLeg]]) -> None:
    """Hang up the secretaries' legs that belong to no call of ours."""
    for call_id, found in legs.items():
        call = floor.calls.get(call_id)
        for leg in found:
            if leg.leg is not None and (call is None or call.leg != leg.leg):
                floor.send(ask.StopRinging(leg.leg))


def _free_posts(floor: Floor, now: datetime) -> None:
    """Free whoever is said to be on a call that is no more."""
    for post in floor.posts.values():
        call = floor.calls.get(post.call_id) if post.call_id else None
        holds = call is not None and call.leg is not None and call.leg.user_id == post.user_id
        if floor.is_busy(post) and not holds:
            floor.free(post, now)

"""Compare what we believed with what lives on the exchange, each time that it answers (again).

Calls that live are adopted, whatever happened to us; calls that are gone are closed as interrupted, with
a call-back; secretaries whose call is gone are freed; a caller whose secretary was dropped comes first in line;
third persons of no call are let go. No conversation is ever ended here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from decroche.calls.domain.call import (
    LEASED,
    QUEUED,
    WITH_SECRETARY,
    CallState,
    EndReason,
    PartyState,
    clean_caller_name,
)
from decroche.calls.domain.post import PostState
from decroche.calls.ports import CallArrived, ExchangeConnected, LiveLeg, PartyAnswered
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import conversation
from decroche.calls.switchboard.arrivals import UNTREATED, begin_again
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, Party

LEFT_US = "away"  # state of a caller whom the dial plan has taken from us
UNANSWERED = "ringing"  # or of one who hears his telephone ring
UP = "up"


@dataclass(slots=True)
class _Found:
    """Hold what lives on the exchange, by call."""

    callers: dict[UUID, LiveLeg] = field(default_factory=dict)
    legs: dict[UUID, list[LiveLeg]] = field(default_factory=dict)
    parties: dict[UUID, list[LiveLeg]] = field(default_factory=dict)
    talking: frozenset[UUID] = frozenset()

    def secretary_up(self, call_id: UUID) -> bool:
        return any(leg.state == UP for leg in self.legs.get(call_id, []))

    def party_up(self, call_id: UUID) -> LiveLeg | None:
        return next((leg for leg in self.parties.get(call_id, []) if leg.state == UP), None)


def reconcile(floor: Floor, connected: ExchangeConnected, now: datetime) -> tuple[CallArrived, ...]:
    """Bring the floor in line with the exchange; return the callers who have no call yet."""
    found = _sort(connected)
    _phones(floor, connected.registered_user_ids, now)
    for call in list(floor.calls.values()):
        if call.state is CallState.ENDED:
            continue
        caller = found.callers.get(call.call_id)
        if caller is None:
            _vanished(floor, call, found, now)
        else:
            _still_there(floor, call, caller, found, now)
    for call_id, caller in found.callers.items():
        if call_id not in floor.calls:
            _adopt_unknown(floor, call_id, caller, found, now)
    _parties(floor, found, now)
    _drop_strays(floor, found.legs)
    _free_posts(floor, now)
    return tuple(
        CallArrived(
            leg.channel_id, leg.called_number, leg.caller_number, leg.caller_name, now, leg.is_simulated
        )
        for leg in connected.legs
        if leg.leg is None and leg.party is None and leg.call_id is None and leg.state != LEFT_US
    )


def _sort(connected: ExchangeConnected) -> _Found:
    found = _Found(talking=connected.talking_call_ids)
    for leg in connected.legs:
        if leg.leg is not None:
            found.legs.setdefault(leg.leg.call_id, []).append(leg)
        elif leg.party is not None:
            found.parties.setdefault(leg.party.call_id, []).append(leg)
        elif leg.call_id is not None:
            found.callers[leg.call_id] = leg
    return found


def _phones(floor: Floor, registered: frozenset[int], now: datetime) -> None:
    for user_id in registered:
        floor.post_of(user_id)
    for post in floor.posts.values():
        here = post.user_id in registered
        if here != post.registered or (not here and post.phone_gone_at is None):
            post.registered = here
            post.phone_gone_at = None if here else now
            floor.touch_post(post)


def _vanished(floor: Floor, call: LiveCall, found: _Found, now: datetime) -> None:
    """Close a call whose caller is gone; of an outgoing one the number may not have been dialled yet."""
    if call.state is CallState.DIALLING and call.out is not None:
        mine = next((leg for leg in found.legs.get(call.call_id, []) if leg.leg == call.leg), None)
        post = floor.posts.get(call.leg.user_id) if call.leg else None
        if mine is not None and post is not None:
            if mine.state == UP:
                conversation.dial(floor, call, post, now)
            return
    reason = {
        CallState.FALLBACK: EndReason.FALLBACK,
        CallState.VOICEMAIL: EndReason.VOICEMAIL,
        CallState.TRANSFERRING: EndReason.TRANSFERRED,
        CallState.DIALLING: EndReason.NO_REPLY,
    }.get(call.state, EndReason.INTERRUPTED)
    floor.end(call, reason, now)


def _still_there(floor: Floor, call: LiveCall, caller: LiveLeg, found: _Found, now: datetime) -> None:
    """Go on with a call whose caller is there."""
    call.lease_renewed_at = None
    call.hears_ringing = caller.state == UNANSWERED
    call_id = call.call_id
    if call.channel_id != caller.channel_id:
        call.channel_id = caller.channel_id
        floor.enter(call)
    if caller.state == LEFT_US:
        _left_us(floor, call, now)
    elif found.party_up(call_id) is not None and not found.secretary_up(call_id):
        _given(floor, call, now)
    elif call_id in found.talking:
        _talking(floor, call, found.legs.get(call_id, []), now)
    elif call.state in WITH_SECRETARY:
        mine = [leg for leg in found.legs.get(call_id, []) if leg.leg == call.leg and leg.state == UP]
        if call.state is CallState.ON_HOLD and mine:
            _adopted(floor, call, now)
        else:
            floor.cut_off(call, now)
    elif call.state is CallState.OFFERED:
        _offered(floor, call, found.legs.get(call_id, []), now)
    elif call.state is CallState.DIALLING and not found.secretary_up(call_id):
        floor.send(ask.HangUp(call_id))
        floor.end(call, EndReason.NO_REPLY, now)
    elif call.state in UNTREATED and call.script is None:
        _adopted(floor, call, now)
        begin_again(floor, call, now)


def _left_us(floor: Floor, call: LiveCall, now: datetime) -> None:
    call.transfer_unseen = call.state is CallState.TRANSFERRING
    if call.state in WITH_SECRETARY and call.state not in LEASED:
        floor.end(call, EndReason.TRANSFERRED, now)  # sent on a moment before we went
    elif call.state in LEASED:
        floor.leave_to_fallback(call, now)


def _given(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Leave caller and third person together: they speak without the secretary."""
    if call.is_given:
        post = floor.post_of(call.party.user_id) if call.party and call.party.user_id else None
        if post is not None and post.call_id != call.call_id:
            floor.set_post(post, PostState.ON_CALL, now, call_id=call.call_id)
        _adopted(floor, call, now)
        return
    if call.state in {*WITH_SECRETARY, CallState.TRANSFERRING}:
        conversation.given_away(floor, call, now)


def _talking(floor: Floor, call: LiveCall, legs: list[LiveLeg], now: datetime) -> None:
    """Take a conversation as it is; perhaps it began while we were away."""
    up = next((leg.leg for leg in legs if leg.leg is not None and leg.state == UP), None)
    if up is None:
        return
    post = floor.post_of(up.user_id)
    call.leg = up
    if call.state in {*QUEUED, CallState.PARKED, CallState.FALLBACK}:
        call.state = CallState.OFFERED  # it was, between what we had written and now
    if call.state is CallState.DIALLING and call.out is not None:
        return  # both are in one bridge from the first ring; PartyAnswered says when he picks up
    if call.state is CallState.OFFERED and post is not None:
        floor.talk(call, post, now)
    elif post is not None and post.call_id != call.call_id:
        floor.set_post(post, PostState.ON_CALL, now, call_id=call.call_id)
    _adopted(floor, call, now)


def _offered(floor: Floor, call: LiveCall, legs: list[LiveLeg], now: datetime) -> None:
    leg = next((leg for leg in legs if leg.leg == call.leg), None)
    post = floor.posts.get(call.leg.user_id) if call.leg else None
    if call.leg is None:
        floor.wait(call, now)
    elif leg is None or post is None:
        floor.withdraw(call, StepKind.UNREACHABLE, now, stop=False)
        call.tried.clear()
    elif leg.state == UP:  # she picked up while nobody listened
        floor.send(ask.Connect(call.leg))
        floor.talk(call, post, now)
    else:
        call.state_since = now
        _adopted(floor, call, now)


def _adopt_unknown(floor: Floor, call_id: UUID, caller: LiveLeg, found: _Found, now: datetime) -> None:
    """Adopt a call that carries our mark but that was never written down."""
    talks = call_id in found.talking
    if caller.state == LEFT_US or (found.party_up(call_id) is not None and not found.secretary_up(call_id)):
        return
    line = floor.find_line(caller.called_number)
    if line is None and not talks:
        return
    call = LiveCall(
        call_id=call_id,
        channel_id=caller.channel_id,
        called_number=line.number if line else clean_caller_name(caller.called_number, limit=32),
        caller_number=floor.read_caller(caller.caller_number, line),
        caller_name=clean_caller_name(caller.caller_name),
        arrived_at=now,
        line=line,
        is_simulated=caller.is_simulated,
        steps=floor.known_steps.get(call_id, 0),
        state_since=now,
        hears_ringing=caller.state == UNANSWERED,
    )
    floor.enter(call)
    floor.note(call, StepKind.ARRIVED, now)
    if talks:
        _talking(floor, call, found.legs.get(call_id, []), now)
    else:
        floor.wait(call, now)
        _adopted(floor, call, now)


def _adopted(floor: Floor, call: LiveCall, now: datetime) -> None:
    floor.note(call, StepKind.ADOPTED, now)


def _parties(floor: Floor, found: _Found, now: datetime) -> None:
    """Give each third person back to its call; who belongs to none, and speaks with nobody, is let go."""
    for call in floor.calls.values():
        here = found.parties.get(call.call_id, [])
        if call.party is not None and not here:
            floor.note(call, StepKind.PARTY_GONE, now, cause="lost")
            floor.party_left(call, now)
        elif here and (call.state in WITH_SECRETARY):
            _adopt_party(floor, call, here[0], now)
    for call_id, legs in found.parties.items():
        owner = floor.calls.get(call_id)
        for leg in legs:
            alone = owner is None and call_id not in found.callers
            idle = owner is not None and owner.party is None and owner.state is not CallState.ENDED
            if leg.party is not None and (alone or idle):
                floor.send(ask.DropParty(leg.party))


def _adopt_party(floor: Floor, call: LiveCall, leg: LiveLeg, now: datetime) -> None:
    if leg.party is None:
        return
    call.party_attempts = max(call.party_attempts, leg.party.attempt)
    if call.party is None:
        consults = call.state is CallState.ON_HOLD
        state = PartyState.CONSULTED if consults else PartyState.JOINED
        call.party = Party(leg.party, state, number=leg.called_number, since=now)
    call.party.leg = leg.party
    if leg.state != UP:
        call.party.state, call.party.since = PartyState.RINGING, now
    elif call.party.state is PartyState.RINGING:
        conversation.party_answered(floor, PartyAnswered(leg.party, now), now)
    floor.touch(call)


def _drop_strays(floor: Floor, legs: Mapping[UUID, Iterable[LiveLeg]]) -> None:
    """Hang up the secretaries' legs that belong to no call of ours."""
    for call_id, found in legs.items():
        call = floor.calls.get(call_id)
        for leg in found:
            if leg.leg is not None and (call is None or call.leg != leg.leg):
                floor.send(ask.StopRinging(leg.leg))


def _free_posts(floor: Floor, now: datetime) -> None:
    """Free whoever is said to be on a call that is no more."""
    for post in list(floor.posts.values()):
        call = floor.calls.get(post.call_id) if post.call_id else None
        parts = {call.holder, call.listener, call.party.user_id if call.party else None} if call else set()
        if floor.is_busy(post) and post.user_id not in parts:
            floor.free(post, now)

"""Obey what a secretary asks of a third person: ring, speak in turn, all together, give; or a transfer at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from decroche.calls.domain.call import CallState, PartyState
from decroche.calls.domain.post import PostState
from decroche.calls.ports import Mix, PartyLeg, SecretaryLeg
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import conversation, reach
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.refusals import Refusal, Refused
from decroche.calls.switchboard.state import LiveCall, LivePost, Party

Payload = Mapping[str, Any]


def _aim(
    floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime, *, blind: bool
) -> reach.Aim:
    user_id = payload.get("user_id")
    number = str(payload.get("number") or "")
    if number:
        number = reach.readable(number, reach.region_of(call)) or number
    if not number and user_id is None:
        raise Refused(Refusal.UNKNOWN_NUMBER)
    return reach.aim(
        floor,
        call,
        post,
        number=number,
        user_id=int(user_id) if user_id is not None else None,
        blind=blind,
        now=now,
    )


def _shown(floor: Floor, post: LivePost, call: LiveCall, now: datetime) -> str:
    """Return what the third person sees: the practice's number when it may be shown, else the secretariat's."""
    shown = reach.shown_number(floor, call, post.secretariat_id, now)
    return shown or (call.line.number if call.line else call.called_number)


# --- at once, without asking -------------------------------------------------------------------


def transfer(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Send the caller on, to a number or to a colleague; whoever does not answer gives him back, first in line."""
    if call.party is not None and not call.is_given:
        raise Refused(Refusal.PARTY_THERE)
    aimed = _aim(floor, post, call, payload, now, blind=True)
    if aimed.colleague is not None:
        _hand_over(floor, post, call, aimed.colleague, now)
        return
    floor.stop_recording(call, now, discard=False)
    floor.empty_room(call, now)
    floor.move(call, CallState.TRANSFERRING, now)
    call.leg, call.transfer_number = None, aimed.number
    floor.send(ask.Transfer(call.call_id, number=aimed.number, shown_number=_shown(floor, post, call, now)))
    floor.note(call, StepKind.TRANSFER_STARTED, now, secretary_id=post.user_id, number=aimed.number)
    floor.wrap_up(post, call, now)


def _hand_over(floor: Floor, post: LivePost, call: LiveCall, colleague: LivePost, now: datetime) -> None:
    floor.take_back(call, now)
    floor.note(call, StepKind.HANDED_OVER, now, secretary_id=post.user_id, user=colleague.user_id)
    floor.wait(call, now, first=True)
    floor.wrap_up(post, call, now)
    if colleague.state is PostState.PAUSED:
        colleague.after_call = (colleague.state, colleague.reason)
    floor.offer(call, colleague, (), now)


# --- with a word before ------------------------------------------------------------------------


def ring_party(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Ring a third person while the caller hears music."""
    leg = _own_leg(call)
    if call.party is not None:
        raise Refused(Refusal.PARTY_THERE)
    aimed = _aim(floor, post, call, payload, now, blind=False)
    floor.hold(call, now)
    call.party_attempts += 1
    user_id = aimed.colleague.user_id if aimed.colleague else None
    party = PartyLeg(call.call_id, call.party_attempts)
    call.party = Party(party, PartyState.RINGING, aimed.number, user_id, now)
    if aimed.colleague is not None:
        floor.borrow(aimed.colleague, call, PostState.RINGING, now)
    shown = _shown(floor, post, call, now)
    floor.send(ask.RingParty(party, aimed.number, user_id, shown))
    floor.note(call, StepKind.PARTY_RUNG, now, secretary_id=leg.user_id, number=aimed.number, user=user_id)
    floor.touch_post(post)


def _own_leg(call: LiveCall) -> SecretaryLeg:
    if call.leg is None:
        raise Refused(Refusal.NOT_NOW)
    return call.leg


def mix(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Say who hears whom, or leave the two others together."""
    leg, party = _own_leg(call), call.party
    if party is None:
        raise Refused(Refusal.NO_PARTY)
    if party.state is PartyState.RINGING:
        raise Refused(Refusal.NOT_NOW)
    try:
        how = Mix(str(payload.get("how", "")))
    except ValueError:
        raise Refused(Refusal.NOT_NOW) from None
    if how is Mix.GIVE:
        conversation.give(floor, call, now)
        return
    floor.move(call, CallState.ON_HOLD if how is Mix.CONSULT else CallState.TALKING, now)
    party.state = {
        Mix.CONSULT: PartyState.CONSULTED,
        Mix.CALLER: PartyState.WAITING,
        Mix.ALL: PartyState.JOINED,
    }[how]
    floor.send(ask.MixParty(party.leg, leg, how))
    if how is Mix.CONSULT:
        floor.renew_lease(call, now)
    else:
        floor.send(ask.RenewLease(call.call_id, seconds=0))
    floor.note(call, StepKind.MIXED, now, secretary_id=leg.user_id, how=how.value)
    floor.touch_post(post)


def drop_party(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Let the third person go, and speak with the caller again."""
    del payload
    if call.party is None or call.is_given:
        raise Refused(Refusal.NO_PARTY)
    floor.send(ask.DropParty(call.party.leg))
    floor.note(call, StepKind.PARTY_DROPPED, now, secretary_id=post.user_id, number=call.party.number)
    floor.party_left(call, now)
    floor.resume(call, now)
    floor.touch_post(post)

"""Obey what a secretary asks of the call in her hands, or of a parked one; and a supervisor's ear."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from decroche.calls.domain.call import WITH_SECRETARY, CallState, EndReason, PartyState
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import Urgency
from decroche.calls.ports import Ear, SecretaryLeg
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import conversation, parties
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.refusals import Refusal, Refused
from decroche.calls.switchboard.state import LiveCall, LivePost

LONGEST_DIGITS = 32
LEAVE = "leave"

Payload = Mapping[str, Any]


def leg_of(call: LiveCall) -> SecretaryLeg:
    """Return her own leg; a call that a colleague gave her has none of ours."""
    if call.leg is None:
        raise Refused(Refusal.NOT_NOW)
    return call.leg


def _has_company(call: LiveCall) -> bool:
    """Say whether a third person is on the line with her."""
    return call.party is not None and not call.is_given and call.party.state is not PartyState.RINGING


def hold(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Let the caller hear music; with a third person she then speaks with that one."""
    del payload
    if call.state is not CallState.TALKING:
        return
    if _has_company(call):
        parties.mix(floor, post, call, {"how": "consult"}, now)
        return
    floor.hold(call, now)
    floor.note(call, StepKind.HELD, now, secretary_id=post.user_id)
    floor.touch_post(post)


def resume(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Speak with the caller again."""
    del payload
    if call.state is not CallState.ON_HOLD:
        return
    if _has_company(call):
        parties.mix(floor, post, call, {"how": "caller"}, now)
        return
    floor.resume(call, now)
    floor.note(call, StepKind.RESUMED, now, secretary_id=post.user_id)
    floor.touch_post(post)


def hang_up(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """End the conversation that she has: with the caller, or only with the third person whom she asks something."""
    there = call.party.state if call.party and not call.is_given else PartyState.NONE
    if there in {PartyState.RINGING, PartyState.CONSULTED}:
        parties.drop_party(floor, post, call, payload, now)
    elif there is PartyState.JOINED:
        conversation.give(floor, call, now)
    else:
        floor.send(ask.HangUp(call.call_id))
        dialled = call.state is CallState.DIALLING
        floor.end(call, EndReason.NO_REPLY if dialled else EndReason.COMPLETED, now)


def mute(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Let the others not hear her, or hear her again."""
    del now
    is_muted = bool(payload.get("muted", True))
    leg = leg_of(call)
    if call.is_muted is not is_muted:
        call.is_muted = is_muted
        floor.send(ask.Mute(leg, is_muted))
        floor.touch(call)
        floor.touch_post(post)


def digits(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Press keys for an automatic exchange at the other end."""
    del post, now
    pressed = "".join(str(payload.get("digits", "")).split())
    if not pressed or len(pressed) > LONGEST_DIGITS or not set(pressed) <= set("0123456789*#"):
        raise Refused(Refusal.NOT_NOW)
    floor.send(ask.SendDigits(call.call_id, pressed))


# --- parking -----------------------------------------------------------------------------------


def park(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Leave the caller with music until a colleague takes him."""
    del payload
    if call.party is not None and not call.is_given:
        raise Refused(Refusal.PARTY_THERE)
    if call.practice_id is None:
        raise Refused(Refusal.NOT_NOW)
    floor.take_back(call, now)
    floor.move(call, CallState.PARKED, now)
    call.leg, call.parked_by, call.parked_at, call.park_rang = None, post.user_id, now, False
    call.is_given = False
    floor.renew_lease(call, now)
    floor.note(call, StepKind.PARKED, now, secretary_id=post.user_id)
    floor.wrap_up(post, call, now)


def unpark(floor: Floor, post: LivePost, call: LiveCall, now: datetime) -> None:
    """Ring her phone for a parked caller."""
    if call.state is not CallState.PARKED:
        raise Refused(Refusal.NOT_PARKED)
    if not floor.is_mandated(post, call):
        raise Refused(Refusal.NO_MANDATE)
    if floor.is_busy(post):
        raise Refused(Refusal.BUSY)
    if not post.can_ring:
        raise Refused(Refusal.PHONE_AWAY)
    if not floor.exchange_up:
        raise Refused(Refusal.EXCHANGE_DOWN)
    floor.note(call, StepKind.UNPARKED, now, secretary_id=post.user_id)
    if post.state is PostState.PAUSED:
        post.after_call = (post.state, post.reason)
    floor.offer(call, post, (), now)


# --- recording, urgency, ears --------------------------------------------------------------------


def record(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Record from now on, when a rule of the line allows it and the caller has not refused; or stop."""
    del post
    if not bool(payload.get("on", True)):
        floor.stop_recording(call, now, discard=bool(payload.get("discard", False)))
        return
    if call.line is None or call.line.recording is None or call.recording_refused:
        raise Refused(Refusal.NOT_RECORDABLE)
    floor.record(call, now)


def set_urgency(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Rank a caller anew, as a secretary judges."""
    if not floor.is_mandated(post, call):
        raise Refused(Refusal.NO_MANDATE)
    try:
        urgency = Urgency(int(payload.get("urgency", 0)))
    except ValueError:
        raise Refused(Refusal.NOT_NOW) from None
    if call.urgency is not urgency:
        call.urgency = urgency
        floor.note(call, StepKind.URGENCY, now, secretary_id=post.user_id, urgency=int(urgency))


def lend_ear(floor: Floor, post: LivePost, call: LiveCall, payload: Payload, now: datetime) -> None:
    """Let a supervisor hear a conversation of her secretariat, whisper or join; its secretary sees it."""
    how = str(payload.get("how", Ear.LISTEN.value))
    if how == LEAVE:
        if call.listener == post.user_id and call.leg is not None:
            floor.send(ask.LendEar(call.leg, post.user_id, None))
            floor.listener_left(call, now)
        return
    try:
        ear = Ear(how)
    except ValueError:
        raise Refused(Refusal.NOT_NOW) from None
    leg = _may_listen(floor, post, call)
    if call.listener != post.user_id:
        if floor.is_busy(post):
            raise Refused(Refusal.BUSY)
        if not post.registered:
            raise Refused(Refusal.PHONE_AWAY)
        floor.borrow(post, call, PostState.ON_CALL, now)
    if (call.listener, call.listening) != (post.user_id, ear.value):
        call.listener, call.listening = post.user_id, ear.value
        floor.send(ask.LendEar(leg, post.user_id, ear))
        floor.note(
            call, StepKind.LISTENING, now, secretary_id=call.secretary_id, how=ear.value, user=post.user_id
        )


def _may_listen(floor: Floor, post: LivePost, call: LiveCall) -> SecretaryLeg:
    member = floor.directory.members.get(post.user_id)
    hers = floor.posts.get(call.leg.user_id) if call.leg else None
    if member is None or not member.is_supervisor:
        raise Refused(Refusal.NOT_SUPERVISOR)
    if hers is None or call.leg is None or call.state not in WITH_SECRETARY:
        raise Refused(Refusal.NOBODY_THERE)
    if hers.secretariat_id != post.secretariat_id or hers.user_id == post.user_id:
        raise Refused(Refusal.NOT_SUPERVISOR)
    if call.listener not in {None, post.user_id}:
        raise Refused(Refusal.ALREADY_LISTENED)
    return call.leg

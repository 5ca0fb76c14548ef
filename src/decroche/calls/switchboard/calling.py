"""Obey what a secretary asks beside a call: call somebody, have her mobile ring, report an abusive caller."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from decroche.calls.domain.call import CallState
from decroche.calls.domain.outgoing import Dial, tariff_of
from decroche.calls.domain.post import PostState
from decroche.calls.domain.protection import ProtectionPolicy, protect
from decroche.calls.ports import SecretaryLeg
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import reach
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.records import AbuseRow, StepKind
from decroche.calls.switchboard.refusals import Refusal, Refused
from decroche.calls.switchboard.state import (
    Directory,
    LineFact,
    LiveCall,
    LivePost,
    Outgoing,
    OutgoingFact,
)

Payload = Mapping[str, Any]


# --- an outgoing call --------------------------------------------------------------------------


def call_out(floor: Floor, post: LivePost, payload: Payload, now: datetime) -> None:
    """Ring her own phone, then the number; the person called is the call's caller from then on."""
    _may_call(floor, post)
    practice_id = _whole(payload.get("practice_id"))
    line = _line(floor, practice_id, _whole(payload.get("line_id")))
    if practice_id is not None and post.secretariat_id not in floor.directory.mandates.get(
        practice_id, frozenset()
    ):
        raise Refused(Refusal.NO_MANDATE)
    region = line.region if line else "FR"
    dial = reach.allowed(floor, post.secretariat_id, str(payload.get("number", "")), region=region, now=now)
    call = LiveCall(
        call_id=floor.new_call_id(),
        channel_id="",
        called_number="",
        caller_number=dial.number,
        caller_name="",
        arrived_at=now,
        line=line,
        state=CallState.DIALLING,
        state_since=now,
        secretary_id=post.user_id,
    )
    shown = reach.shown_number(floor, call, post.secretariat_id, now)
    call.called_number = shown
    call.out = Outgoing(dial, shown, post.secretariat_id, practice_id, _whole(payload.get("follow_up_id")))
    call.attempts = 1
    call.leg = SecretaryLeg(call.call_id, post.user_id, call.attempts)
    floor.enter(call)
    floor.borrow(post, call, PostState.RINGING, now)
    floor.send(ask.RingPhone(call.leg, shown_number=dial.number, shown_name=floor.practice_name(call)))
    floor.note(call, StepKind.CALLING, now, secretary_id=post.user_id, number=dial.number)


def _may_call(floor: Floor, post: LivePost) -> None:
    if not floor.exchange_up:
        raise Refused(Refusal.EXCHANGE_DOWN)
    if floor.is_busy(post):
        raise Refused(Refusal.BUSY)
    if not post.can_ring:
        raise Refused(Refusal.PHONE_AWAY)


def _whole(value: object) -> int | None:
    try:
        return int(str(value)) if value is not None else None
    except ValueError:
        raise Refused(Refusal.NOT_NOW) from None


def _line(floor: Floor, practice_id: int | None, line_id: int | None) -> LineFact | None:
    """Return the line that the call is placed for: the one named, else one whose number may be shown, else any."""
    own = [line for line in floor.directory.lines.values() if line.practice_id == practice_id]
    named = [line for line in own if line.line_id == line_id]
    shown = [line for line in own if line.line_id in floor.directory.consents]
    return next(iter([*named, *shown, *own]), None)


def price_again(directory: Directory, call: LiveCall) -> None:
    """Find again what an outgoing call costs that another process had placed."""
    member = directory.members.get(call.secretary_id or 0)
    if call.out is None or member is None:
        return
    rules = (directory.outgoing.get(member.secretariat_id) or OutgoingFact()).rules
    tariff = tariff_of(call.out.dial.number, rules.tariffs)
    call.out.secretariat_id = member.secretariat_id
    call.out.dial = Dial(call.out.dial.number, rules.at_most, tariff)


# --- her mobile --------------------------------------------------------------------------------


def route_phone(floor: Floor, post: LivePost, payload: Payload, now: datetime) -> None:
    """Let her calls ring at a number outside, or at her own phone again."""
    number = str(payload.get("number") or "")
    if number:
        number = reach.allowed(floor, post.secretariat_id, number, region="FR", now=now).number
    floor.route(post, number, now)


# --- abuse -------------------------------------------------------------------------------------


def report_abuse(floor: Floor, post: LivePost, call_id: UUID | None, now: datetime) -> None:
    """Spare her that number for a while; the screen offers her a pause."""
    if call_id is None:
        raise Refused(Refusal.NOT_YOUR_CALL)
    call = floor.calls.get(call_id)
    if call is not None and post.user_id in {call.holder, call.secretary_id}:
        number = call.caller_number
    elif post.last_call is not None and post.last_call[0] == call_id:
        number = post.last_call[1]
    else:
        raise Refused(Refusal.NOT_YOUR_CALL)
    policy = ProtectionPolicy(same_number_for=floor.sharing_of(post.secretariat_id).protect)
    protection = protect(number, now, earlier=tuple(post.abused_at), policy=policy)
    if protection.number in post.protected and call_id in floor.abused:
        return  # reported already
    floor.abused.add(call_id)
    post.abused_at = [*(at for at in post.abused_at if now - at < policy.same_day), now]
    post.protected[protection.number] = protection.until
    floor.report_abuse(AbuseRow(call_id, post.user_id, now, protection.until))
    if call is not None:
        pause = int(protection.pause_offered.total_seconds())
        floor.note(call, StepKind.ABUSE, now, secretary_id=post.user_id, pause=pause)
    floor.touch_post(post)

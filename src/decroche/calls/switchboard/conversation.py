"""Take in what happens to the phones of a call: a secretary's, a third person's, a supervisor's ear."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from decroche.calls.domain.call import LEASED, WITH_SECRETARY, CallState, EndReason, PartyState, end_reason
from decroche.calls.domain.post import AT_POST, PauseReason, PostState
from decroche.calls.ports import (
    CallerGone,
    Cause,
    LegGone,
    ListenerGone,
    Mix,
    PartyAnswered,
    PartyGone,
    PhoneAnswered,
    RecordingMade,
    TransferEnded,
)
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.posts import LOST_PHONE
from decroche.calls.switchboard.records import RecordingRow, StepKind
from decroche.calls.switchboard.state import LiveCall, LivePost

_FAILED: Final = {Cause.LOST: StepKind.UNREACHABLE, Cause.UNANSWERED: StepKind.UNANSWERED}

# --- the caller ------------------------------------------------------------------------------


def caller_gone(floor: Floor, event: CallerGone) -> None:
    """Close a call whose caller went, unless he only left us for the fallback."""
    call = floor.calls.get(event.call_id or floor.by_channel.get(event.channel_id))  # type: ignore[arg-type]
    if call is None or call.state is CallState.ENDED:
        return
    if event.cause in {Cause.LEASE, Cause.FALLBACK} and call.state in {*LEASED, CallState.FALLBACK}:
        if call.state is not CallState.FALLBACK:
            floor.leave_to_fallback(call, event.at)
        return  # another word follows: the caller is given back, or hangs up
    if call.leg is not None:
        floor.send(ask.StopRinging(call.leg))
    if call.is_given and call.party is not None:
        floor.send(ask.DropParty(call.party.leg))
    gave_up = call.state is CallState.TRANSFERRING and call.party is None and not call.transfer_unseen
    reason = end_reason(call.state, answered=call.answered_at is not None, lost=event.cause == Cause.LOST)
    if call.state is CallState.FALLBACK and event.cause == Cause.UNANSWERED:
        reason, gave_up = EndReason.ABANDONED, call.answered_at is not None
    floor.end(call, EndReason.INTERRUPTED if gave_up else reason, event.at)


# --- the secretary's phone -------------------------------------------------------------------


def answered(floor: Floor, event: PhoneAnswered, now: datetime) -> None:
    """Connect who picked up; an offer that is over is put down."""
    call = floor.calls.get(event.leg.call_id)
    post = floor.posts.get(event.leg.user_id)
    if call is None or post is None or call.leg != event.leg:
        floor.send(ask.StopRinging(event.leg))
    elif call.state is CallState.OFFERED:
        floor.send(ask.Connect(event.leg))
        floor.talk(call, post, now)
    elif call.state is CallState.DIALLING:
        dial(floor, call, post, now)
    elif call.state not in WITH_SECRETARY:
        floor.send(ask.StopRinging(event.leg))


def dial(floor: Floor, call: LiveCall, post: LivePost, now: datetime) -> None:
    """Ring the outside number, now that the secretary is on the line."""
    if call.out is None or call.leg is None:
        return
    call.out.is_dialled, call.state_since = True, now
    floor.set_post(post, PostState.ON_CALL, now, call_id=call.call_id)
    floor.send(ask.CallOut(call.leg, number=call.out.dial.number, shown_number=call.out.shown_number))
    floor.note(
        call,
        StepKind.DIALLED,
        now,
        secretary_id=post.user_id,
        number=call.out.dial.number,
        shown=call.out.shown_number,
        follow_up=call.out.follow_up_id,
    )


def leg_gone(floor: Floor, event: LegGone, now: datetime) -> None:
    """Take in that a secretary's phone refused, hung up, or was lost."""
    call = floor.calls.get(event.leg.call_id)
    if call is None:
        return
    if call.state is CallState.TRANSFERRING and call.party and call.secretary_id == event.leg.user_id:
        given_away(floor, call, now)
        return
    if call.leg != event.leg:
        return
    if call.state is CallState.OFFERED:
        _offer_failed(floor, call, event, now)
    elif call.state is CallState.DIALLING:
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.NO_REPLY, now)
    elif call.state in WITH_SECRETARY:
        _put_down(floor, call, event, now)


def _offer_failed(floor: Floor, call: LiveCall, event: LegGone, now: datetime) -> None:
    kind = _FAILED.get(event.cause, StepKind.REFUSED)
    was_parked = call.parked_by is not None
    if kind is StepKind.UNANSWERED and (holder := floor.posts.get(event.leg.user_id)):
        holder.missed += 1
    post = floor.withdraw(call, kind, now, stop=False)
    if post is not None and kind is StepKind.REFUSED and not was_parked and post.state is PostState.AVAILABLE:
        # She said no: she is not to be rung again and again; her key "available" brings her back.
        floor.set_post(post, PostState.PAUSED, now, reason=PauseReason.NO_ANSWER)


def _put_down(floor: Floor, call: LiveCall, event: LegGone, now: datetime) -> None:
    """End the conversation that she left; with a third person there the caller is never left alone by it."""
    there = call.party.state if call.party else PartyState.NONE
    if event.cause == Cause.LOST:
        floor.cut_off(call, now)
        _lost(floor, floor.posts.get(event.leg.user_id), now)
    elif there is PartyState.RINGING:
        floor.cut_off(call, now)
    elif call.party is not None:
        give(floor, call, now)
    else:
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.COMPLETED, now)


def _lost(floor: Floor, post: LivePost | None, now: datetime) -> None:
    """Ring nobody whose sound has just stopped: a frozen browser still seems to be there for a while."""
    if post is not None and post.state is PostState.AVAILABLE and not post.mobile:
        post.doubted_at = now
        floor.set_post(post, PostState.AWAY, now, reason=LOST_PHONE)


def phone_registered(floor: Floor, user_id: int, now: datetime) -> None:
    """Take in that a phone can be rung."""
    post = floor.post_of(user_id)
    if post is None:
        return
    post.registered, post.phone_gone_at, post.doubted_at = True, None, None
    floor.touch_post(post)
    if post.state is PostState.AWAY and post.reason == LOST_PHONE:
        floor.set_post(post, PostState.AVAILABLE, now)


def phone_gone(floor: Floor, user_id: int, now: datetime) -> None:
    """Take in that a phone can no longer be rung: what it rang for goes to somebody else at once."""
    post = floor.posts.get(user_id)
    if post is None:
        return
    post.registered, post.phone_gone_at = False, now
    floor.touch_post(post)
    call = floor.calls.get(post.call_id) if post.call_id else None
    if call is None or call.leg is None or call.leg.user_id != user_id or post.mobile:
        return
    if call.state is CallState.OFFERED:
        floor.withdraw(call, StepKind.UNREACHABLE, now, stop=True)
    elif call.state is CallState.DIALLING and call.out is not None and not call.out.is_dialled:
        floor.send(ask.StopRinging(call.leg))
        floor.end(call, EndReason.NO_REPLY, now)


def look_at_phone(floor: Floor, post: LivePost, now: datetime) -> None:
    """Act on a phone that is gone: after a while the chair counts as empty.

    A conversation is not ended by it: its sound goes on without any signalling, and the exchange ends the leg
    when the sound stops.
    """
    if post.doubted_at is not None and post.registered and now - post.doubted_at >= floor.timing.doubt:
        post.doubted_at = None
        if post.state is PostState.AWAY and post.reason == LOST_PHONE:
            floor.set_post(post, PostState.AVAILABLE, now)
    if post.phone_gone_at is None or post.mobile:
        return
    gone_for = now - post.phone_gone_at
    if post.state in AT_POST and not floor.is_busy(post) and gone_for >= floor.timing.away_after:
        floor.set_post(post, PostState.AWAY, now, reason=LOST_PHONE)


def take_out(floor: Floor, post: LivePost, now: datetime) -> None:
    """Take somebody out of the call in which she has a part: a caller in her hands comes first in line."""
    call = floor.calls.get(post.call_id) if post.call_id else None
    if call is None:
        return
    if call.holder != post.user_id:
        _take_out_guest(floor, call, post.user_id, now)
    elif call.state is CallState.OFFERED:
        floor.withdraw(call, StepKind.UNREACHABLE, now, stop=True)
    elif call.state is CallState.DIALLING:
        if call.leg is not None:
            floor.send(ask.StopRinging(call.leg))
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.NO_REPLY, now)
    elif call.state in WITH_SECRETARY:
        floor.cut_off(call, now)


def _take_out_guest(floor: Floor, call: LiveCall, user_id: int, now: datetime) -> None:
    """Take a third person or a supervisor out of somebody else's conversation."""
    if call.party is not None and call.party.user_id == user_id:
        floor.send(ask.DropParty(call.party.leg))
        party_gone(floor, PartyGone(call.party.leg, now, Cause.HANGUP), now)
    elif call.listener == user_id:
        if call.leg is not None:
            floor.send(ask.LendEar(call.leg, user_id, None))
        floor.listener_left(call, now)


# --- a third person --------------------------------------------------------------------------


def party_answered(floor: Floor, event: PartyAnswered, now: datetime) -> None:
    """Let the secretary speak with who picked up; the number of an outgoing call is its caller."""
    call = floor.calls.get(event.party.call_id)
    if call is not None and event.party.attempt == 0 and call.out is not None:
        post = floor.posts.get(call.leg.user_id) if call.leg else None
        if call.state is CallState.DIALLING and post is not None:
            floor.talk(call, post, now)
        return
    party = call.party if call else None
    if call is None or party is None or party.leg != event.party or call.leg is None:
        floor.send(ask.DropParty(event.party))
        return
    if party.state is not PartyState.RINGING:
        return
    consults = call.state is CallState.ON_HOLD
    party.state = PartyState.CONSULTED if consults else PartyState.WAITING
    party.since = now
    floor.send(ask.MixParty(party.leg, call.leg, Mix.CONSULT if consults else Mix.CALLER))
    colleague = floor.posts.get(party.user_id) if party.user_id is not None else None
    if colleague is not None:
        floor.set_post(colleague, PostState.ON_CALL, now, call_id=call.call_id)
    floor.note(call, StepKind.PARTY_ANSWERED, now, number=party.number, user=party.user_id)


def party_gone(floor: Floor, event: PartyGone, now: datetime) -> None:
    """Take in that the third person went; the caller stays where he is."""
    call = floor.calls.get(event.party.call_id)
    if call is None or call.party is None or call.party.leg != event.party:
        return
    if call.state is CallState.TRANSFERRING:
        call.party = None
        transfer_failed(floor, call, now, event.cause)
    elif call.is_given and event.cause == Cause.LOST:
        floor.cut_off(call, now)
    elif call.is_given:
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.COMPLETED, now)
    else:
        floor.note(call, StepKind.PARTY_GONE, now, cause=event.cause[:40], number=call.party.number)
        floor.party_left(call, now)


def give(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Leave caller and third person together: a colleague has the call in hand, anybody else has taken it over."""
    party, leg = call.party, call.leg
    if party is None or leg is None:
        return
    post = floor.posts.get(leg.user_id)
    floor.stop_recording(call, now, discard=False)
    if call.listener is not None:
        floor.send(ask.LendEar(leg, call.listener, None))
        floor.listener_left(call, now)
    floor.send(ask.MixParty(party.leg, leg, Mix.GIVE))
    party.state = PartyState.JOINED
    floor.note(call, StepKind.GIVEN, now, secretary_id=leg.user_id, number=party.number, user=party.user_id)
    call.leg, call.is_muted = None, False
    if post is not None and post.call_id == call.call_id:
        floor.wrap_up(post, call, now)
    colleague = floor.posts.get(party.user_id) if party.user_id is not None else None
    if colleague is None:
        floor.move(call, CallState.TRANSFERRING, now)
        call.transfer_number = party.number
        return
    floor.move(call, CallState.TALKING, now)
    call.is_given, call.secretary_id = True, colleague.user_id
    floor.set_post(colleague, PostState.ON_CALL, now, call_id=call.call_id)
    floor.took(colleague, call, now)


def given_away(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Close a call that the third person has taken over: they speak, without us."""
    number = call.party.number if call.party else call.transfer_number
    call.party = None
    floor.note(call, StepKind.TRANSFERRED, now, number=number)
    floor.end(call, EndReason.TRANSFERRED, now)


# --- transfers, ears, recordings ---------------------------------------------------------------


def transfer_ended(floor: Floor, event: TransferEnded, now: datetime) -> None:
    """Close a call that was answered elsewhere, or bring the caller back."""
    call = floor.calls.get(event.call_id)
    if call is None or call.state is not CallState.TRANSFERRING:
        return
    if event.succeeded:
        floor.note(call, StepKind.TRANSFERRED, now, number=event.number)
        floor.end(call, EndReason.TRANSFERRED, now)
    else:
        transfer_failed(floor, call, now, event.cause)


def transfer_failed(floor: Floor, call: LiveCall, now: datetime, cause: str) -> None:
    """Bring the caller back to a human: first in line, and whoever transferred may be offered it again."""
    floor.note(call, StepKind.TRANSFER_FAILED, now, cause=cause[:40])
    if call.practice_id is None:
        floor.send(ask.HangUp(call.call_id))
        floor.end(call, EndReason.INTERRUPTED, now)
        return
    floor.take_back(call, now)
    floor.wait(call, now, first=True)
    call.tried.clear()
    for post in floor.posts.values():
        if post.wrap_up_call_id == call.call_id:
            floor.set_post(post, PostState.AVAILABLE, now)


def listener_gone(floor: Floor, event: ListenerGone, now: datetime) -> None:
    """Take in that a supervisor's ear left."""
    call = floor.calls.get(event.call_id)
    if call is not None and call.listener == event.user_id:
        floor.listener_left(call, now)


def recording_made(floor: Floor, event: RecordingMade) -> None:
    """Hand a recording over to the journal; one that no rule wants is not kept."""
    known = floor.recorded.pop(event.call_id, None)
    if known is None:
        floor.send(ask.KeepRecording(Path(event.path)))
        return
    rule, started_at = known
    purge_at = started_at + timedelta(days=rule.keep_days)
    floor.keep_recording(
        RecordingRow(event.call_id, rule.rule_id, str(event.path), started_at, event.seconds, purge_at)
    )

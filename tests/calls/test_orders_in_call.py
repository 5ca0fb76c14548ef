"""What a secretary does with the call in her hands, told on an exchange in memory."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from decroche.calls.domain.call import CallState, EndReason, PartyState
from decroche.calls.domain.post import PostState
from decroche.calls.domain.reachability import Reach, Reachability
from decroche.calls.domain.routing import Urgency
from decroche.calls.switchboard.orders import OrderKind, Refusal
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, PractitionerFact, RecordingFact
from tests.calls.stage import AWA, BOB, CALLER, DIRECTORY, INES, LILAS, LILAS_LINE, Stage

DOCTOR = "+33698765432"
DOCTOR_USER = 77
OUTSIDE = "+33633333333"


def stage_where(state: Reach = Reach.FREE, **reach: object) -> Stage:
    """Return a stage with a practitioner who wants this of calls."""
    doctor = PractitionerFact(3, LILAS, DOCTOR_USER, DOCTOR, Reachability(state, **reach))  # type: ignore[arg-type]
    return Stage(replace(DIRECTORY, practitioners=(doctor,)))


def party_of(call: LiveCall) -> PartyState:
    return call.party.state if call.party else PartyState.NONE


async def consult(stage: Stage, call: LiveCall, **whom: object) -> None:
    """Let Awa ring somebody and be answered."""
    assert await stage.order(OrderKind.RING_PARTY, AWA, call, **whom) == ""
    if "user_id" in whom and whom["user_id"] == INES:
        stage.exchange.phone_picks_up(INES)
    else:
        stage.exchange.party_answers(call.call_id)
    await stage.settle()


# --- small things ------------------------------------------------------------------------------


async def test_mute_and_keys_reach_the_exchange_once() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    for _ in range(2):
        assert await stage.order(OrderKind.MUTE, AWA, call, muted=True) == ""
    assert [verb for verb, _ in stage.exchange.asked].count("mute") == 1
    assert stage.last_row(call.call_id).is_muted
    await stage.order(OrderKind.MUTE, AWA, call, muted=False)
    assert not stage.exchange.phones[AWA].muted
    assert await stage.order(OrderKind.DIGITS, AWA, call, digits="12#") == ""
    assert stage.exchange.callers[call.channel_id].digits_sent == "12#"
    for nonsense in ("", "abc", "1" * 40):
        assert await stage.order(OrderKind.DIGITS, AWA, call, digits=nonsense) == Refusal.NOT_NOW


async def test_who_is_held_is_under_the_lease_and_who_talks_is_not() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.HOLD, AWA, call)
    stage.exchange.asked.clear()
    await stage.wait(6)
    assert [verb for verb, _ in stage.exchange.asked].count("renew_lease") >= 3
    await stage.order(OrderKind.RESUME, AWA, call)
    assert stage.exchange.callers[call.channel_id].lease is None


async def test_a_held_caller_whom_the_dial_plan_took_leaves_a_free_secretary() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.HOLD, AWA, call)
    stage.exchange._fire_lease(stage.exchange.callers[call.channel_id])
    await stage.settle()
    assert (call.state, stage.state_of(AWA)) == (CallState.FALLBACK, PostState.AVAILABLE)
    stage.exchange.fallback_stays_silent(call.channel_id)
    await stage.settle()
    assert call.comes_first


async def test_urgency_may_be_judged_anew_by_whoever_is_mandated() -> None:
    stage = Stage()
    await stage.at_post(AWA, BOB)
    await stage.talk(AWA)
    waiting = await stage.ring(number="+33611111111")
    assert await stage.order(OrderKind.SET_URGENCY, AWA, waiting, urgency=2) == ""
    assert waiting.urgency is Urgency.EMERGENCY
    assert await stage.order(OrderKind.SET_URGENCY, BOB, waiting, urgency=0) == Refusal.NO_MANDATE
    assert await stage.order(OrderKind.SET_URGENCY, AWA, waiting, urgency=9) == Refusal.NOT_NOW


# --- parking -----------------------------------------------------------------------------------


async def test_a_parked_caller_hears_music_until_a_colleague_takes_him() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    assert await stage.order(OrderKind.PARK, AWA, call) == ""
    assert await stage.order(OrderKind.PARK, AWA, call) == "", "a second click is harmless"
    assert (call.state, call.parked_by, stage.exchange.hears(call.call_id)) == (
        CallState.PARKED,
        AWA,
        "music",
    )
    assert stage.state_of(AWA) is PostState.WRAP_UP
    assert await stage.order(OrderKind.UNPARK, INES, call) == ""
    assert stage.state_of(INES) is PostState.RINGING
    stage.exchange.phone_picks_up(INES)
    await stage.settle()
    row = stage.last_row(call.call_id)
    assert (row.state, row.secretary_id, row.parked_by_id) == (CallState.TALKING, INES, None)
    assert stage.exchange.hears(call.call_id) == "conversation"
    assert await stage.order(OrderKind.UNPARK, AWA, call) == Refusal.NOT_PARKED


async def test_a_parked_caller_is_under_the_lease_and_nobody_without_mandate_takes_him() -> None:
    stage = Stage()
    await stage.at_post(AWA, BOB)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.PARK, AWA, call)
    stage.exchange.asked.clear()
    await stage.wait(6)
    assert [verb for verb, _ in stage.exchange.asked].count("renew_lease") >= 3
    assert await stage.order(OrderKind.UNPARK, BOB, call) == Refusal.NO_MANDATE


async def test_a_parked_caller_who_is_forgotten_rings_at_hers_again_then_comes_first() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.PARK, AWA, call)
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    await stage.wait(91)
    assert (call.state, stage.state_of(AWA)) == (CallState.OFFERED, PostState.RINGING)
    assert call.parked_by == AWA
    await stage.wait(16)
    assert call.leg is not None
    assert (call.leg.user_id, call.comes_first) == (INES, True)


async def test_a_parked_caller_who_hangs_up_is_called_back() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.PARK, AWA, call)
    await stage.caller_hangs_up(call)
    assert call.end_reason is EndReason.INTERRUPTED
    assert stage.follow_ups() == [(call.call_id, "callback")]


# --- a third person ----------------------------------------------------------------------------


async def test_a_consulted_practitioner_takes_the_caller_after_a_word() -> None:
    stage = stage_where()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.RING_PARTY, AWA, call, number=DOCTOR) == ""
    assert (call.state, party_of(call), stage.exchange.hears(call.call_id)) == (
        CallState.ON_HOLD,
        PartyState.RINGING,
        "hold",
    )
    stage.exchange.party_answers(call.call_id)
    await stage.settle()
    assert stage.last_row(call.call_id).party_state == "consulted"
    assert await stage.order(OrderKind.MIX, AWA, call, how="give") == ""
    assert await stage.order(OrderKind.MIX, AWA, call, how="give") == ""
    assert (call.end_reason, stage.state_of(AWA)) == (EndReason.TRANSFERRED, PostState.WRAP_UP)
    assert stage.exchange.hears(call.call_id) == "conversation", "they speak, without us"
    assert len(stage.exchange.parties) == 1
    assert StepKind.GIVEN in stage.steps(call.call_id)


async def test_three_may_speak_together_or_in_turn() -> None:
    stage = stage_where()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.MIX, AWA, call, how="all") == Refusal.NO_PARTY
    await consult(stage, call, number=DOCTOR)
    seen = []
    for how in ("caller", "consult", "all"):
        assert await stage.order(OrderKind.MIX, AWA, call, how=how) == ""
        seen.append((stage.exchange.hears(call.call_id), next(iter(stage.exchange.parties.values())).hears))
    assert seen == [("conversation", "music"), ("hold", "secretary"), ("conversation", "all")]
    assert (call.state, party_of(call)) == (CallState.TALKING, PartyState.JOINED)
    assert await stage.order(OrderKind.RING_PARTY, AWA, call, number=OUTSIDE) == Refusal.PARTY_THERE
    assert await stage.order(OrderKind.PARK, AWA, call) == Refusal.PARTY_THERE
    assert await stage.order(OrderKind.DROP_PARTY, AWA, call) == ""
    assert (call.state, party_of(call)) == (CallState.TALKING, PartyState.NONE)
    assert stage.exchange.hears(call.call_id) == "conversation"


async def test_hold_and_resume_change_sides_while_a_third_person_is_there() -> None:
    stage = stage_where()
    await stage.at_post(AWA)
    call = await stage.talk()
    await consult(stage, call, number=DOCTOR)
    await stage.order(OrderKind.RESUME, AWA, call)
    assert (call.state, party_of(call)) == (CallState.TALKING, PartyState.WAITING)
    await stage.order(OrderKind.HOLD, AWA, call)
    assert stage.last_row(call.call_id).party_state == "consulted"


async def test_a_practitioner_who_does_not_answer_leaves_her_with_her_caller() -> None:
    stage = stage_where()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.RING_PARTY, AWA, call, number=DOCTOR)
    await stage.wait(41)
    assert (call.state, party_of(call), stage.exchange.parties) == (CallState.ON_HOLD, PartyState.NONE, {})
    assert await stage.order(OrderKind.RESUME, AWA, call) == ""
    assert stage.exchange.hears(call.call_id) == "conversation"


async def test_the_key_that_hangs_up_ends_what_she_hears_and_never_the_other() -> None:
    stage = stage_where()
    await stage.at_post(AWA)
    call = await stage.talk()
    await consult(stage, call, number=DOCTOR)
    assert await stage.order(OrderKind.HANG_UP, AWA, call) == ""
    assert (call.state, party_of(call)) == (CallState.TALKING, PartyState.NONE)
    await consult(stage, call, number=DOCTOR)
    await stage.order(OrderKind.MIX, AWA, call, how="all")
    assert await stage.order(OrderKind.HANG_UP, AWA, call) == ""
    assert stage.last_row(call.call_id).end_reason is EndReason.TRANSFERRED, "the two others go on"


async def test_a_phone_put_down_while_consulting_gives_the_caller_and_while_ringing_keeps_him() -> None:
    stage = stage_where()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await consult(stage, call, number=DOCTOR)
    stage.exchange.phone_hangs_up(AWA)
    await stage.settle()
    assert stage.exchange.hears(call.call_id) == "conversation"
    assert call.state in {CallState.TRANSFERRING, CallState.ENDED}
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    await stage.order(OrderKind.SET_STATE, INES, state="paused", reason="lunch")
    other = await stage.talk(AWA)
    await stage.order(OrderKind.SET_STATE, INES, state="available")
    await stage.order(OrderKind.RING_PARTY, AWA, other, number=DOCTOR)
    stage.exchange.phone_hangs_up(AWA)
    await stage.settle()
    assert other.comes_first
    assert other.state is CallState.OFFERED


async def test_a_colleague_is_consulted_then_has_the_call_in_hand() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await consult(stage, call, user_id=INES)
    assert stage.state_of(INES) is PostState.ON_CALL
    assert await stage.order(OrderKind.MIX, AWA, call, how="give") == ""
    row = stage.last_row(call.call_id)
    assert (row.state, row.secretary_id) == (CallState.TALKING, INES)
    assert (stage.state_of(AWA), stage.state_of(INES)) == (PostState.WRAP_UP, PostState.ON_CALL)
    assert await stage.order(OrderKind.HOLD, AWA, call) == Refusal.NOT_YOUR_CALL
    assert await stage.order(OrderKind.HOLD, INES, call) == ""
    assert await stage.order(OrderKind.RESUME, INES, call) == ""
    assert await stage.order(OrderKind.HANG_UP, INES, call) == ""
    assert (call.end_reason, stage.state_of(INES)) == (EndReason.COMPLETED, PostState.WRAP_UP)
    assert not stage.exchange.callers
    assert not stage.exchange.parties


async def test_a_colleague_who_got_the_call_and_vanished_puts_the_caller_first() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await consult(stage, call, user_id=INES)
    await stage.order(OrderKind.MIX, AWA, call, how="give")
    stage.exchange.phone_vanishes(INES)
    await stage.settle()
    assert call.comes_first
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    assert call.leg is not None
    assert call.leg.user_id == AWA


async def test_a_colleague_who_is_rung_is_offered_nothing_else() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.RING_PARTY, AWA, call, user_id=INES)
    assert stage.state_of(INES) is PostState.RINGING
    assert (await stage.ring(number="+33611111111")).state is CallState.WAITING
    stage.exchange.phone_hangs_up(INES)
    await stage.settle()
    assert party_of(call) is PartyState.NONE
    assert stage.state_of(INES) is PostState.RINGING, "she is free, so the caller who waits rings at hers"


async def test_only_a_colleague_who_is_there_free_and_mandated_is_rung() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES, BOB)
    call = await stage.talk(AWA)
    await stage.talk(INES)
    for user_id, refusal in (
        (INES, Refusal.COLLEAGUE_BUSY),
        (BOB, Refusal.NO_MANDATE),
        (99, Refusal.UNKNOWN_NUMBER),
        (AWA, Refusal.UNKNOWN_NUMBER),
    ):
        assert await stage.order(OrderKind.RING_PARTY, AWA, call, user_id=user_id) == refusal
        assert await stage.order(OrderKind.TRANSFER_TO, AWA, call, user_id=user_id) == refusal


# --- transfers without a word ------------------------------------------------------------------


async def test_a_caller_handed_to_a_colleague_rings_at_hers_and_is_first_if_she_does_not_answer() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    assert await stage.order(OrderKind.TRANSFER_TO, AWA, call, user_id=INES) == ""
    assert (stage.state_of(AWA), stage.state_of(INES)) == (PostState.WRAP_UP, PostState.RINGING)
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    await stage.wait(16)
    assert call.leg is not None
    assert (call.leg.user_id, call.comes_first) == (AWA, True)


async def test_a_practitioner_who_consults_is_not_disturbed_but_for_an_emergency_and_after_a_word() -> None:
    stage = stage_where(Reach.IN_CONSULTATION)
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.TRANSFER, AWA, call, number=DOCTOR) == Refusal.IN_CONSULTATION
    assert await stage.order(OrderKind.RING_PARTY, AWA, call, user_id=DOCTOR_USER) == Refusal.IN_CONSULTATION
    assert (call.state, party_of(call)) == (CallState.TALKING, PartyState.NONE)
    await stage.order(OrderKind.SET_URGENCY, AWA, call, urgency=2)
    assert await stage.order(OrderKind.TRANSFER, AWA, call, number=DOCTOR) == Refusal.ANNOUNCE_FIRST
    assert await stage.order(OrderKind.RING_PARTY, AWA, call, number=DOCTOR) == ""


async def test_whoever_is_on_the_white_list_is_announced_and_the_word_lapses_at_its_hour() -> None:
    stage = stage_where(Reach.URGENT_ONLY, white_list={CALLER: "Laboratoire"})
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.TRANSFER, AWA, call, number=DOCTOR) == Refusal.ANNOUNCE_FIRST
    assert await stage.order(OrderKind.RING_PARTY, AWA, call, number=DOCTOR) == ""
    lapsed = stage_where(Reach.ON_ROUNDS, until=stage.now - timedelta(minutes=1))
    await lapsed.at_post(AWA)
    other = await lapsed.talk()
    assert await lapsed.order(OrderKind.TRANSFER, AWA, other, number=DOCTOR) == ""


async def test_numbers_that_are_not_open_are_refused_with_the_reason() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    for number, refusal in (
        ("15", Refusal.EMERGENCY_NUMBER),
        ("+4915112345678", Refusal.NOT_ALLOWED_NUMBER),
        ("0899123456", Refusal.NOT_ALLOWED_NUMBER),
        ("abc", Refusal.UNKNOWN_NUMBER),
        ("", Refusal.UNKNOWN_NUMBER),
    ):
        assert await stage.order(OrderKind.TRANSFER, AWA, call, number=number) == refusal
        assert await stage.order(OrderKind.RING_PARTY, AWA, call, number=number) == refusal
    assert call.state is CallState.TALKING


# --- ears --------------------------------------------------------------------------------------


def supervised() -> Stage:
    members = {**DIRECTORY.members, INES: replace(DIRECTORY.members[INES], is_supervisor=True)}
    return Stage(replace(DIRECTORY, members=members))


async def test_a_supervisor_listens_whispers_joins_and_leaves_and_the_secretary_sees_it() -> None:
    stage = supervised()
    await stage.at_post(AWA)
    call = await stage.talk(AWA)
    await stage.at_post(INES)
    await stage.order(OrderKind.SET_STATE, INES, state="paused", reason="meeting")
    seen = []
    for how in ("listen", "whisper", "join"):
        assert await stage.order(OrderKind.LEND_EAR, INES, call, how=how) == ""
        row = stage.last_row(call.call_id)
        seen.append((row.listener_id, row.listening))
    assert seen == [(INES, "listen"), (INES, "whisper"), (INES, "join")]
    assert stage.state_of(INES) is PostState.ON_CALL
    assert (await stage.ring(number="+33611111111")).state is CallState.WAITING
    assert await stage.order(OrderKind.LEND_EAR, INES, call, how="leave") == ""
    assert stage.last_row(call.call_id).listener_id is None
    post = stage.brain.posts[INES]
    assert (post.state, post.reason, stage.exchange.listeners) == (PostState.PAUSED, "meeting", {})


async def test_nobody_else_listens_and_never_two() -> None:
    stage = supervised()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    assert await stage.order(OrderKind.LEND_EAR, AWA, call, how="listen") == Refusal.NOT_SUPERVISOR
    waiting = await stage.ring(number="+33611111111")
    assert await stage.order(OrderKind.LEND_EAR, INES, waiting, how="listen") == Refusal.NOBODY_THERE
    await stage.caller_hangs_up(waiting)
    call.listener, call.listening = 99, "listen"
    assert await stage.order(OrderKind.LEND_EAR, INES, call, how="listen") == Refusal.ALREADY_LISTENED


async def test_a_supervisor_is_free_again_when_the_call_ends_or_is_parked() -> None:
    stage = supervised()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.LEND_EAR, INES, call, how="listen")
    await stage.order(OrderKind.PARK, AWA, call)
    assert (stage.state_of(INES), stage.exchange.listeners) == (PostState.AVAILABLE, {})
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    other = await stage.talk(AWA)
    await stage.order(OrderKind.LEND_EAR, INES, other, how="listen")
    await stage.caller_hangs_up(other)
    assert stage.state_of(INES) is PostState.AVAILABLE


# --- recording by hand -------------------------------------------------------------------------


async def test_recording_by_hand_needs_a_rule() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.RECORD, AWA, call, on=True) == Refusal.NOT_RECORDABLE
    rule = RecordingFact(4, "Enregistré.", "9", 1, 10)
    line = replace(DIRECTORY.lines[LILAS_LINE], recording=rule)
    allowed = Stage(replace(DIRECTORY, lines={**DIRECTORY.lines, LILAS_LINE: line}))
    allowed.brain.new_call_id = lambda: UUID(int=3)
    await allowed.at_post(AWA)
    other = await allowed.talk()
    assert await allowed.order(OrderKind.RECORD, AWA, other, on=True) == ""
    assert await allowed.order(OrderKind.RECORD, AWA, other, on=False) == ""
    assert [row.rule_id for entry in allowed.entries for row in entry.recordings] == [4]

"""Callers whom we lost, numbers that we call, callers who are abusive, and what keeps a secretary from too much."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.callflow import CallPlan, LineKind
from decroche.calls.domain.outgoing import FRENCH_PREFIXES, Consent, DialRules, Tariff
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import Ceiling, Facts, Policy, Standing
from decroche.calls.ports import CallerGone, Cause
from decroche.calls.switchboard import distribution
from decroche.calls.switchboard.orders import Order, OrderKind, Refusal
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, OutgoingFact, Sharing
from tests.calls.stage import (
    AWA,
    BOB,
    CALLER,
    DIRECTORY,
    ELSEWHERE_LINE,
    INES,
    LILAS,
    LILAS_LINE,
    MARTINIQUE_LINE,
    START,
    Stage,
)

PATIENT = "+33611112222"
OURS = "+33188000000"

# --- lost callers ------------------------------------------------------------------------------


async def test_who_gives_up_after_a_while_is_called_back_and_who_misdialled_is_not() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await stage.talk()
    hasty = await stage.ring(number="+33611111111")
    await stage.wait(3)
    await stage.caller_hangs_up(hasty)
    patient = await stage.ring(number="+33622222222")
    await stage.wait(6)
    await stage.caller_hangs_up(patient)
    assert (hasty.end_reason, patient.end_reason) == (EndReason.ABANDONED, EndReason.ABANDONED)
    assert stage.follow_ups() == [(patient.call_id, "callback")]


async def test_a_hidden_number_and_a_simulated_caller_are_not_called_back() -> None:
    stage = Stage()
    await stage.settle()
    hidden = await stage.ring(number="anonymous")
    simulated = await stage.ring(number="+33611111111")
    simulated.is_simulated = True
    await stage.wait(6)
    for call in (hidden, simulated):
        await stage.caller_hangs_up(call)
        assert call.end_reason is EndReason.ABANDONED, "they count all the same"
    assert stage.follow_ups() == []


async def test_an_emergency_is_called_back_however_short() -> None:
    line = replace(DIRECTORY.lines[LILAS_LINE], plan=CallPlan(kind=LineKind.EMERGENCY))
    stage = Stage(replace(DIRECTORY, lines={LILAS_LINE: line}))
    await stage.settle()
    call = await stage.ring()
    await stage.caller_hangs_up(call)
    assert stage.follow_ups() == [(call.call_id, "callback")]


async def test_who_rings_again_and_is_answered_settles_nothing_by_his_number_alone() -> None:
    stage = Stage()
    await stage.settle()
    lost = await stage.ring()
    await stage.wait(6)
    await stage.caller_hangs_up(lost)
    await stage.at_post(AWA)
    await stage.talk()
    assert stage.follow_ups() == [(lost.call_id, "callback")], "anybody can forge a number"


async def test_who_was_left_waiting_after_a_conversation_was_interrupted_not_served() -> None:
    stage = Stage()
    stage.exchange.transfer_answers = False
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.SET_STATE, AWA, state="paused", reason="break")
    await stage.order(OrderKind.TRANSFER, AWA, call, number="+33698765432")
    await stage.caller_hangs_up(call)
    assert call.end_reason is EndReason.INTERRUPTED
    assert stage.follow_ups() == [(call.call_id, "callback")]


async def test_who_hangs_up_while_a_transfer_rings_reached_nobody_and_is_called_back() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.exchange.close()
    stage.conductor.obey(Order(900, OrderKind.TRANSFER, AWA, stage.now, call.call_id, {"number": PATIENT}))
    await stage.conductor.quiet()
    stage.conductor.take_in(CallerGone(call.channel_id, call.call_id, stage.now))
    assert (call.end_reason, stage.state_of(AWA)) == (EndReason.INTERRUPTED, PostState.WRAP_UP)
    assert stage.follow_ups() == [(call.call_id, "callback")]


async def test_who_said_nothing_to_the_machine_is_called_back() -> None:
    stage = Stage()
    await stage.settle()
    silent = await stage.ring()
    speaking = await stage.ring(number="+33622222222")
    await stage.wait(12)
    assert (silent.state, speaking.state) == (CallState.VOICEMAIL, CallState.VOICEMAIL)
    await stage.caller_hangs_up(silent)
    stage.exchange.leave_voicemail(speaking.call_id)
    await stage.wait(20)
    assert stage.follow_ups() == [(speaking.call_id, "voicemail"), (silent.call_id, "callback")]


async def test_a_fallback_that_nobody_answers_ends_at_the_voicemail() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    await stage.wait(11)
    assert call.state is CallState.FALLBACK
    stage.exchange.fallback_stays_silent(call.channel_id)
    await stage.wait(11)
    assert stage.last_row(call.call_id).state is CallState.VOICEMAIL


async def test_who_hangs_up_while_the_fallback_rings_reached_nobody_and_is_called_back() -> None:
    stage = Stage()
    await stage.settle()
    gave_up, spoke = await stage.ring(MARTINIQUE_LINE), await stage.ring(MARTINIQUE_LINE, number=PATIENT)
    await stage.wait(11)
    assert (gave_up.state, spoke.state) == (CallState.FALLBACK, CallState.FALLBACK)
    for call, cause in ((gave_up, Cause.UNANSWERED), (spoke, Cause.HANGUP)):
        stage.conductor.take_in(CallerGone(call.channel_id, call.call_id, stage.now, cause))
    assert gave_up.end_reason is EndReason.ABANDONED
    assert spoke.end_reason is EndReason.FALLBACK, "somebody there may have answered"
    assert stage.follow_ups() == [(gave_up.call_id, "callback")]


# --- calling out -------------------------------------------------------------------------------

RULES = DialRules(FRENCH_PREFIXES, tariffs=(Tariff("+33", Decimal("0.60")),), cap=Decimal(1))


def calling(**fact: object) -> Stage:
    outgoing = OutgoingFact(OURS, RULES, **fact)  # type: ignore[arg-type]
    return Stage(replace(DIRECTORY, outgoing={1: outgoing}))


async def called(stage: Stage, user_id: int = AWA, number: str = PATIENT, **payload: object) -> LiveCall:
    payload = {"number": number, "practice_id": LILAS, "line_id": None, "follow_up_id": 4} | payload
    assert await stage.order(OrderKind.CALL_OUT, user_id, **payload) == ""
    return list(stage.brain.calls.values())[-1]


async def test_a_number_is_called_once_her_own_phone_is_picked_up_and_costs_what_it_costs() -> None:
    stage = calling()
    await stage.at_post(AWA)
    call = await called(stage)
    assert (call.state, stage.state_of(AWA)) == (CallState.DIALLING, PostState.RINGING)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert stage.exchange.callers[f"o-{call.call_id}"].hears == "dialling"
    assert stage.state_of(AWA) is PostState.ON_CALL
    stage.exchange.number_answers(call.call_id)
    await stage.settle()
    row = stage.last_row(call.call_id)
    assert (row.state, row.direction, row.caller_number, row.practice_id) == (
        CallState.TALKING,
        "out",
        PATIENT,
        LILAS,
    )
    assert await stage.order(OrderKind.HOLD, AWA, call) == ""
    assert await stage.order(OrderKind.RESUME, AWA, call) == ""
    await stage.wait(50)
    await stage.order(OrderKind.HANG_UP, AWA, call)
    assert (call.end_reason, call.cost_cents) == (EndReason.COMPLETED, 50)
    dialled = next(s for e in stage.entries for s in e.steps if s.kind is StepKind.DIALLED)
    assert (dialled.detail["number"], dialled.detail["shown"], dialled.detail["follow_up"]) == (
        PATIENT,
        OURS,
        4,
    )


async def test_a_number_that_does_not_answer_frees_her_and_owes_nothing() -> None:
    stage = calling()
    await stage.at_post(AWA)
    for act in ("refused", "unanswered", "she hung up"):
        call = await called(stage)
        stage.exchange.phone_picks_up(AWA)
        await stage.settle()
        if act == "refused":
            stage.exchange.number_refuses(call.call_id)
        elif act == "she hung up":
            stage.exchange.phone_hangs_up(AWA)
        await stage.settle()
        await stage.wait(61 if act == "unanswered" else 1)
        assert (call.end_reason, call.cost_cents) == (EndReason.NO_REPLY, 0), act
        assert stage.state_of(AWA) is PostState.AVAILABLE, act
    assert stage.follow_ups() == []
    assert not stage.exchange.callers


async def test_her_own_phone_that_nobody_picks_up_ends_the_attempt() -> None:
    stage = calling()
    await stage.at_post(AWA)
    call = await called(stage)
    await stage.wait(61)
    assert (call.end_reason, stage.state_of(AWA)) == (EndReason.NO_REPLY, PostState.AVAILABLE)
    call = await called(stage)
    stage.exchange.phone_vanishes(AWA)
    await stage.settle()
    assert call.end_reason is EndReason.NO_REPLY


async def test_the_practices_number_is_shown_with_its_consent_only() -> None:
    stage = calling()
    given = {1: Consent(LILAS_LINE, START - timedelta(days=1))}
    stage.brain.directory = replace(stage.brain.directory, consents=given)
    await stage.at_post(AWA)
    call = await called(stage)
    assert call.out is not None
    assert call.out.shown_number == LILAS_LINE


@pytest.mark.parametrize(
    ("payload", "refusal"),
    [
        ({"number": "15"}, Refusal.EMERGENCY_NUMBER),
        ({"number": "3117"}, Refusal.NOT_ALLOWED_NUMBER),
        ({"number": "+4915112345678"}, Refusal.NOT_ALLOWED_NUMBER),
        ({"number": "bonjour"}, Refusal.UNKNOWN_NUMBER),
        ({"practice_id": 3}, Refusal.NO_MANDATE),
        ({"practice_id": "x"}, Refusal.NOT_NOW),
    ],
)
async def test_what_may_not_be_called_is_refused(payload: dict[str, object], refusal: Refusal) -> None:
    stage = calling()
    await stage.at_post(AWA)
    order = {"number": PATIENT, "practice_id": LILAS} | payload
    assert await stage.order(OrderKind.CALL_OUT, AWA, **order) == refusal
    assert not stage.brain.calls


async def test_the_cap_is_reached_by_this_months_calls_and_bounds_the_last_one() -> None:
    stage = calling(spent=Decimal("0.90"))
    await stage.at_post(AWA)
    call = await called(stage)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    stage.exchange.number_answers(call.call_id)
    await stage.settle()
    await stage.wait(11)
    assert (call.end_reason, call.cost_cents) == (EndReason.COMPLETED, 10), "ten cents buy ten seconds"
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    assert (
        await stage.order(OrderKind.CALL_OUT, AWA, number=PATIENT, practice_id=LILAS) == Refusal.CAP_REACHED
    )


async def test_nobody_calls_out_with_her_hands_full_or_her_phone_away() -> None:
    stage = calling()
    await stage.at_post(AWA)
    await stage.talk()
    assert await stage.order(OrderKind.CALL_OUT, AWA, number=PATIENT) == Refusal.BUSY
    await stage.at_post(INES)
    stage.exchange.phone_vanishes(INES)
    await stage.settle()
    assert await stage.order(OrderKind.CALL_OUT, INES, number=PATIENT) == Refusal.PHONE_AWAY


async def test_who_calls_out_from_a_pause_is_paused_again_when_nobody_answers() -> None:
    stage = calling()
    await stage.at_post(AWA)
    await stage.order(OrderKind.SET_STATE, AWA, state="paused", reason="paperwork")
    await called(stage)
    stage.exchange.phone_hangs_up(AWA)
    await stage.settle()
    post = stage.brain.posts[AWA]
    assert (post.state, post.reason) == (PostState.PAUSED, "paperwork")


async def test_whom_we_called_is_given_back_to_the_team_of_his_practice_or_let_go() -> None:
    for practice_id, state in ((LILAS, CallState.OFFERED), (None, CallState.ENDED)):
        stage = calling()
        await stage.at_post(AWA)
        call = await called(stage, practice_id=practice_id)
        stage.exchange.phone_picks_up(AWA)
        await stage.settle()
        stage.exchange.number_answers(call.call_id)
        await stage.settle()
        await stage.order(OrderKind.HOLD, AWA, call)
        caller = stage.exchange.callers[f"o-{call.call_id}"]
        stage.exchange._fire_lease(caller)
        await stage.settle()
        assert stage.last_row(call.call_id).state is CallState.FALLBACK
        stage.exchange.fallback_stays_silent(caller.channel_id)
        await stage.settle()
        assert stage.last_row(call.call_id).state is state


# --- her mobile --------------------------------------------------------------------------------


async def test_her_mobile_rings_while_her_internet_is_down() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    stage.exchange.phone_vanishes(AWA)
    await stage.settle()
    await stage.wait(31)
    assert stage.state_of(AWA) is PostState.AWAY
    assert await stage.order(OrderKind.ROUTE_PHONE, AWA, number="06 11 11 22 22") == ""
    assert stage.exchange.phones[AWA].routed_to == PATIENT
    assert stage.state_of(AWA) is PostState.AVAILABLE
    call = await stage.talk(AWA)
    await stage.wait(10)
    assert call.state is CallState.TALKING, (
        "a phone that is gone is no news while her mobile carries the call"
    )
    await stage.caller_hangs_up(call)
    assert await stage.order(OrderKind.ROUTE_PHONE, AWA, number="") == ""
    await stage.wait(50)
    assert stage.state_of(AWA) is PostState.AWAY
    assert (
        await stage.order(OrderKind.ROUTE_PHONE, AWA, number="+4915112345678") == Refusal.NOT_ALLOWED_NUMBER
    )


async def test_a_mobile_where_nobody_presses_1_missed_the_call_and_refused_nothing() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await stage.order(OrderKind.ROUTE_PHONE, AWA, number="06 11 11 22 22")
    call = await stage.ring()
    assert call.leg is not None
    stage.exchange._end_leg(call.leg, Cause.UNANSWERED)
    await stage.settle()
    assert StepKind.UNANSWERED in stage.steps(call.call_id)
    assert StepKind.REFUSED not in stage.steps(call.call_id)
    assert stage.state_of(AWA) is PostState.AVAILABLE, "one call missed pauses nobody"
    assert stage.brain.posts[AWA].missed == 1


async def test_a_mobile_is_routed_again_after_the_exchange_came_back() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await stage.order(OrderKind.ROUTE_PHONE, AWA, number=PATIENT)
    stage.exchange.phones[AWA].routed_to = ""
    stage.exchange.crash()
    stage.exchange.come_back()
    await stage.settle()
    assert stage.exchange.phones[AWA].routed_to == PATIENT


# --- abuse and load ----------------------------------------------------------------------------


async def test_an_abusive_caller_is_not_offered_to_her_again_until_its_hour() -> None:
    stage = Stage(replace(DIRECTORY, sharing={1: Sharing(protect=timedelta(minutes=30))}))
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.caller_hangs_up(call)
    for _ in range(2):
        assert await stage.order(OrderKind.ABUSE, AWA, call) == ""
    reports = [row for entry in stage.entries for row in entry.abuses]
    assert [(row.call_id, row.user_id) for row in reports] == [(call.call_id, AWA)]
    assert reports[0].protected_until - reports[0].at == timedelta(minutes=30)
    await stage.wait(50)
    again = await stage.ring()
    assert again.state is CallState.WAITING
    other = await stage.ring(number="+33611111111")
    assert other.state is CallState.OFFERED, "anybody else may have her"
    await stage.caller_hangs_up(again)
    await stage.caller_hangs_up(other)
    await stage.wait(60 * 31)
    assert (await stage.ring()).state is CallState.OFFERED


async def test_abuse_is_reported_long_after_the_call_too_but_only_by_who_had_it() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.caller_hangs_up(call)
    await stage.wait(120)
    assert call.call_id not in stage.brain.calls
    assert await stage.order(OrderKind.ABUSE, INES, call) == Refusal.NOT_YOUR_CALL
    assert await stage.order(OrderKind.ABUSE, AWA, call) == ""
    assert CALLER in stage.brain.posts[AWA].protected


async def test_a_withdrawn_report_protects_no_more() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.ABUSE, AWA, call)
    stage.conductor.replace_directory(stage.directory)
    assert stage.brain.posts[AWA].protected == {}


async def test_who_took_many_calls_this_hour_comes_last_and_recovers_with_time() -> None:
    policy = Policy(calls_per_hour_at_most=1, above_ceiling=Ceiling.LAST)
    stage = Stage(replace(DIRECTORY, sharing={1: Sharing(policy, timedelta())}))
    await stage.at_post(AWA)
    await stage.caller_hangs_up(await stage.talk(AWA))
    await stage.wait(60)
    await stage.at_post(INES)
    call = await stage.ring(number="+33611111111")
    assert call.leg is not None
    assert call.leg.user_id == INES, "Awa is idle longer, but has had her share"
    await stage.caller_hangs_up(call)
    await stage.wait(3600)
    later = await stage.ring(number="+33622222222")
    assert later.leg is not None
    assert later.leg.user_id == AWA


async def test_a_pause_begins_her_working_time_anew() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    began = stage.brain.posts[AWA].working_since
    await stage.caller_hangs_up(await stage.talk())
    await stage.wait(60)
    assert stage.brain.posts[AWA].working_since == began
    await stage.order(OrderKind.SET_STATE, AWA, state="paused", reason="break")
    assert stage.brain.posts[AWA].working_since is None
    await stage.wait(60)
    await stage.order(OrderKind.SET_STATE, AWA, state="available")
    assert stage.brain.posts[AWA].working_since == stage.now


async def test_two_secretariats_share_their_calls_out_each_in_its_own_way() -> None:
    slow, quick = (
        Sharing(Policy(offer_for=timedelta(seconds=30))),
        Sharing(Policy(offer_for=timedelta(seconds=5))),
    )
    stage = Stage(replace(DIRECTORY, sharing={1: slow, 2: quick}))
    await stage.at_post(AWA, BOB)
    lilas, elsewhere = await stage.ring(), await stage.ring("+33199000003")
    await stage.wait(6)
    assert stage.steps(elsewhere.call_id).count(StepKind.UNANSWERED) == 1
    assert stage.steps(lilas.call_id).count(StepKind.UNANSWERED) == 0
    await stage.wait(25)
    assert stage.steps(lilas.call_id).count(StepKind.UNANSWERED) == 1


async def test_a_flood_of_callers_whom_nobody_free_may_answer_is_not_looked_at_with_every_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    await stage.at_post(BOB)
    for number in range(20):
        await stage.ring(number=f"+336111111{number:02d}")
    looked_at: list[int] = []
    decide = distribution.decide

    def counting(facts: Facts, standing: Standing) -> Any:
        looked_at.append(len(facts.calls))
        return decide(facts, standing)

    monkeypatch.setattr(distribution, "decide", counting)
    call = await stage.ring(ELSEWHERE_LINE)
    assert call.leg is not None
    assert call.leg.user_id == BOB
    assert max(looked_at) == 1, "the flooded line was looked at for a caller of another"
    await stage.wait(1)
    assert max(looked_at) == 20, "the next look at the clock sees everybody"

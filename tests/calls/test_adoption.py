"""What becomes of calls when our process or the exchange dies, and comes back."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.callflow import CallPlan, Menu, MenuChoice, Sound, Then, Treatment
from decroche.calls.domain.hours import LineMoment
from decroche.calls.domain.outgoing import FRENCH_PREFIXES, DialRules, Tariff
from decroche.calls.domain.post import PostState
from decroche.calls.switchboard.orders import Order, OrderKind
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import OutgoingFact
from tests.calls.stage import AWA, DIRECTORY, INES, LILAS_LINE, MARTINIQUE_LINE, Stage

OUTSIDE = "+33633333333"


def remember(stage: Stage) -> None:
    """Give a fresh brain what the table would give it: the calls and posts of the one before."""
    before = stage.brain
    stage.start_brain()
    for call in before.calls.values():
        if call.state is not CallState.ENDED:
            call.lease_renewed_at = None
            stage.brain.enter(call)
    for post in before.posts.values():
        stage.brain.posts[post.user_id] = post


async def test_a_talking_call_is_adopted_by_a_fresh_process() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    remember(stage)
    await stage.settle()
    assert stage.exchange.hears(call.call_id) == "conversation"
    assert (call.state, stage.state_of(AWA)) == (CallState.TALKING, PostState.ON_CALL)
    assert StepKind.ADOPTED in stage.steps(call.call_id)
    assert await stage.order(OrderKind.HOLD, AWA, call) == ""


async def test_a_talking_call_that_was_never_written_down_is_adopted_too() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call_id = (await stage.talk()).call_id
    stage.start_brain()
    await stage.settle()
    call = stage.brain.calls[call_id]
    assert (call.state, call.secretary_id, stage.state_of(AWA)) == (CallState.TALKING, AWA, PostState.ON_CALL)


async def test_a_waiting_caller_is_adopted_and_offered() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    remember(stage)
    await stage.at_post(AWA)
    assert call.leg is not None
    assert call.leg.user_id == AWA


async def test_a_caller_who_went_to_the_fallback_while_we_were_away_is_left_in_peace() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    await stage.exchange.send_to_fallback(call.call_id, number="+596696111111")
    remember(stage)
    stage.exchange.asked.clear()
    await stage.settle()
    assert call.state is CallState.FALLBACK
    assert {verb for verb, _ in stage.exchange.asked} == {"remember_fallback"}
    await stage.caller_hangs_up(call)
    assert call.end_reason is EndReason.FALLBACK


async def test_a_caller_whom_the_fallback_did_not_answer_is_first_in_line_then_leaves_a_message() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    await stage.wait(11)
    assert call.state is CallState.FALLBACK
    stage.exchange.fallback_stays_silent(call.channel_id)
    await stage.settle()
    assert (call.state, call.comes_first) == (CallState.WAITING, True)
    await stage.wait(11)
    assert stage.last_row(call.call_id).state is CallState.VOICEMAIL


async def test_a_caller_given_back_after_we_had_closed_the_call_is_taken_back_under_the_same_id() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    stage.start_brain()
    stage.exchange.fallback_stays_silent(call.channel_id)
    await stage.settle()
    assert stage.brain.calls[call.call_id].state is CallState.WAITING


async def test_a_voicemail_left_while_we_were_away_becomes_a_follow_up_once_we_are_back() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    stage.start_brain()
    await stage.exchange.close()
    stage.exchange.leave_voicemail(call.call_id)
    await stage.settle()
    assert stage.follow_ups() == [(call.call_id, "voicemail")]


async def test_a_transferred_conversation_is_left_in_peace() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.TRANSFER, AWA, call, number="+33698765432")
    stage.start_brain()
    await stage.settle()
    assert not stage.brain.calls


async def test_who_hung_up_while_we_were_away_is_called_back() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    stage.brain.exchange_up = False
    stage.exchange.caller_hangs_up(call.channel_id)
    remember(stage)
    await stage.settle()
    assert call.end_reason is EndReason.INTERRUPTED
    assert stage.follow_ups() == [(call.call_id, "callback")]
    assert stage.state_of(AWA) is PostState.AVAILABLE


async def test_a_phone_answered_while_nobody_listened_is_connected() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.ring()
    remember(stage)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.TALKING, "conversation")


async def test_a_caller_whose_secretarys_leg_was_dropped_is_first_in_line() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    stage.exchange.phones[AWA].legs.clear()
    remember(stage)
    await stage.settle()
    assert call.comes_first
    assert call.state is CallState.OFFERED
    assert StepKind.CUT_OFF in stage.steps(call.call_id)


async def test_an_exchange_that_died_leaves_call_backs_and_free_secretaries() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    talking = await stage.talk(AWA)
    waiting = await stage.ring()
    stage.exchange.crash()
    await stage.settle()
    assert talking.state is CallState.TALKING, "calls may be alive until the exchange says otherwise"
    stage.exchange.come_back()
    await stage.settle()
    assert (talking.end_reason, waiting.end_reason) == (EndReason.INTERRUPTED, EndReason.INTERRUPTED)
    assert sorted(stage.follow_ups()) == sorted(
        [(talking.call_id, "callback"), (waiting.call_id, "callback")]
    )
    assert stage.state_of(AWA) is PostState.AVAILABLE
    stage.exchange.phone_registers(AWA)
    await stage.settle()
    assert (await stage.ring()).state is CallState.OFFERED


async def test_a_caller_who_arrived_while_nobody_listened_is_taken_in() -> None:
    stage = Stage()
    stage.exchange.caller_arrives(MARTINIQUE_LINE, "+33612345678")
    await stage.settle()
    assert [call.state for call in stage.brain.calls.values()] == [CallState.WAITING]


async def test_a_strange_leg_is_hung_up() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await stage.ring()
    stage.exchange.callers.clear()
    stage.start_brain()
    await stage.settle()
    assert not stage.exchange.phones[AWA].legs


# --- parked, consulted, given, dialled, listened ---------------------------------------------------


async def test_a_parked_caller_stays_parked_and_can_still_be_taken() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.PARK, AWA, call)
    remember(stage)
    await stage.settle()
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.PARKED, "music")
    assert await stage.order(OrderKind.UNPARK, INES, call) == ""
    assert stage.state_of(INES) is PostState.RINGING


async def test_a_consultation_goes_on_and_its_third_person_is_still_there() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.RING_PARTY, AWA, call, number=OUTSIDE)
    stage.exchange.party_answers(call.call_id)
    await stage.settle()
    assert call.party is not None
    call.party.leg = replace(call.party.leg, attempt=0)  # a row does not say which attempt it was
    remember(stage)
    await stage.settle()
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.ON_HOLD, "hold")
    assert await stage.order(OrderKind.MIX, AWA, call, how="all") == ""
    assert next(iter(stage.exchange.parties.values())).hears == "all"


async def test_a_third_person_who_answered_or_left_while_nobody_listened_is_known() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.RING_PARTY, AWA, call, number=OUTSIDE)
    await stage.exchange.close()
    stage.exchange.party_answers(call.call_id)
    remember(stage)
    await stage.settle()
    assert stage.last_row(call.call_id).party_state == "consulted"
    await stage.exchange.close()
    stage.exchange.party_leaves(call.call_id)
    remember(stage)
    await stage.settle()
    assert stage.last_row(call.call_id).party_state == ""
    assert await stage.order(OrderKind.RESUME, AWA, call) == ""


async def test_a_call_that_a_colleague_was_given_is_still_in_her_hands() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.RING_PARTY, AWA, call, user_id=INES)
    stage.exchange.phone_picks_up(INES)
    await stage.settle()
    await stage.order(OrderKind.MIX, AWA, call, how="give")
    remember(stage)
    await stage.settle()
    assert (stage.exchange.hears(call.call_id), call.holder) == ("conversation", INES)
    assert stage.state_of(INES) is PostState.ON_CALL
    assert await stage.order(OrderKind.HANG_UP, INES, call) == ""
    assert call.end_reason is EndReason.COMPLETED


async def test_a_caller_given_to_somebody_outside_is_left_in_peace() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.RING_PARTY, AWA, call, number=OUTSIDE)
    stage.exchange.party_answers(call.call_id)
    await stage.settle()
    await stage.order(OrderKind.MIX, AWA, call, how="give")
    stage.start_brain()
    await stage.settle()
    assert stage.exchange.hears(call.call_id) == "conversation"
    assert len(stage.exchange.parties) == 1
    assert not stage.brain.calls


async def test_a_third_person_without_a_call_is_let_go() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.RING_PARTY, AWA, call, number=OUTSIDE)
    stage.exchange.callers.clear()
    stage.start_brain()
    await stage.settle()
    assert not stage.exchange.parties
    assert not stage.exchange.phones[AWA].legs


async def test_an_outgoing_call_goes_on_at_whatever_point_it_was() -> None:
    for until in ("rings at hers", "answered at hers", "dialled", "talks"):
        stage = Stage()
        await stage.at_post(AWA)
        await stage.order(OrderKind.CALL_OUT, AWA, number=OUTSIDE, practice_id=1)
        call = next(iter(stage.brain.calls.values()))
        if until == "answered at hers":
            await stage.exchange.close()
        if until != "rings at hers":
            stage.exchange.phone_picks_up(AWA)
            await stage.settle()
        if until == "talks":
            stage.exchange.number_answers(call.call_id)
            await stage.settle()
        remember(stage)
        await stage.settle()
        if until == "rings at hers":
            stage.exchange.phone_picks_up(AWA)
            await stage.settle()
        if until != "talks":
            assert call.state is CallState.DIALLING, until
            stage.exchange.number_answers(call.call_id)
            await stage.settle()
        assert (call.state, stage.state_of(AWA)) == (CallState.TALKING, PostState.ON_CALL), until
        await stage.order(OrderKind.HANG_UP, AWA, call)
        assert call.end_reason is EndReason.COMPLETED, until


async def test_what_an_outgoing_call_costs_is_known_after_a_restart() -> None:
    rules = DialRules(FRENCH_PREFIXES, tariffs=(Tariff("+33", Decimal("0.60")),), cap=Decimal(50))
    stage = Stage(replace(DIRECTORY, outgoing={1: OutgoingFact("", rules)}))
    await stage.at_post(AWA)
    await stage.order(OrderKind.CALL_OUT, AWA, number=OUTSIDE, practice_id=1)
    call_id = next(iter(stage.brain.calls))
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    stage.exchange.number_answers(call_id)
    await stage.settle()
    await stage.wait(20)
    stage.start_brain_from_rows()
    await stage.settle()
    call = stage.brain.calls[call_id]
    await stage.wait(10)
    await stage.order(OrderKind.HANG_UP, AWA, call)
    assert call.cost_cents == 30


async def test_a_parked_caller_keeps_his_place_for_a_while_after_a_restart_from_the_tables() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call_id = (await stage.talk(AWA)).call_id
    await stage.order(OrderKind.PARK, AWA, stage.brain.calls[call_id])
    stage.start_brain_from_rows()
    await stage.wait(80)
    call = stage.brain.calls[call_id]
    assert (call.state, call.parked_by) == (CallState.PARKED, AWA)
    await stage.wait(12)
    assert stage.last_row(call_id).state is CallState.OFFERED


async def test_an_outgoing_call_that_is_gone_frees_her() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    await stage.order(OrderKind.CALL_OUT, AWA, number=OUTSIDE, practice_id=1)
    call = next(iter(stage.brain.calls.values()))
    stage.exchange.crash()
    stage.exchange.come_back()
    await stage.settle()
    assert (call.end_reason, stage.state_of(AWA)) == (EndReason.NO_REPLY, PostState.AVAILABLE)
    assert stage.follow_ups() == []


async def test_a_supervisor_who_listens_still_shows_and_is_offered_nothing() -> None:
    members = {**DIRECTORY.members, INES: replace(DIRECTORY.members[INES], is_supervisor=True)}
    stage = Stage(replace(DIRECTORY, members=members))
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    await stage.order(OrderKind.LEND_EAR, INES, call, how="listen")
    remember(stage)
    await stage.settle()
    assert (call.listener, stage.state_of(INES)) == (INES, PostState.ON_CALL)
    assert await stage.order(OrderKind.LEND_EAR, INES, call, how="leave") == ""
    assert stage.state_of(INES) is PostState.AVAILABLE


def on_a_line(**plan: Any) -> Stage:
    line = replace(DIRECTORY.lines[LILAS_LINE], plan=CallPlan(**plan))
    return Stage(replace(DIRECTORY, lines={LILAS_LINE: line}))


MENU = Menu(
    Sound("Tapez 1 ou 2."),
    (
        MenuChoice("1", "rendez-vous", Treatment(Then.TEAM)),
        MenuChoice("2", "autre", Treatment(Then.NUMBER, number=OUTSIDE)),
    ),
)


async def test_a_caller_in_the_menu_hears_it_again_from_a_fresh_process_and_chooses() -> None:
    stage = on_a_line(menu=MENU)
    await stage.at_post(AWA)
    call = await stage.ring()
    stage.exchange.prompt_ends(call.call_id)
    await stage.settle()
    assert call.state is CallState.MENU
    stage.start_brain_from_rows()
    await stage.settle()
    call = stage.brain.calls[call.call_id]
    assert (call.state, stage.exchange.hears(call.call_id)) == (
        CallState.MENU,
        "prompt: Tapez 1 ou 2.",
    )
    assert stage.state_of(AWA) is PostState.AVAILABLE, "he has chosen nobody yet"
    stage.exchange.caller_presses(call.call_id, "2")
    await stage.settle()
    assert (call.state, call.menu_digit) == (CallState.FALLBACK, "2")


async def test_a_caller_whose_greeting_was_cut_short_hears_it_again_and_goes_on() -> None:
    stage = on_a_line(menu=MENU, greeting=Sound("Cabinet des Lilas, bonjour."))
    await stage.at_post(AWA)
    call = await stage.ring()
    assert call.state is CallState.RINGING_IN
    stage.start_brain_from_rows()
    await stage.settle()
    call = stage.brain.calls[call.call_id]
    assert stage.exchange.hears(call.call_id).startswith("greeting")
    stage.exchange.prompt_ends(call.call_id)
    await stage.settle()
    stage.exchange.caller_presses(call.call_id, "1")
    await stage.settle()
    assert (call.state, stage.state_of(AWA)) == (CallState.OFFERED, PostState.RINGING)


async def test_a_caller_of_a_closed_line_is_not_given_to_the_team_because_we_were_restarted() -> None:
    words = Sound("Le cabinet est fermé, votre appel est transmis.")
    stage = on_a_line(when={LineMoment.OPEN: Treatment(Then.NUMBER, words, number=OUTSIDE)})
    await stage.at_post(AWA)
    call = await stage.ring()
    assert call.state is CallState.RINGING_IN
    stage.start_brain_from_rows()
    await stage.wait(2)
    call = stage.brain.calls[call.call_id]
    assert stage.state_of(AWA) is PostState.AVAILABLE
    stage.exchange.prompt_ends(call.call_id)
    await stage.settle()
    assert call.state is CallState.FALLBACK


async def test_a_transfer_that_may_have_been_answered_while_we_were_away_is_never_taken_back() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.exchange.close()
    stage.conductor.obey(Order(900, OrderKind.TRANSFER, AWA, stage.now, call.call_id, {"number": OUTSIDE}))
    await stage.conductor.quiet()
    remember(stage)
    await stage.settle()
    assert call.state is CallState.TRANSFERRING
    stage.exchange.asked.clear()
    await stage.wait(61)
    assert call.end_reason is EndReason.TRANSFERRED
    assert "wait_again" not in {verb for verb, _ in stage.exchange.asked}
    assert stage.follow_ups() == []

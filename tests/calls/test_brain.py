"""What happens to callers and secretaries, told on an exchange in memory."""

from dataclasses import replace
from datetime import timedelta

import pytest

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.post import PostState
from decroche.calls.ports import Announcement, ChannelGone
from decroche.calls.switchboard import deadlines
from decroche.calls.switchboard.orders import OrderKind, Refusal
from decroche.calls.switchboard.records import StepKind
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
    Stage,
)


async def test_a_call_is_offered_answered_and_ended_and_the_secretary_is_free_after_wrap_up() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.ring()
    assert (call.state, stage.state_of(AWA)) == (CallState.OFFERED, PostState.RINGING)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert (call.state, stage.state_of(AWA)) == (CallState.TALKING, PostState.ON_CALL)
    assert stage.exchange.hears(call.call_id) == "conversation"
    await stage.caller_hangs_up(call)
    assert (call.end_reason, stage.state_of(AWA)) == (EndReason.COMPLETED, PostState.WRAP_UP)
    await stage.wait(46)
    assert stage.state_of(AWA) is PostState.AVAILABLE
    assert stage.steps(call.call_id) == [
        StepKind.ARRIVED,
        StepKind.OFFERED,
        StepKind.TALKING,
        StepKind.ENDED,
        StepKind.WRAP_UP_ENDED,
    ]
    assert not stage.brain.calls


async def test_an_unanswered_offer_goes_to_the_next_secretary() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.ring()
    assert call.leg is not None
    assert call.leg.user_id == AWA
    await stage.wait(15)
    assert call.leg.user_id == INES
    assert stage.state_of(AWA) is PostState.AVAILABLE
    stage.exchange.phone_picks_up(INES)
    await stage.settle()
    assert call.secretary_id == INES


async def test_a_caller_nobody_answers_reaches_voicemail_and_a_follow_up_remains() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.ring()
    await stage.wait(15)
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.VOICEMAIL, "voicemail")
    stage.exchange.leave_voicemail(call.call_id)
    await stage.settle()
    assert call.end_reason is EndReason.VOICEMAIL
    assert stage.follow_ups() == [(call.call_id, "voicemail")]


async def test_with_nobody_at_post_the_fallback_number_rings_after_ten_seconds() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    await stage.wait(9)
    assert call.state is CallState.WAITING
    await stage.wait(2)
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.FALLBACK, "fallback")


async def test_a_secretary_without_mandate_is_never_rung() -> None:
    stage = Stage()
    await stage.at_post(BOB)
    call = await stage.ring(LILAS_LINE)
    assert call.state is CallState.WAITING
    other = await stage.ring(ELSEWHERE_LINE)
    assert other.leg is not None
    assert other.leg.user_id == BOB


async def test_the_one_who_knows_the_practice_comes_before_the_one_idle_longer() -> None:
    stage = Stage(replace(DIRECTORY, familiarity={(INES, LILAS): 12}))
    await stage.at_post(AWA, INES)
    call = await stage.ring()
    assert call.leg is not None
    assert call.leg.user_id == INES


async def test_two_unanswered_calls_in_a_row_pause_the_post() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    for _ in range(2):
        call = await stage.ring()
        await stage.wait(15)
        await stage.caller_hangs_up(call)
    post = stage.brain.posts[AWA]
    assert (post.state, post.reason) == (PostState.PAUSED, "no_answer")


async def test_an_unknown_number_gets_a_spoken_refusal_and_a_stored_call_without_practice() -> None:
    stage = Stage()
    await stage.settle()
    stage.exchange.caller_arrives("+33900000000", "anonymous")
    await stage.settle()
    assert ("announce_and_end", Announcement.UNKNOWN_NUMBER) in [
        (verb, what[1] if isinstance(what, tuple) else what) for verb, what in stage.exchange.asked
    ]
    row = stage.entries[-1].calls[-1] if stage.entries[-1].calls else stage.entries[-2].calls[-1]
    assert (row.practice_id, row.end_reason, row.caller_number) == (None, EndReason.UNKNOWN_NUMBER, "")


async def test_absurd_callers_do_no_harm() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.ring(number="sip:<script>" * 40, name="<b>Jean</b>\x00\n" * 1000)
    assert call.caller_number == ""
    assert len(call.caller_name) <= 80
    assert call.caller_name.isprintable()
    assert call.state is CallState.OFFERED


async def test_a_national_caller_number_is_read_in_the_practices_region() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.ring(MARTINIQUE_LINE, number="0696 12 34 56")
    assert call.caller_number == "+596696123456"


async def test_hold_resume_and_hang_up_are_obeyed_once_however_often_they_are_clicked() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.HOLD, AWA, call) == ""
    assert await stage.order(OrderKind.HOLD, AWA, call) == ""
    assert (call.state, stage.exchange.hears(call.call_id)) == (CallState.ON_HOLD, "hold")
    assert await stage.order(OrderKind.RESUME, AWA, call) == ""
    assert call.state is CallState.TALKING
    assert await stage.order(OrderKind.HANG_UP, AWA, call) == ""
    assert await stage.order(OrderKind.HANG_UP, AWA, call) == ""
    assert stage.steps(call.call_id).count(StepKind.HELD) == 1
    assert stage.steps(call.call_id).count(StepKind.ENDED) == 1


async def test_orders_about_somebody_elses_or_a_finished_call_are_refused() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    assert await stage.order(OrderKind.HOLD, INES, call) == Refusal.NOT_YOUR_CALL
    await stage.caller_hangs_up(call)
    await stage.wait(50)
    assert await stage.order(OrderKind.HOLD, AWA, call) == Refusal.CALL_OVER
    assert await stage.order(OrderKind.HOLD, 99, call) == Refusal.NO_POST


async def test_a_pause_asked_during_a_call_begins_after_it() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.SET_STATE, AWA, state="paused", reason="lunch") == ""
    assert stage.state_of(AWA) is PostState.ON_CALL
    await stage.caller_hangs_up(call)
    await stage.wait(46)
    assert (stage.state_of(AWA), stage.brain.posts[AWA].reason) == (PostState.PAUSED, "lunch")


async def test_a_transfer_frees_the_secretary_at_once() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert await stage.order(OrderKind.TRANSFER, AWA, call, number="+33698765432") == ""
    assert stage.state_of(AWA) is PostState.WRAP_UP
    assert call.end_reason is EndReason.TRANSFERRED


async def test_a_failed_transfer_brings_the_caller_back_first_in_line() -> None:
    stage = Stage()
    stage.exchange.transfer_answers = False
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.order(OrderKind.TRANSFER, AWA, call, number="+33698765432")
    assert (call.state, call.comes_first, stage.state_of(AWA)) == (CallState.OFFERED, True, PostState.RINGING)


async def test_a_browser_gone_while_ringing_is_skipped_at_once() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.ring()
    stage.exchange.phone_vanishes(AWA)
    await stage.settle()
    assert call.leg is not None
    assert call.leg.user_id == INES


async def test_a_caller_whose_secretary_vanished_is_answered_before_the_others() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk(AWA)
    talking_to_ines = await stage.talk(INES)
    waiting = await stage.ring()
    stage.exchange.phone_vanishes(AWA)
    await stage.settle()
    assert (call.state, call.comes_first) == (CallState.WAITING, True)
    await stage.caller_hangs_up(talking_to_ines)
    await stage.order(OrderKind.END_WRAP_UP, INES)
    assert call.leg is not None
    assert call.leg.user_id == INES
    assert waiting.state is CallState.WAITING


async def test_a_phone_gone_for_long_means_an_empty_chair_until_it_comes_back() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    stage.exchange.phone_vanishes(AWA)
    await stage.settle()
    await stage.wait(31)
    assert stage.state_of(AWA) is PostState.AWAY
    stage.exchange.phone_registers(AWA)
    await stage.settle()
    assert stage.state_of(AWA) is PostState.AVAILABLE


async def test_who_comes_back_after_long_has_a_while_for_her_phone_to_register() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    stage.exchange.phone_vanishes(AWA)
    await stage.settle()
    await stage.wait(120)
    assert await stage.order(OrderKind.SET_STATE, AWA, state="available") == ""
    await stage.wait(5)
    assert stage.state_of(AWA) is PostState.AVAILABLE


async def test_wrap_up_can_be_extended_and_ended() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    await stage.caller_hangs_up(call)
    assert await stage.order(OrderKind.EXTEND_WRAP_UP, AWA, seconds=60) == ""
    await stage.wait(90)
    assert stage.state_of(AWA) is PostState.WRAP_UP
    assert await stage.order(OrderKind.END_WRAP_UP, AWA) == ""
    assert stage.state_of(AWA) is PostState.AVAILABLE
    assert await stage.order(OrderKind.END_WRAP_UP, AWA) == ""
    assert await stage.order(OrderKind.EXTEND_WRAP_UP, AWA, seconds=60) == Refusal.NOT_NOW


async def test_the_lease_is_renewed_while_waiting_and_not_while_talking() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    await stage.wait(6)
    assert [what for verb, what in stage.exchange.asked if verb == "renew_lease"][:3] == [4, 4, 4]
    await stage.at_post(AWA)
    stage.exchange.phone_picks_up(AWA)
    await stage.settle()
    assert call.state is CallState.TALKING
    stage.exchange.asked.clear()
    await stage.wait(10)
    assert stage.exchange.asked == []


@pytest.mark.parametrize(("waiting", "at_most"), [(4, 1.0), (8, 2.0), (40, 2.0)])
async def test_leases_are_renewed_half_as_often_where_hundreds_wait_and_no_less(
    waiting: int, at_most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two seconds of four are always left for who starts us again, and the first renewal is never late."""
    monkeypatch.setattr(deadlines, "MANY_WAIT", 4)
    stage = Stage()
    await stage.settle()
    calls = [await stage.ring(LILAS_LINE) for _ in range(waiting)]
    await stage.wait(1.25)
    first = {call.lease_renewed_at for call in calls}
    assert all(renewed is not None and stage.now - renewed <= timedelta(seconds=1) for renewed in first)
    renewals = 0
    for _ in range(32):
        stage.exchange.asked.clear()
        await stage.wait(0.25)
        renewals += [verb for verb, _ in stage.exchange.asked].count("renew_lease")
        longest = max(stage.now - (call.lease_renewed_at or stage.now) for call in calls)
        assert longest <= timedelta(seconds=at_most)
    assert renewals <= waiting * (8 / at_most + 1)


async def test_a_caller_gone_without_a_word_is_found_by_the_lease() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring()
    del stage.exchange.callers[call.channel_id]
    await stage.wait(2)
    assert call.end_reason is EndReason.ABANDONED


async def test_an_old_click_is_not_carried_out_late() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    clicked_at, stage.now = stage.now, stage.now + timedelta(seconds=30)
    from decroche.calls.switchboard.orders import Order

    stage.conductor.obey(Order(999, OrderKind.HANG_UP, AWA, clicked_at, call.call_id))
    assert stage.entries[-1].orders[0].refusal == Refusal.TOO_LATE
    assert call.state is CallState.TALKING


async def test_a_simulated_call_rings_like_a_real_one() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    assert (
        await stage.order(OrderKind.SIMULATE_CALL, AWA, called_number=LILAS_LINE, caller_number=CALLER) == ""
    )
    assert stage.state_of(AWA) is PostState.RINGING
    assert await stage.order(OrderKind.PICK_UP, AWA) == ""
    assert stage.state_of(AWA) is PostState.ON_CALL
    assert await stage.order(OrderKind.PUT_DOWN, AWA) == ""
    assert stage.state_of(AWA) is PostState.WRAP_UP
    assert await stage.order(OrderKind.SIMULATE_CALL, AWA, called_number="+33100") == Refusal.UNKNOWN_NUMBER


async def test_a_refused_call_goes_on_and_pauses_who_refused() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.ring()
    stage.exchange.phone_hangs_up(AWA)
    await stage.settle()
    assert call.leg is not None
    assert (call.leg.user_id, stage.state_of(AWA)) == (INES, PostState.PAUSED)


async def test_a_leg_that_vanished_before_it_was_connected_puts_the_caller_first() -> None:
    stage = Stage()
    await stage.at_post(AWA)

    async def gone(leg: object) -> None:
        raise ChannelGone(str(leg))

    stage.exchange.connect = gone  # type: ignore[method-assign]
    call = await stage.ring()
    stage.exchange.phone_picks_up(AWA)
    for _ in range(3):
        event = await stage._next_event()
        if event is not None:
            stage.conductor.take_in(event)
    await stage.conductor.quiet()
    assert call.comes_first

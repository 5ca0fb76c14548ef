"""Revoke a phone in mid-call: it is let in no more, and the conversation in hand goes on."""

from decroche.calls.domain.call import CallState
from decroche.calls.domain.post import PostState
from decroche.calls.ports import Cause
from decroche.calls.switchboard.orders import OrderKind
from tests.calls.stage import AWA, INES, Stage


async def test_who_leaves_in_mid_call_finishes_it_and_her_phone_is_let_in_no_more() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    stage.exchange.asked.clear()
    assert await stage.order(OrderKind.LEAVE, AWA) == ""
    assert "remove_phone_account" in [verb for verb, _ in stage.exchange.asked]
    await stage.wait(30)  # longer than any grace that a lost phone is given
    assert call.state is CallState.TALKING
    await stage.caller_hangs_up(call)
    await stage.wait(120)
    assert stage.state_of(AWA) is PostState.AWAY


async def test_who_leaves_while_it_rings_hands_the_caller_on() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.ring()
    assert call.state is CallState.OFFERED
    assert await stage.order(OrderKind.LEAVE, AWA) == ""
    await stage.wait(1)
    assert call.state is CallState.VOICEMAIL  # nobody else was there
    assert stage.state_of(AWA) is PostState.AWAY


async def test_a_frozen_phone_is_not_rung_again_for_the_caller_whom_it_lost() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    assert call.leg is not None
    stage.exchange._end_leg(
        call.leg, Cause.LOST
    )  # no sound for four seconds; her phone still seems registered
    await stage.settle()
    assert (call.state, call.comes_first) == (CallState.WAITING, True)
    assert stage.state_of(AWA) is PostState.AWAY
    await stage.wait(4)
    assert call.leg is None, "a frozen browser was rung"


async def test_a_phone_that_is_there_after_all_is_rung_again() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk()
    assert call.leg is not None
    lost = call.leg.user_id
    stage.exchange._end_leg(call.leg, Cause.LOST)
    await stage.settle()
    assert call.state is CallState.OFFERED
    assert call.leg.user_id != lost
    await stage.wait(9)
    assert stage.state_of(lost) is PostState.AVAILABLE

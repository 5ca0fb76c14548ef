"""Revoke a phone in mid-call, cut its signalling, stop its sound: what becomes of its caller and of its post."""

from dataclasses import replace

import pytest

from decroche.calls.domain.call import CallState
from decroche.calls.domain.post import PostState
from decroche.calls.ports import Cause
from decroche.calls.switchboard.orders import OrderKind
from tests.calls.stage import AWA, DIRECTORY, INES, Stage


async def test_a_phone_revoked_in_mid_call_loses_its_conversation_and_the_caller_comes_first() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call, other = await stage.talk(AWA), await stage.talk(INES)
    behind = await stage.ring()
    stage.exchange.asked.clear()
    assert await stage.order(OrderKind.LEAVE, AWA) == ""
    assert "remove_phone_account" in [verb for verb, _ in stage.exchange.asked]
    assert (call.state, call.comes_first, stage.exchange.hears(call.call_id)) == (
        CallState.WAITING,
        True,
        "music",
    )
    assert not stage.exchange.phones[AWA].legs, "who stole her phone still speaks"
    assert stage.state_of(AWA) is PostState.AWAY
    await stage.caller_hangs_up(other)
    await stage.order(OrderKind.END_WRAP_UP, INES)
    assert call.leg is not None
    assert call.leg.user_id == INES
    assert behind.state is CallState.WAITING


@pytest.mark.parametrize("on_hold", [False, True])
async def test_nothing_of_a_revoked_phone_s_call_is_left_behind(on_hold: bool) -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    if on_hold:
        await stage.order(OrderKind.HOLD, AWA, call)
    await stage.order(OrderKind.LEAVE, AWA)
    await stage.wait(12)
    assert call.state is CallState.VOICEMAIL  # nobody else was there
    assert stage.state_of(AWA) is PostState.AWAY
    assert stage.brain.posts[AWA].call_id is None


async def test_a_colleague_s_phone_that_is_revoked_leaves_the_conversation_to_the_others() -> None:
    stage = Stage()
    await stage.at_post(AWA, INES)
    call = await stage.talk()
    await stage.order(OrderKind.RING_PARTY, AWA, call, user_id=INES)
    stage.exchange.phone_picks_up(INES)
    await stage.settle()
    assert stage.state_of(INES) is PostState.ON_CALL
    await stage.order(OrderKind.LEAVE, INES)
    assert (stage.exchange.parties, call.party) == ({}, None)
    assert stage.state_of(INES) is PostState.AWAY
    await stage.order(OrderKind.RESUME, AWA, call)
    assert (call.state, call.holder) == (CallState.TALKING, AWA)


async def test_who_speaks_through_her_mobile_loses_nothing_when_her_browser_is_revoked() -> None:
    stage = Stage(replace(DIRECTORY, mobiles={AWA: "+33611111111"}))
    await stage.at_post(AWA)
    stage.brain.posts[AWA].mobile = "+33611111111"
    call = await stage.talk()
    await stage.order(OrderKind.LEAVE, AWA)
    await stage.wait(30)
    assert call.state is CallState.TALKING
    await stage.caller_hangs_up(call)
    await stage.wait(120)
    assert stage.state_of(AWA) is PostState.AWAY


async def test_a_conversation_outlives_its_signalling_and_ends_with_its_sound() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    stage.exchange.phone_loses_signalling(AWA)
    await stage.settle()
    await stage.wait(60)
    assert (call.state, stage.state_of(AWA)) == (CallState.TALKING, PostState.ON_CALL)
    assert call.leg is not None
    stage.exchange._end_leg(call.leg, Cause.LOST)
    await stage.settle()
    assert (call.state, call.comes_first, stage.state_of(AWA)) == (CallState.WAITING, True, PostState.AWAY)
    stage.exchange.phone_registers(AWA)
    await stage.settle()
    assert (call.state, stage.state_of(AWA)) == (CallState.OFFERED, PostState.RINGING)


async def test_who_spoke_without_signalling_is_away_soon_after_and_rung_by_nobody() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    call = await stage.talk()
    stage.exchange.phone_loses_signalling(AWA)
    await stage.settle()
    await stage.wait(60)
    await stage.caller_hangs_up(call)
    await stage.order(OrderKind.END_WRAP_UP, AWA)
    waiting = await stage.ring()
    assert waiting.leg is None
    await stage.wait(2)
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

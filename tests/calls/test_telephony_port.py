"""Hold every exchange to the port's promises: the one in memory and a real Asterisk pass the same stories."""

from uuid import uuid4

import pytest

from decroche.calls.ports import (
    Announcement,
    CallArrived,
    CallerGone,
    Cause,
    ChannelGone,
    ExchangeConnected,
    LegGone,
    PhoneAnswered,
    PhoneGone,
    PhoneUnreachable,
    Prompt,
    SecretaryLeg,
    TransferEnded,
    VoicemailLeft,
)
from tests.asterisk.listening import Listener
from tests.calls.exchanges import (
    AWA,
    CALLER,
    INES,
    LINE,
    OUTSIDE,
    World,
    ready_phone,
)


async def test_an_exchange_first_tells_what_lives_on_it(world: World, listener: Listener) -> None:
    first = listener.facts[0]
    assert isinstance(first, ExchangeConnected)
    assert (first.legs, first.talking_call_ids) == ((), frozenset())


async def test_a_caller_is_offered_to_a_phone_answers_and_leaves(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    await world.caller_arrives("Mme Petit")
    arrived, call_id = await listener.adopt(greeting="Cabinet des Lilas, bonjour.")
    assert (arrived.called_number, arrived.caller_number, arrived.caller_name) == (LINE, CALLER, "Mme Petit")
    assert not arrived.is_simulated
    assert arrived.at.tzinfo is not None
    leg = await listener.ring(call_id, AWA)
    await world.phone_picks_up(AWA)
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    await listener.telephony.hold(call_id)
    await listener.telephony.resume(call_id)
    await world.caller_hangs_up()
    gone = await listener.wait(CallerGone)
    assert (gone.channel_id, gone.call_id, gone.cause) == (arrived.channel_id, call_id, Cause.HANGUP)
    await listener.telephony.stop_ringing(leg)
    assert (await listener.wait(LegGone)).leg == leg


async def test_ringing_twice_is_ringing_once(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    assert await listener.ring(call_id, AWA) == leg
    await listener.telephony.stop_ringing(leg)
    assert (await listener.wait(LegGone)).leg == leg
    await listener.telephony.stop_ringing(leg)
    assert len(listener.told(LegGone)) == 1


async def test_a_phone_that_says_no_says_so(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    await world.phone_refuses(AWA)
    gone = await listener.wait(LegGone)
    assert (gone.leg, gone.cause) == (leg, Cause.REFUSED)


async def test_a_phone_that_is_not_there_cannot_be_rung(world: World, listener: Listener) -> None:
    await listener.open_phone(INES)
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    with pytest.raises(PhoneUnreachable):
        await listener.ring(call_id, INES)


async def test_a_phone_that_leaves_is_known_to_be_gone(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    await world.phone_leaves(AWA)
    assert (await listener.wait(PhoneGone)).user_id == AWA


async def test_what_is_unknown_is_refused(world: World, listener: Listener) -> None:
    stranger = uuid4()
    for asking in (
        listener.telephony.welcome(stranger, greeting=Prompt()),
        listener.telephony.renew_lease(stranger, seconds=5),
        listener.telephony.hold(stranger),
        listener.telephony.send_to_fallback(stranger, number=CALLER),
        listener.telephony.take_voicemail(stranger),
        listener.telephony.hang_up(stranger),
    ):
        with pytest.raises(ChannelGone):
            await asking
    with pytest.raises(ChannelGone):
        await listener.telephony.adopt_caller("no-such-channel", stranger, fallback_number="")
    await listener.telephony.stop_ringing(SecretaryLeg(stranger, AWA, 1))


async def test_a_caller_can_wait_again_after_a_conversation(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    await world.caller_arrives()
    arrived, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    await world.phone_picks_up(AWA)
    await listener.wait(PhoneAnswered)
    await listener.telephony.connect(leg)
    await listener.telephony.wait_again(call_id)
    await listener.telephony.renew_lease(call_id, seconds=30)
    assert listener.told(CallerGone) == []
    await listener.telephony.hang_up(call_id)
    assert (await listener.wait(CallerGone)).channel_id == arrived.channel_id


async def test_a_transfer_frees_the_secretary_and_tells_how_it_ended(
    world: World, listener: Listener
) -> None:
    await ready_phone(world, listener)
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    await world.phone_picks_up(AWA)
    await listener.wait(PhoneAnswered)
    await listener.telephony.connect(leg)
    await listener.telephony.transfer(call_id, number=OUTSIDE, shown_number=LINE)
    assert (await listener.wait(LegGone)).leg == leg
    await world.outside_answers(call_id)
    ended = await listener.wait(TransferEnded)
    assert (ended.call_id, ended.number, ended.succeeded) == (call_id, OUTSIDE, True)


async def test_a_message_is_told_with_its_call(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    arrived, call_id = await listener.adopt()
    await listener.telephony.take_voicemail(call_id)
    await world.message_is_left()
    left = await listener.wait(VoicemailLeft)
    assert (left.call_id, left.duration_seconds >= 1) == (call_id, True)
    await listener.telephony.keep_voicemail(left.path)
    assert (await listener.wait(CallerGone)).channel_id == arrived.channel_id


async def test_nobody_renews_and_the_caller_leaves_us_for_the_fallback(
    world: World, listener: Listener
) -> None:
    await world.caller_arrives()
    arrived, call_id = await listener.adopt(fallback=OUTSIDE, lease=1)
    gone = await listener.wait(CallerGone)
    assert (gone.call_id, gone.channel_id, gone.cause) == (call_id, arrived.channel_id, Cause.LEASE)


async def test_an_unknown_number_is_told_so_and_ends(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    arrived = await listener.wait(CallArrived)
    await listener.telephony.announce_and_end(arrived.channel_id, Announcement.UNKNOWN_NUMBER)
    assert (await listener.wait(CallerGone, timeout=40)).channel_id == arrived.channel_id


async def test_letting_go_ends_no_call(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    await listener.adopt()
    await listener.stop()
    again = Listener(world.second_switchboard())
    found = await again.start()
    assert [leg.channel_id for leg in found.legs] == [fact.channel_id for fact in listener.told(CallArrived)]
    await again.stop()

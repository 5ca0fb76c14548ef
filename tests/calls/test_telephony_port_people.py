"""Hold every exchange to the port's promises about menus, third persons, supervisors, recordings and outgoing calls."""

import asyncio
from uuid import uuid4

import pytest

from decroche.calls.ports import (
    CallerGone,
    Cause,
    ChannelGone,
    DigitPressed,
    Ear,
    LegGone,
    ListenerGone,
    Mix,
    PartyAnswered,
    PartyGone,
    PartyLeg,
    PhoneAnswered,
    PhoneUnreachable,
    Prompt,
    PromptEnded,
    RecordingMade,
    SecretaryLeg,
)
from tests.asterisk.listening import Listener
from tests.calls.exchanges import (
    AWA,
    INES,
    LINE,
    OUTSIDE,
    World,
    conversation,
    ready_phone,
    third_person,
)

SHORT, LONG = Prompt("Bonjour."), Prompt("Pour un rendez-vous, tapez 1. " * 6)


async def test_a_menu_is_spoken_and_the_key_is_told(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    _, call_id = await listener.adopt(greeting=SHORT.text)
    await world.listens_to_the_end(call_id)
    assert (await listener.wait(PromptEnded)).name == "greeting"
    await listener.telephony.say(call_id, "menu", LONG)
    await world.caller_presses("1")
    pressed = await listener.wait(DigitPressed)
    assert (pressed.call_id, pressed.digit) == (call_id, "1")
    await listener.telephony.hush(call_id)
    assert (await listener.wait(PromptEnded, timeout=3)).name == "menu"
    await listener.telephony.hush(call_id)  # silence can be asked for twice
    await world.caller_presses("#")
    assert (await listener.wait(DigitPressed)).digit == "#"


async def test_a_new_sentence_takes_the_place_of_the_old_one(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    _, call_id = await listener.adopt(greeting=LONG.text)
    await listener.telephony.say(call_id, "position", SHORT)
    assert (await listener.wait(PromptEnded, timeout=3)).name == "greeting"
    await world.listens_to_the_end(call_id)
    ended = await listener.wait(PromptEnded)
    assert (ended.call_id, ended.name) == (call_id, "position")


async def test_a_sentence_that_cannot_be_said_is_over_too(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    assert (await listener.wait(PromptEnded)).name == "greeting"
    await listener.telephony.say(call_id, "nothing", Prompt())
    assert (await listener.wait(PromptEnded)).name == "nothing"


async def test_a_sentence_can_be_said_into_a_conversation(world: World, listener: Listener) -> None:
    call_id, _ = await conversation(world, listener)
    await listener.wait(PromptEnded)
    await listener.telephony.say(call_id, "recorded", SHORT)
    await world.listens_to_the_end(call_id)
    assert (await listener.wait(PromptEnded)).name == "recorded"
    await listener.telephony.say(call_id, "recorded", LONG)
    await listener.telephony.hold(call_id)
    assert (await listener.wait(PromptEnded, timeout=3)).name == "recorded"
    await listener.telephony.resume(call_id)
    assert listener.told(CallerGone) == []


async def test_a_last_sentence_ends_the_call_by_itself(world: World, listener: Listener) -> None:
    await world.caller_arrives()
    arrived, call_id = await listener.adopt()
    await listener.telephony.say_and_end(call_id, SHORT)
    assert (await listener.wait(CallerGone)).channel_id == arrived.channel_id


async def test_a_caller_on_hold_leaves_us_when_nobody_renews(world: World, listener: Listener) -> None:
    call_id, _ = await conversation(world, listener)
    await listener.telephony.hold(call_id)
    await listener.telephony.renew_lease(call_id, seconds=1)
    gone = await listener.wait(CallerGone)
    assert (gone.call_id, gone.cause) == (call_id, Cause.LEASE)


async def test_coming_back_from_hold_disarms_the_lease(world: World, listener: Listener) -> None:
    call_id, _ = await conversation(world, listener)
    await listener.telephony.hold(call_id)
    await listener.telephony.renew_lease(call_id, seconds=1)
    await listener.telephony.resume(call_id)
    await asyncio.sleep(1.5)
    assert listener.told(CallerGone) == []


async def test_an_outgoing_call_rings_her_phone_then_the_number(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    call_id = uuid4()
    leg = await listener.ring(call_id, AWA)
    await world.phone_picks_up(AWA)
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.call_out(leg, number=OUTSIDE, shown_number=LINE)
    await listener.telephony.call_out(leg, number=OUTSIDE, shown_number=LINE)  # asked twice, rung once
    await world.outside_answers(call_id)
    assert (await listener.wait(PartyAnswered)).party == PartyLeg(call_id, 0)
    await listener.telephony.send_digits(call_id, digits="12#")
    await listener.telephony.hold(call_id)
    await listener.telephony.resume(call_id)
    await world.outside_hangs_up(call_id)
    gone = await listener.wait(CallerGone)
    assert (gone.call_id, gone.cause) == (call_id, Cause.HANGUP)
    await listener.telephony.stop_ringing(leg)
    assert (await listener.wait(LegGone)).leg == leg


async def test_a_busy_number_says_so(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    call_id = uuid4()
    leg = await listener.ring(call_id, AWA)
    await world.phone_picks_up(AWA)
    await listener.wait(PhoneAnswered)
    await listener.telephony.call_out(leg, number=OUTSIDE, shown_number=LINE)
    await world.outside_is_busy(call_id)
    gone = await listener.wait(CallerGone)
    assert (gone.call_id, gone.cause) == (call_id, "busy")


async def test_nobody_calls_out_without_her(world: World, listener: Listener) -> None:
    await ready_phone(world, listener)
    with pytest.raises(ChannelGone):
        await listener.telephony.call_out(SecretaryLeg(uuid4(), AWA, 1), number=OUTSIDE, shown_number=LINE)


async def test_a_third_person_is_consulted_joined_and_given_the_caller(
    world: World, listener: Listener
) -> None:
    call_id, leg = await conversation(world, listener)
    party = await third_person(world, listener, call_id)
    for mix in (Mix.CONSULT, Mix.CALLER, Mix.CONSULT, Mix.ALL):
        await listener.telephony.mix(party, leg, mix)
    await listener.telephony.mix(party, leg, Mix.GIVE)
    assert (await listener.wait(LegGone)).leg == leg
    await asyncio.sleep(0.3)
    assert (listener.told(CallerGone), listener.told(PartyGone)) == ([], [])
    await listener.stop()  # caller and third person talk on without us; whoever comes next finds them
    again = Listener(world.second_switchboard())
    found = await again.start()
    assert {live.party for live in found.legs} == {None, party}
    assert found.talking_call_ids == frozenset()
    await again.telephony.drop_party(party)
    assert (await again.wait(PartyGone)).party == party
    await again.telephony.hang_up(call_id)
    assert (await again.wait(CallerGone)).call_id == call_id
    await again.stop()


async def test_whoever_is_left_alone_by_the_other_goes_too(world: World, listener: Listener) -> None:
    call_id, leg = await conversation(world, listener)
    party = await third_person(world, listener, call_id)
    await listener.telephony.mix(party, leg, Mix.GIVE)
    assert (await listener.wait(LegGone)).leg == leg
    await world.outside_hangs_up(call_id)
    assert (await listener.wait(PartyGone)).party == party
    assert (await listener.wait(CallerGone)).call_id == call_id


async def test_a_third_person_goes_with_the_caller(world: World, listener: Listener) -> None:
    call_id, leg = await conversation(world, listener)
    party = await third_person(world, listener, call_id)
    await listener.telephony.mix(party, leg, Mix.GIVE)
    await listener.wait(LegGone)
    await world.caller_hangs_up()
    assert (await listener.wait(CallerGone)).call_id == call_id
    assert (await listener.wait(PartyGone)).party == party


async def test_a_third_person_who_is_busy_or_leaves_is_told(world: World, listener: Listener) -> None:
    call_id, leg = await conversation(world, listener)
    await listener.telephony.hold(call_id)
    await listener.telephony.ring_party(PartyLeg(call_id, 1), number=OUTSIDE, shown_number=LINE)
    await world.outside_is_busy(call_id)
    gone = await listener.wait(PartyGone)
    assert (gone.party, gone.cause) == (PartyLeg(call_id, 1), "busy")
    second = PartyLeg(call_id, 2)
    with pytest.raises(ChannelGone):
        await listener.telephony.mix(second, leg, Mix.ALL)
    await listener.telephony.ring_party(second, number=OUTSIDE, shown_number=LINE)
    await world.outside_answers(call_id)
    await listener.wait(PartyAnswered)
    await listener.telephony.mix(second, leg, Mix.CONSULT)
    await world.outside_hangs_up(call_id)
    gone = await listener.wait(PartyGone)
    assert (gone.party, gone.cause) == (second, Cause.HANGUP)
    await listener.telephony.resume(call_id)
    assert listener.told(LegGone) == []


async def test_a_colleague_is_a_third_person_at_her_own_phone(world: World, listener: Listener) -> None:
    await listener.open_phone(INES)
    call_id, leg = await conversation(world, listener)
    party = PartyLeg(call_id, 1)
    with pytest.raises(PhoneUnreachable):
        await listener.telephony.ring_party(party, user_id=INES, shown_number=LINE)
    await world.phone_registers(INES)
    await listener.phone_ready(INES)
    await listener.telephony.ring_party(party, user_id=INES, shown_number=LINE)
    await world.phone_picks_up(INES)
    assert (await listener.wait(PartyAnswered)).party == party
    await listener.telephony.mix(party, leg, Mix.ALL)
    await listener.telephony.drop_party(party)
    assert (await listener.wait(PartyGone)).party == party
    assert listener.told(CallerGone) == []


async def test_a_supervisor_listens_whispers_joins_and_leaves(world: World, listener: Listener) -> None:
    call_id, leg = await conversation(world, listener)
    with pytest.raises(PhoneUnreachable):
        await listener.telephony.lend_ear(leg, user_id=INES, ear=Ear.LISTEN)
    await ready_phone(world, listener, INES)
    await listener.telephony.lend_ear(leg, user_id=INES, ear=Ear.LISTEN)
    await world.phone_picks_up(INES)
    for ear in (Ear.WHISPER, Ear.JOIN, Ear.LISTEN):
        await asyncio.sleep(0.2)
        await listener.telephony.lend_ear(leg, user_id=INES, ear=ear)
    await listener.telephony.lend_ear(leg, user_id=INES, ear=None)
    gone = await listener.wait(ListenerGone)
    assert (gone.call_id, gone.user_id) == (call_id, INES)
    assert (listener.told(CallerGone), listener.told(LegGone)) == ([], [])


async def test_a_supervisor_s_phone_stops_ringing_when_she_is_no_longer_to_listen(
    world: World, listener: Listener
) -> None:
    call_id, leg = await conversation(world, listener)
    await ready_phone(world, listener, INES)
    await listener.telephony.lend_ear(leg, user_id=INES, ear=Ear.LISTEN)
    await listener.telephony.lend_ear(leg, user_id=INES, ear=None)
    assert (await listener.wait(ListenerGone)).user_id == INES
    await listener.telephony.lend_ear(leg, user_id=INES, ear=Ear.LISTEN)
    await listener.telephony.hang_up(call_id)
    assert (await listener.wait(ListenerGone)).user_id == INES


async def test_an_ear_ends_with_what_it_hears(world: World, listener: Listener) -> None:
    call_id, leg = await conversation(world, listener)
    await ready_phone(world, listener, INES)
    await listener.telephony.lend_ear(leg, user_id=INES, ear=Ear.LISTEN)
    await world.phone_picks_up(INES)
    await asyncio.sleep(0.2)
    await listener.telephony.wait_again(call_id)
    assert (await listener.wait(ListenerGone)).user_id == INES


async def test_a_recording_is_told_until_it_is_kept(world: World, listener: Listener) -> None:
    call_id, _ = await conversation(world, listener)
    await listener.telephony.record(call_id)
    await listener.telephony.record(call_id)  # asked twice, recorded once
    await asyncio.sleep(1.2)
    await listener.telephony.stop_recording(call_id, discard=False)
    made = await listener.wait(RecordingMade)
    assert (made.call_id, made.seconds >= 1) == (call_id, True)
    await listener.stop()
    again = Listener(world.second_switchboard())
    await again.start()
    assert (await again.wait(RecordingMade)).path == made.path
    await again.telephony.keep_recording(made.path)
    await again.telephony.hang_up(call_id)
    await again.wait(CallerGone)
    await again.stop()
    assert len(again.told(RecordingMade)) == 1
    last = Listener(world.second_switchboard())
    await last.start()
    await asyncio.sleep(0.2)
    assert last.told(RecordingMade) == []
    await last.stop()


async def test_a_refused_recording_leaves_nothing(world: World, listener: Listener) -> None:
    call_id, _ = await conversation(world, listener)
    await listener.telephony.record(call_id)
    await asyncio.sleep(0.3)
    await listener.telephony.stop_recording(call_id, discard=True)
    await world.caller_hangs_up()
    await listener.wait(CallerGone)
    await asyncio.sleep(1)
    assert listener.told(RecordingMade) == []


async def test_a_recording_ends_with_its_call(world: World, listener: Listener) -> None:
    call_id, _ = await conversation(world, listener)
    await listener.telephony.record(call_id)
    await asyncio.sleep(0.5)
    await world.caller_hangs_up()
    made = await listener.wait(RecordingMade)
    assert made.call_id == call_id
    await listener.telephony.keep_recording(made.path)


async def test_her_mobile_takes_the_call_when_a_person_presses_one(world: World, listener: Listener) -> None:
    await listener.open_phone(AWA)  # her browser is nowhere
    await listener.telephony.route_phone(AWA, number="+33611223344")
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    await world.mobile_picks_up(AWA)
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    await listener.telephony.route_phone(AWA, number="")
    await listener.telephony.hang_up(call_id)
    assert (await listener.wait(LegGone)).leg == leg
    with pytest.raises(PhoneUnreachable):
        await listener.ring(uuid4(), AWA)


async def test_she_mutes_herself(world: World, listener: Listener) -> None:
    _, leg = await conversation(world, listener)
    await listener.telephony.mute(leg, is_muted=True)
    await listener.telephony.mute(leg, is_muted=False)
    with pytest.raises(ChannelGone):
        await listener.telephony.mute(SecretaryLeg(uuid4(), AWA, 1), is_muted=True)


async def test_what_is_unknown_is_refused(world: World, listener: Listener) -> None:
    stranger = uuid4()
    leg = SecretaryLeg(stranger, AWA, 1)
    for asking in (
        listener.telephony.say(stranger, "menu", SHORT),
        listener.telephony.hush(stranger),
        listener.telephony.say_and_end(stranger, SHORT),
        listener.telephony.send_digits(stranger, digits="1"),
        listener.telephony.ring_party(PartyLeg(stranger, 1), number=OUTSIDE, shown_number=LINE),
        listener.telephony.lend_ear(leg, user_id=INES, ear=Ear.LISTEN),
        listener.telephony.record(stranger),
    ):
        with pytest.raises(ChannelGone):
            await asking
    await listener.telephony.drop_party(PartyLeg(stranger, 1))
    await listener.telephony.lend_ear(leg, user_id=INES, ear=None)

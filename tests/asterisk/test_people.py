"""Hear who hears whom on a real exchange: consulting, three together, swapping, parking, whispering, recording."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from decroche.calls.adapters.ari import mobiles
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk import audio
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.ports import (
    CallArrived,
    CallerGone,
    DigitPressed,
    Ear,
    LegGone,
    Mix,
    PartyAnswered,
    PartyLeg,
    PhoneAnswered,
    Prompt,
    PromptEnded,
    RecordingMade,
    SecretaryLeg,
    TransferEnded,
)
from tests.asterisk.ears import MUSIC, decode, name_level, until_heard, voice, who_is_heard
from tests.asterisk.fixtures import silence
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Dialogue, Phone

pytestmark = pytest.mark.asterisk

NewPhone = Callable[..., Awaitable[Phone]]
LINE, CALLER, OUTSIDE = "+33199000001", "+33612345678", "+33199555555"
AWA, INES = 11, 12


@dataclass
class Scene:
    """A caller and a secretary who talk, and whoever else comes."""

    listener: Listener
    caller: Dialogue
    phone: Phone
    call_id: UUID
    leg: SecretaryLeg

    async def third(self, outside: Phone, attempt: int = 1) -> PartyLeg:
        """Put the caller on hold, and bring somebody from outside."""
        outside.media.voice = voice("party")
        party = PartyLeg(self.call_id, attempt)
        await self.listener.telephony.hold(self.call_id)
        await self.listener.telephony.ring_party(party, number=OUTSIDE, shown_number=LINE)
        await outside.wait_ringing()
        outside.answer()
        assert (await self.listener.wait(PartyAnswered)).party == party
        return party

    async def mix(self, party: PartyLeg, how: Mix) -> None:
        await self.listener.telephony.mix(party, self.leg, how)


async def seat(listener: Listener, new_phone: NewPhone, user_id: int, name: str) -> Phone:
    phone = await listener.seat(new_phone, user_id)
    phone.media.voice = voice(name)
    return phone


@pytest.fixture(autouse=True)
async def silent_exchange(fresh_exchange: AsteriskServer) -> AsyncIterator[None]:
    yield
    await silence(fresh_exchange)


@pytest.fixture
async def caller(fresh_exchange: AsteriskServer) -> AsyncIterator[Dialogue]:
    made = Dialogue(fresh_exchange.connection.sip_port, voice=voice("caller"))
    yield made
    made.close()


@pytest.fixture
async def scene(listener: Listener, new_phone: NewPhone, caller: Dialogue) -> Scene:
    phone = await seat(listener, new_phone, AWA, "secretary")
    await caller.call(LINE, number=CALLER)
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    await phone.wait_ringing()
    phone.answer()
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    await until_heard(caller.media, "secretary")
    return Scene(listener, caller, phone, call_id, leg)


async def test_a_third_person_is_consulted_swapped_joined_and_given_the_caller(
    scene: Scene, outside: Phone
) -> None:
    party = await scene.third(outside)
    caller, secretary, third = scene.caller.media, scene.phone.media, outside.media
    await scene.mix(party, Mix.CONSULT)
    await until_heard(third, "secretary")
    await until_heard(secretary, "party")
    await until_heard(caller, MUSIC)
    await scene.mix(party, Mix.CALLER)
    await until_heard(caller, "secretary")
    await until_heard(secretary, "caller")
    await until_heard(third, MUSIC)
    await scene.mix(party, Mix.CONSULT)
    await until_heard(secretary, "party")
    await scene.mix(party, Mix.ALL)
    await until_heard(caller, "secretary", "party")
    await until_heard(secretary, "caller", "party")
    await until_heard(third, "caller", "secretary")
    await scene.mix(party, Mix.GIVE)
    assert (await scene.listener.wait(LegGone)).leg == scene.leg
    await scene.listener.stop()  # and that goes on whatever becomes of us
    await until_heard(caller, "party")
    await until_heard(third, "caller")
    await asyncio.wait_for(scene.phone.rings[-1].ended.wait(), 3)


async def test_she_hears_that_it_rings_and_comes_back_to_the_caller(scene: Scene, outside: Phone) -> None:
    party = PartyLeg(scene.call_id, 1)
    await scene.listener.telephony.hold(scene.call_id)
    await scene.listener.telephony.ring_party(party, number=OUTSIDE, shown_number=LINE)
    ring = await outside.wait_ringing()
    assert LINE in ring.shown
    await until_heard(scene.phone.media, MUSIC)  # the ringing tone
    await scene.listener.telephony.drop_party(party)
    await asyncio.wait_for(ring.ended.wait(), 3)
    await scene.listener.telephony.resume(scene.call_id)
    await until_heard(scene.phone.media, "caller")
    await until_heard(scene.caller.media, "secretary")


async def test_a_parked_caller_waits_with_music_and_a_colleague_takes_over(
    scene: Scene, new_phone: NewPhone
) -> None:
    colleague = await seat(scene.listener, new_phone, INES, "supervisor")
    await scene.listener.telephony.wait_again(scene.call_id)
    assert (await scene.listener.wait(LegGone)).leg == scene.leg
    await until_heard(scene.caller.media, MUSIC)
    leg = await scene.listener.ring(scene.call_id, INES)
    await colleague.wait_ringing()
    colleague.answer()
    await scene.listener.wait(PhoneAnswered)
    await scene.listener.telephony.connect(leg)
    await until_heard(colleague.media, "caller")
    await until_heard(scene.caller.media, "supervisor")


async def test_a_supervisor_is_heard_by_whom_she_chooses(scene: Scene, new_phone: NewPhone) -> None:
    supervisor = await seat(scene.listener, new_phone, INES, "supervisor")
    lend = scene.listener.telephony.lend_ear
    await lend(scene.leg, user_id=INES, ear=Ear.LISTEN)
    await supervisor.wait_ringing()
    supervisor.answer()
    await until_heard(supervisor.media, "caller", "secretary")
    assert await who_is_heard(scene.phone.media) == {"caller"}
    assert await who_is_heard(scene.caller.media) == {"secretary"}
    await lend(scene.leg, user_id=INES, ear=Ear.WHISPER)
    await until_heard(scene.phone.media, "caller", "supervisor")
    assert await who_is_heard(scene.caller.media) == {"secretary"}, "the caller heard what was whispered"
    await until_heard(supervisor.media, "caller", "secretary")
    await lend(scene.leg, user_id=INES, ear=Ear.JOIN)
    await until_heard(scene.caller.media, "secretary", "supervisor")
    await lend(scene.leg, user_id=INES, ear=None)
    await until_heard(scene.caller.media, "secretary")
    await until_heard(scene.phone.media, "caller")


async def test_a_recording_holds_both_sides(scene: Scene) -> None:
    await scene.listener.telephony.record(scene.call_id)
    await asyncio.sleep(1.5)
    await scene.listener.telephony.stop_recording(scene.call_id, discard=False)
    made = await scene.listener.wait(RecordingMade)
    samples, rate = audio.read_wav(made.path)
    assert name_level(sorted(samples)[len(samples) // 2]) == {"caller", "secretary"}
    assert made.path.stat().st_mode & 0o077 == 0 or made.path.parent.stat().st_mode & 0o077 == 0
    assert len(samples) > rate
    await scene.listener.telephony.keep_recording(made.path)
    assert not made.path.exists()


async def test_a_muted_secretary_hears_and_is_not_heard(scene: Scene) -> None:
    await scene.listener.telephony.mute(scene.leg, is_muted=True)
    await until_heard(scene.caller.media)
    await until_heard(scene.phone.media, "caller")
    await scene.listener.telephony.mute(scene.leg, is_muted=False)
    await until_heard(scene.caller.media, "secretary")


async def test_a_caller_on_hold_is_not_left_to_the_music_by_a_dead_switchboard(
    scene: Scene, outside: Phone
) -> None:
    arrived = scene.listener.told(CallArrived)[0]
    await scene.listener.telephony.adopt_caller(arrived.channel_id, scene.call_id, fallback_number=OUTSIDE)
    outside.media.voice, outside.answers_after = voice("party"), 0.1
    await scene.listener.telephony.hold(scene.call_id)
    await scene.listener.telephony.renew_lease(scene.call_id, seconds=2)
    await scene.listener.stop()  # dead
    await outside.wait_ringing(4)
    await until_heard(scene.caller.media, "party")
    await until_heard(outside.media, "caller")


async def test_what_is_said_covers_the_music_which_comes_back(listener: Listener, caller: Dialogue) -> None:
    await caller.call(LINE, number=CALLER)
    _, call_id = await listener.adopt()
    await listener.wait(PromptEnded)
    await until_heard(caller.media, MUSIC)
    began = asyncio.get_running_loop().time()
    await listener.telephony.say(call_id, "position", Prompt("Vous êtes la deuxième personne en attente."))
    assert (await listener.wait(PromptEnded)).name == "position"
    assert asyncio.get_running_loop().time() - began > 1, "nothing was said"
    await until_heard(caller.media, MUSIC)


async def test_a_new_switchboard_connects_while_the_old_one_s_greeting_is_still_spoken(
    listener: Listener, new_phone: NewPhone, caller: Dialogue
) -> None:
    phone = await seat(listener, new_phone, AWA, "secretary")
    await caller.call(LINE, number=CALLER)
    _, call_id = await listener.adopt(
        greeting="Secrétariat du cabinet des Lilas, bonjour, ne quittez pas. " * 4
    )
    await until_heard(caller.media, MUSIC)  # the greeting
    await listener.stop()
    assert isinstance(listener.telephony, AriTelephony)
    heir = Listener(AriTelephony(listener.telephony._find))
    found = await heir.start()
    assert [live.call_id for live in found.legs] == [call_id]
    await heir.telephony.renew_lease(call_id, seconds=30)
    leg = await heir.ring(call_id, AWA)
    await phone.wait_ringing()
    phone.answer()
    await heir.wait(PhoneAnswered)
    began = asyncio.get_running_loop().time()
    await heir.telephony.connect(leg)
    assert asyncio.get_running_loop().time() - began < 1, "connecting waited for the end of the greeting"
    await until_heard(caller.media, "secretary")
    await heir.stop()


async def test_what_is_said_in_a_conversation_both_hear(scene: Scene) -> None:
    await scene.listener.wait(PromptEnded)  # the greeting
    await scene.listener.telephony.say(
        scene.call_id, "recorded", Prompt("À partir de maintenant, cet appel est enregistré.")
    )
    await asyncio.sleep(0.4)
    assert await who_is_heard(scene.caller.media, seconds=0.8) == {MUSIC}
    assert await who_is_heard(scene.phone.media, seconds=0.8) == {MUSIC}
    assert (await scene.listener.wait(PromptEnded)).name == "recorded"
    await until_heard(scene.caller.media, "secretary")
    await until_heard(scene.phone.media, "caller")


async def test_quiet_waiting_is_silence_and_sound_goes_on_flowing(
    listener: Listener, caller: Dialogue
) -> None:
    await caller.call(LINE, number=CALLER)
    arrived, call_id = await listener.wait(CallArrived), uuid4()
    await listener.telephony.adopt_caller(arrived.channel_id, call_id, fallback_number="")
    await listener.telephony.renew_lease(call_id, seconds=30)
    await listener.telephony.welcome(call_id, greeting=Prompt(), has_music=False)
    await until_heard(caller.media)
    before = caller.media.packets
    await asyncio.sleep(0.5)
    assert caller.media.packets - before > 15


async def test_keys_arrive_as_sound_events_too(listener: Listener, caller: Dialogue) -> None:
    await caller.call(LINE, number=CALLER, sends_events=True)
    _, call_id = await listener.adopt()
    await asyncio.wait_for(caller.answered.wait(), 5)
    await caller.press_in_sound("15#")
    pressed = [await listener.wait(DigitPressed) for _ in range(3)]
    assert ["".join(one.digit for one in pressed), {one.call_id for one in pressed}] == ["15#", {call_id}]


# --- outgoing ----------------------------------------------------------------------------


async def outgoing(
    listener: Listener, new_phone: NewPhone, *, shown: str = LINE
) -> tuple[Phone, SecretaryLeg]:
    phone = await seat(listener, new_phone, AWA, "secretary")
    leg = await listener.ring(uuid4(), AWA)
    await phone.wait_ringing()
    phone.answer()
    await listener.wait(PhoneAnswered)
    await listener.telephony.call_out(leg, number=OUTSIDE, shown_number=shown)
    return phone, leg


async def test_an_outgoing_call_shows_the_line_and_both_hear_each_other(
    listener: Listener, new_phone: NewPhone, outside: Phone
) -> None:
    outside.media.voice = voice("party")
    phone, leg = await outgoing(listener, new_phone)
    ring = await outside.wait_ringing()
    assert LINE in ring.shown, ring.shown
    assert OUTSIDE in ring.invite.start
    await until_heard(phone.media, MUSIC)  # it rings there
    outside.answer()
    assert (await listener.wait(PartyAnswered)).party == PartyLeg(leg.call_id, 0)
    await until_heard(phone.media, "party")
    await until_heard(outside.media, "secretary")
    await listener.telephony.send_digits(leg.call_id, digits="12#")
    async with asyncio.timeout(4):
        while outside.keys != "12#":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await listener.telephony.hold(leg.call_id)
    await until_heard(outside.media, MUSIC)
    await listener.telephony.resume(leg.call_id)
    await until_heard(outside.media, "secretary")
    await listener.telephony.hang_up(leg.call_id)
    assert (await listener.wait(CallerGone)).call_id == leg.call_id
    await asyncio.wait_for(ring.ended.wait(), 3)


async def test_she_hears_what_the_operator_says_before_anybody_answers(
    listener: Listener, new_phone: NewPhone, outside: Phone
) -> None:
    outside.media.voice = voice("party")
    phone, leg = await outgoing(listener, new_phone)
    await outside.wait_ringing()
    outside.announce()
    await until_heard(phone.media, "party")
    assert listener.told(PartyAnswered) == []
    outside.refuse(status="404 Not Found")
    gone = await listener.wait(CallerGone)
    assert (gone.call_id, gone.cause) == (leg.call_id, "unallocated")


async def test_whom_we_called_can_be_transferred(
    listener: Listener, new_phone: NewPhone, outside: Phone
) -> None:
    outside.media.voice = voice("party")
    _, leg = await outgoing(listener, new_phone)
    first = await outside.wait_ringing()
    outside.answer()
    await listener.wait(PartyAnswered)
    await listener.telephony.transfer(leg.call_id, number="+33199666666", shown_number=LINE)
    second = await outside.wait_ringing()
    assert "+33199666666" in second.invite.start
    outside.answer(second)
    assert (await listener.wait(TransferEnded)).succeeded
    assert (await listener.wait(LegGone)).leg == leg
    outside.hang_up(first)
    assert (await listener.wait(CallerGone)).call_id == leg.call_id


async def test_whom_we_called_is_not_left_on_hold_by_a_dead_switchboard(
    listener: Listener, new_phone: NewPhone, outside: Phone
) -> None:
    await listener.telephony.remember_fallback(called_number="+33199000009", number="+33199777777")
    _, leg = await outgoing(listener, new_phone, shown="+33199000009")
    await outside.wait_ringing()
    outside.answer()
    await listener.wait(PartyAnswered)
    await listener.telephony.hold(leg.call_id)
    await listener.telephony.renew_lease(leg.call_id, seconds=2)
    await until_heard(outside.media, MUSIC)
    await listener.stop()
    fallback = await outside.wait_ringing(5)
    assert "+33199777777" in fallback.invite.start


# --- her mobile --------------------------------------------------------------------------


async def test_a_mobile_s_voicemail_never_takes_a_call(
    listener: Listener, caller: Dialogue, outside: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mobiles, "_TIMES", 1)
    monkeypatch.setattr(mobiles, "_PAUSE_SECONDS", 0.3)
    await listener.open_phone(AWA)
    await listener.telephony.route_phone(AWA, number="+33611223344")
    await caller.call(LINE, number=CALLER)
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    ring = await outside.wait_ringing()
    assert "+33611223344" in ring.invite.start
    assert LINE in ring.shown, "the operator was told who calls"
    outside.answer()
    assert (await listener.wait(LegGone, timeout=15)).leg == leg
    assert listener.told(PhoneAnswered) == []
    assert outside.media.packets > 50  # it was asked
    assert listener.told(CallerGone) == []


async def test_her_mobile_talks_with_the_caller_once_she_pressed_one(
    listener: Listener, caller: Dialogue, outside: Phone
) -> None:
    outside.media.voice = voice("secretary")
    await listener.open_phone(AWA)
    await listener.telephony.route_phone(AWA, number="+33611223344")
    await caller.call(LINE, number=CALLER)
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, AWA)
    await outside.wait_ringing()
    outside.answer()
    await asyncio.sleep(0.5)
    await outside.press("2")
    await outside.press("1")
    assert (await listener.wait(PhoneAnswered)).leg == leg
    began = asyncio.get_running_loop().time()
    await listener.telephony.connect(leg)
    assert asyncio.get_running_loop().time() - began < 1, "connecting waited for the end of a sentence"
    await until_heard(outside.media, "caller")
    await until_heard(caller.media, "secretary")


async def test_a_softphone_s_credential_dials_nothing(
    listener: Listener, new_phone: NewPhone, outside: Phone
) -> None:
    phone = await seat(listener, new_phone, AWA, "secretary")
    for number in (OUTSIDE, "15", LINE, "s12"):
        assert await phone.dial(number) in {403, 404, 484, 603}
    await asyncio.sleep(0.3)
    assert outside.rings == []


async def test_whoever_is_not_the_operator_reaches_nobody(
    listener: Listener, fresh_exchange: AsteriskServer
) -> None:
    stranger = Dialogue(fresh_exchange.connection.sip_port, voice=voice("caller"), host="127.0.0.2")
    await stranger.call(LINE, number=CALLER)
    await asyncio.wait_for(stranger.ended.wait(), 5)
    assert stranger.status == 401
    assert listener.told(CallArrived) == []
    stranger.close()


def test_voices_are_told_apart() -> None:
    for names in (
        {"caller"},
        {"caller", "party"},
        {"secretary", "supervisor"},
        {"caller", "secretary", "party"},
    ):
        assert name_level(sum(decode(voice(name)) for name in names)) == names

"""The whole chain: an operator (sipp), Asterisk, the switchboard's own process, PostgreSQL, secretaries' phones."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from decroche.accounts.models import User
from decroche.calls.actions.write_journal import voicemail_folder
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.models import Call, CallStep
from decroche.messaging.models import FollowUp
from tests.asterisk.brain import House, Switchboard, sit_down
from tests.asterisk.fixtures import LEASE_SECONDS
from tests.asterisk.phone import Phone
from tests.asterisk.sipp import Caller
from tests.database import read, until_read

pytestmark = [pytest.mark.asterisk, pytest.mark.django_db(transaction=True)]

NewCaller = Callable[[], Caller]
SitDown = Callable[..., Awaitable[Phone]]
FALLBACK = "+33612999999"
BRAIN_LEASE_SECONDS = 4  # switchboard.state.Timing.lease


@pytest.fixture
def house(transactional_db: Any) -> House:
    return House(fallback=FALLBACK)


@pytest.fixture
def house_without_fallback(transactional_db: Any) -> House:
    return House()


@pytest.fixture
async def switchboard(
    fresh_exchange: AsteriskServer, tmp_path: Path, transactional_db: Any
) -> AsyncIterator[Switchboard]:
    made = Switchboard(fresh_exchange, tmp_path / "switchboard.log")
    yield made
    made.close()
    print(made.said)


@pytest.fixture
async def sits_down(fresh_exchange: AsteriskServer) -> AsyncIterator[SitDown]:
    phones: list[Phone] = []

    async def sit(user: User, **how: Any) -> Phone:
        phones.append(await sit_down(user, fresh_exchange, voice=0x10 + len(phones), **how))
        return phones[-1]

    yield sit
    for phone in phones:
        if phone.is_open and fresh_exchange.is_alive():
            await phone.register(expires=0)
        phone.close()


async def call_in(state: str, *, seconds: float = 15) -> Call:
    return await until_read(lambda: Call.objects.filter(state=state).first(), seconds=seconds)


def steps(call: Call) -> list[str]:
    return list(CallStep.objects.filter(call=call).order_by("number").values_list("kind", flat=True))


async def hear_each_other(caller: Caller, phone: Phone, *, seconds: float = 5) -> None:
    """Wait until each hears the other's voice, from now on."""
    caller.media.heard.clear()
    phone.media.heard.clear()
    async with asyncio.timeout(seconds):
        while (  # noqa: ASYNC110
            caller.media.heard.get(phone.media.voice, 0) < 20
            or phone.media.heard.get(caller.media.voice, 0) < 20
        ):
            await asyncio.sleep(0.05)


async def test_a_call_is_offered_answered_heard_both_ways_and_ended(
    house: House, switchboard: Switchboard, sits_down: SitDown, new_caller: NewCaller
) -> None:
    await switchboard.start()
    phone = await sits_down(house.secretaries[0])
    caller = new_caller()
    await caller.call(house.line.number, sender='"Mme Petit" <sip:0612345678@operator.example>', talks=4)
    await phone.wait_ringing()
    call = await call_in("offered")
    assert (call.practice_id, call.caller_number, call.caller_name) == (
        house.practice.pk,
        "+33612345678",
        "Mme Petit",
    )
    phone.answer()
    assert (await call_in("talking")).secretary_id == house.secretaries[0].pk
    await hear_each_other(caller, phone)
    assert await caller.ended() == 0
    ended = await call_in("ended")
    assert (ended.pk, ended.end_reason) == (call.pk, "completed")
    await asyncio.wait_for(phone.rings[-1].ended.wait(), 3)


async def test_nobody_answers_and_the_next_secretary_is_rung(
    house: House, switchboard: Switchboard, sits_down: SitDown, new_caller: NewCaller
) -> None:
    await switchboard.start()
    first, second = [await sits_down(secretary) for secretary in house.secretaries]
    caller = new_caller()
    await caller.call(house.line.number, talks=15)
    await first.wait_ringing()
    await second.wait_ringing(8)
    await asyncio.wait_for(first.rings[-1].ended.wait(), 3)  # told to both at once: either may hear it first
    second.answer()
    await hear_each_other(caller, second)
    call = await call_in("talking")
    assert call.secretary_id == house.secretaries[1].pk
    second.hang_up()
    assert await caller.ended() == 0


async def test_nobody_is_there_and_the_message_becomes_a_follow_up(
    house_without_fallback: House,
    switchboard: Switchboard,
    new_caller: NewCaller,
    fresh_exchange: AsteriskServer,
) -> None:
    await switchboard.start()
    caller = new_caller()
    await caller.call(house_without_fallback.line.number, talks=30)
    await call_in("voicemail", seconds=25)
    assert await caller.ended(60) == 0
    follow_up = await until_read(lambda: FollowUp.objects.filter(kind="voicemail").first())
    assert follow_up.caller_number == "+33612345678"
    kept = voicemail_folder() / follow_up.voicemail_path
    assert kept.stat().st_size > 16_000  # at least a second of somebody speaking
    kept.unlink()
    inbox = fresh_exchange.settings.state_dir / "spool/voicemail"
    await until_read(lambda: not list(inbox.glob("*.wav")))  # a patient's voice lies in one place only


async def test_a_talking_call_outlives_the_switchboard_and_is_adopted(
    house: House, switchboard: Switchboard, sits_down: SitDown, new_caller: NewCaller
) -> None:
    await switchboard.start()
    phone = await sits_down(house.secretaries[0])
    caller = new_caller()
    await caller.call(house.line.number, talks=40)
    await phone.wait_ringing()
    phone.answer()
    await hear_each_other(caller, phone)
    call = await call_in("talking")
    switchboard.kill()
    await asyncio.sleep(BRAIN_LEASE_SECONDS + 2)  # longer than any lease
    await hear_each_other(caller, phone)
    await switchboard.start()
    await hear_each_other(caller, phone)
    again = await read(lambda: Call.objects.get(pk=call.pk))
    assert (again.state, again.secretary_id) == ("talking", house.secretaries[0].pk)
    phone.hang_up()  # and the new switchboard ends the call properly
    assert await caller.ended() == 0
    assert (await call_in("ended")).end_reason == "completed"


async def test_a_waiting_caller_falls_back_when_the_switchboard_dies_and_is_adopted_on_its_return(
    house: House, switchboard: Switchboard, sits_down: SitDown, new_caller: NewCaller, outside: Phone
) -> None:
    await switchboard.start()
    caller = new_caller()
    await caller.call(house.line.number, talks=60)
    waiting = await call_in("waiting")
    switchboard.kill()
    began = time.monotonic()
    ring = await outside.wait_ringing(BRAIN_LEASE_SECONDS + 3)
    assert time.monotonic() - began < BRAIN_LEASE_SECONDS + 2
    assert FALLBACK in ring.invite.start
    await switchboard.start()  # the fallback number does not answer: the exchange gives the caller back
    phone = await sits_down(house.secretaries[0])
    await phone.wait_ringing(15)
    phone.answer()
    await hear_each_other(caller, phone)
    assert (await call_in("talking")).pk == waiting.pk
    phone.hang_up()
    assert await caller.ended() == 0


async def test_a_frozen_switchboard_leaves_nobody_ringing_in_the_void(
    house: House, switchboard: Switchboard, new_caller: NewCaller, outside: Phone
) -> None:
    await switchboard.start()
    outside.answers_after = 0.1
    waiting_one = new_caller()
    await waiting_one.call(house.line.number, talks=12)
    await call_in("waiting")
    switchboard.freeze()
    await outside.wait_ringing(BRAIN_LEASE_SECONDS + 1)
    newcomer = new_caller()  # rings while the switchboard is frozen: the dialplan's own lease is theirs
    await newcomer.call(house.line.number, talks=6)
    await outside.wait_ringing(LEASE_SECONDS + 1.5)
    switchboard.thaw()
    assert await newcomer.ended(30) == 0
    assert await waiting_one.ended(30) == 0


async def test_without_any_switchboard_the_line_s_fallback_is_rung_then_the_voicemail(
    house: House, switchboard: Switchboard, new_caller: NewCaller, outside: Phone
) -> None:
    await switchboard.start()  # it told the exchange every line's fallback
    await asyncio.sleep(1)
    switchboard.kill()
    caller = new_caller()
    await caller.call(house.line.number, talks=18)
    ring = await outside.wait_ringing(3)
    assert FALLBACK in ring.invite.start
    # The fallback stays silent; the message is taken without us and found on return.
    assert await caller.ended(60) == 0
    await switchboard.start()
    follow_up = await until_read(lambda: FollowUp.objects.filter(kind="voicemail").first())
    assert follow_up.practice_id == house.practice.pk


async def test_an_unknown_line_is_answered_with_words(
    house: House, switchboard: Switchboard, new_caller: NewCaller
) -> None:
    await switchboard.start()
    caller = new_caller()
    await caller.call("+33188776655", talks=40)
    assert await caller.ended(40) == 0
    assert caller.media.packets > 200  # something was said
    call = await read(Call.objects.get)
    assert (call.end_reason, call.practice_id, call.called_number) == ("unknown_number", None, "+33188776655")

"""Follow calls through a real exchange, our adapter in the brain's chair."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from decroche.calls.ports import CallerGone, LegGone, PhoneAnswered
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Phone
from tests.asterisk.sipp import Caller

pytestmark = pytest.mark.asterisk

NewPhone = Callable[..., Awaitable[Phone]]
NewCaller = Callable[[], Caller]
LINE = "+33199000001"


async def test_a_greeting_longer_than_the_lease_loses_no_caller(
    listener: Listener, new_phone: NewPhone, new_caller: NewCaller
) -> None:
    phone, caller = await listener.seat(new_phone, 12), new_caller()
    await caller.call(LINE, talks=20)
    long = (
        "Secrétariat du cabinet des Lilas, bonjour, vous êtes sur la ligne des professionnels de santé. " * 2
    )
    _, call_id = await listener.adopt(greeting=long, lease=2)
    leg = await listener.ring(call_id, 12)
    await phone.wait_ringing()
    slowest = 0.0
    for _ in range(5):  # the brain renews while she comes back to her desk
        await asyncio.sleep(1)
        began = asyncio.get_running_loop().time()
        await listener.telephony.renew_lease(call_id, seconds=2)
        slowest = max(slowest, asyncio.get_running_loop().time() - began)
    assert slowest < 0.5, "a renewal waited for the end of the greeting"
    phone.answer()
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    await asyncio.sleep(3)  # longer than the lease, which is disarmed now
    assert caller.is_on_the_line
    assert phone.media.heard.get(caller.media.voice, 0) > 30, phone.media.heard


async def test_a_call_is_offered_answered_and_heard_both_ways(
    listener: Listener, new_phone: NewPhone, new_caller: NewCaller
) -> None:
    phone, caller = await listener.seat(new_phone, 11), new_caller()
    await caller.call(LINE, sender='"Mme Petit" <sip:+33612345678@operator.example>', talks=4)
    arrived, call_id = await listener.adopt(greeting="Cabinet des Lilas, bonjour.")
    assert (arrived.called_number, arrived.caller_number, arrived.caller_name) == (
        LINE,
        "+33612345678",
        "Mme Petit",
    )
    leg = await listener.ring(call_id, 11)
    ring = await phone.wait_ringing()
    assert "Mme Élodie" in ring.shown
    phone.answer()
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    await asyncio.sleep(1.5)
    assert phone.media.heard.get(caller.media.voice, 0) > 30, phone.media.heard
    assert caller.media.heard.get(phone.media.voice, 0) > 30, caller.media.heard
    gone = await listener.wait(CallerGone)
    assert (gone.call_id, gone.channel_id) == (call_id, arrived.channel_id)
    await listener.telephony.stop_ringing(leg)
    assert (await listener.wait(LegGone)).leg == leg
    assert await caller.ended() == 0


async def test_a_caller_without_a_greeting_is_answered_by_her_voice(
    listener: Listener, new_phone: NewPhone, new_caller: NewCaller
) -> None:
    phone, caller = await listener.seat(new_phone, 13), new_caller()
    await caller.call(LINE, talks=4)
    _, call_id = await listener.adopt(welcome=False)
    leg = await listener.ring(call_id, 13)
    await phone.wait_ringing()
    await asyncio.sleep(1)
    assert not caller.media.heard, "his line was answered, and he pays, before anybody spoke"
    phone.answer()
    await listener.wait(PhoneAnswered)
    await listener.telephony.connect(leg)
    await asyncio.sleep(1.5)
    assert phone.media.heard.get(caller.media.voice, 0) > 30, phone.media.heard
    assert caller.media.heard.get(phone.media.voice, 0) > 30, caller.media.heard

"""A SIP phone of any make beside browsers, on the same real exchange."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.ports import CallerGone, PhoneAccount, PhoneAnswered, PhoneGone
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Phone
from tests.asterisk.sipp import Caller

pytestmark = pytest.mark.asterisk
AWA, INES = 7, 8


@pytest.fixture
async def house(fresh_exchange: AsteriskServer) -> AsyncIterator[Listener]:
    """Our adapter as it is in a house whose phones are browsers."""
    settings = AriSettings.of(fresh_exchange.connection)
    assert settings.phones_are_browsers
    listener = Listener(AriTelephony(lambda: settings))
    await listener.start()
    yield listener
    for user_id in (AWA, INES):
        await listener.telephony.remove_phone_account(user_id)
    await listener.stop()


async def test_a_sip_phone_is_rung_answers_and_hears_its_caller_where_the_others_are_browsers(
    house: Listener, new_phone: Callable[..., Awaitable[Phone]], new_caller: Callable[[], Caller]
) -> None:
    await house.telephony.set_phone_account(PhoneAccount(AWA, "s7", "secret-7", is_browser=False))
    await house.telephony.set_phone_account(PhoneAccount(INES, "s8", "secret-8"))
    phone = await new_phone(AWA, answers_after=0.1)
    await house.phone_ready(AWA)
    caller = new_caller()
    await caller.call("+33199000001", talks=20)
    _arrived, call_id = await house.adopt()
    leg = await house.ring(call_id, AWA)
    assert (await house.wait(PhoneAnswered)).leg == leg
    await house.telephony.connect(leg)
    await asyncio.sleep(1.5)
    assert phone.media.heard.get(caller.media.voice, 0) > 30, phone.media.heard
    assert caller.media.heard.get(phone.media.voice, 0) > 30, caller.media.heard
    await house.telephony.hang_up(call_id)
    assert (await house.wait(CallerGone)).call_id == call_id


async def test_a_sip_phone_that_is_put_away_is_let_in_no_more(
    house: Listener, new_phone: Callable[..., Awaitable[Phone]]
) -> None:
    await house.telephony.set_phone_account(PhoneAccount(AWA, "s7", "secret-7", is_browser=False))
    phone = await new_phone(AWA)
    await house.phone_ready(AWA)
    await house.telephony.remove_phone_account(AWA)
    assert (await house.wait(PhoneGone)).user_id == AWA
    assert await phone.register() >= 400

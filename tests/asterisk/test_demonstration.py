"""Live a call of the demonstration, where the outside world is the exchange itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk.configuration import ExchangeSettings
from decroche.calls.adapters.asterisk.install import Installation
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.ports import Mix, PartyAnswered, PartyLeg, PhoneAnswered
from tests.asterisk.fixtures import SOUNDS
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Phone

pytestmark = pytest.mark.asterisk
LINE, AWA = "+33199000001", 11


@pytest.fixture(scope="module")
def demonstration(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsteriskServer]:
    folder = tmp_path_factory.mktemp("demo") / "telephony"
    with AsteriskServer(installation, ExchangeSettings(folder, sounds_dir=SOUNDS)) as server:
        yield server


@pytest.fixture
async def listening(demonstration: AsteriskServer) -> AsyncIterator[Listener]:
    made = Listener(AriTelephony(lambda: AriSettings.of(demonstration.connection).with_plain_phones()))
    await made.start()
    yield made
    await made.stop()


async def test_people_outside_pick_up_when_they_are_called_and_consulted(
    demonstration: AsteriskServer, listening: Listener
) -> None:
    await listening.open_phone(AWA)
    phone = Phone(f"s{AWA}", f"secret-{AWA}", demonstration.connection.sip_port, voice=0x10)
    await phone.open()
    assert await phone.register() == 200
    await listening.phone_ready(AWA)
    call_id = uuid4()
    leg = await listening.ring(call_id, AWA)
    await phone.wait_ringing()
    phone.answer()
    assert (await listening.wait(PhoneAnswered)).leg == leg
    await listening.telephony.call_out(leg, number="+33612345678", shown_number=LINE)
    assert (await listening.wait(PartyAnswered)).party == PartyLeg(call_id, 0)
    phone.media.heard.clear()
    await asyncio.sleep(1.5)
    assert len(phone.media.heard) > 5, "nobody said hello"
    party = PartyLeg(call_id, 1)
    await listening.telephony.hold(call_id)
    await listening.telephony.ring_party(party, number="+33611111111", shown_number=LINE)
    assert (await listening.wait(PartyAnswered)).party == party
    await listening.telephony.mix(party, leg, Mix.ALL)
    await listening.telephony.hang_up(call_id)
    phone.close()

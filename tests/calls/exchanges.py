"""Let people act around an exchange, the one in memory or a real Asterisk, so that both live the same stories."""

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

import pytest

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk.server import AsteriskServer
from decroche.calls.adapters.memory import MemoryExchange
from decroche.calls.ports import PartyAnswered, PartyLeg, PhoneAnswered, SecretaryLeg, Telephony
from tests.asterisk.fixtures import silence
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Dialogue, Phone

LINE, CALLER, OUTSIDE, AWA, INES = "+33199000001", "+33612345678", "+33199555555", 11, 12


class World(Protocol):
    """What people do around an exchange."""

    telephony: Telephony

    async def caller_arrives(self, name: str = "") -> None: ...
    async def caller_presses(self, digits: str) -> None: ...
    async def caller_hangs_up(self) -> None: ...
    async def listens_to_the_end(self, call_id: UUID) -> None: ...
    async def phone_registers(self, user_id: int) -> None: ...
    async def phone_picks_up(self, user_id: int) -> None: ...
    async def phone_refuses(self, user_id: int) -> None: ...
    async def phone_leaves(self, user_id: int) -> None: ...
    async def mobile_picks_up(self, user_id: int) -> None: ...
    async def outside_answers(self, call_id: UUID) -> None: ...
    async def outside_is_busy(self, call_id: UUID) -> None: ...
    async def outside_hangs_up(self, call_id: UUID) -> None: ...
    async def message_is_left(self) -> None: ...
    def second_switchboard(self) -> Telephony: ...
    async def close(self) -> None: ...


class MemoryWorld:
    def __init__(self) -> None:
        self.telephony = self.exchange = MemoryExchange()

    async def caller_arrives(self, name: str = "") -> None:
        self._channel = self.exchange.caller_arrives(LINE, CALLER, name)

    @property
    def _call(self) -> UUID:
        call_id = self.exchange.callers[self._channel].call_id
        assert call_id
        return call_id

    async def caller_presses(self, digits: str) -> None:
        self.exchange.caller_presses(self._call, digits)

    async def caller_hangs_up(self) -> None:
        self.exchange.caller_hangs_up(self._channel)

    async def listens_to_the_end(self, call_id: UUID) -> None:
        self.exchange.prompt_ends(call_id)

    async def phone_registers(self, user_id: int) -> None:
        self.exchange.phone_registers(user_id)

    async def phone_picks_up(self, user_id: int) -> None:
        self.exchange.phone_picks_up(user_id)

    async def phone_refuses(self, user_id: int) -> None:
        self.exchange.phone_hangs_up(user_id)

    async def phone_leaves(self, user_id: int) -> None:
        self.exchange.phone_vanishes(user_id)

    async def mobile_picks_up(self, user_id: int) -> None:
        self.exchange.phone_picks_up(user_id)

    async def outside_answers(self, call_id: UUID) -> None:
        self.exchange.number_answers(call_id)
        self.exchange.party_answers(call_id)

    async def outside_is_busy(self, call_id: UUID) -> None:
        if self.exchange.parties:
            self.exchange.party_leaves(call_id, cause="busy")
        else:
            self.exchange.number_refuses(call_id, cause="busy")

    async def outside_hangs_up(self, call_id: UUID) -> None:
        if self.exchange.parties:
            self.exchange.party_leaves(call_id)
        else:
            self.exchange.number_refuses(call_id, cause="hangup")

    async def message_is_left(self) -> None:
        self.exchange.leave_voicemail(self._call)

    def second_switchboard(self) -> Telephony:
        return self.exchange

    async def close(self) -> None: ...


class AsteriskWorld:
    def __init__(self, server: AsteriskServer, outside: Phone) -> None:
        self._server, self._port = server, server.connection.sip_port
        self.telephony: Telephony = self.second_switchboard()
        self.phones: dict[int, Phone] = {}
        self.caller = Dialogue(self._port, voice=0x77)
        self.outside = outside

    def second_switchboard(self) -> Telephony:
        return AriTelephony(lambda: AriSettings.of(self._server.connection).with_plain_phones())

    async def caller_arrives(self, name: str = "") -> None:
        await self.caller.call(LINE, number=CALLER, name=name)

    async def caller_presses(self, digits: str) -> None:
        await asyncio.wait_for(self.caller.answered.wait(), 5)
        await self.caller.press(digits)

    async def caller_hangs_up(self) -> None:
        self.caller.hang_up()

    async def listens_to_the_end(self, call_id: UUID) -> None:
        """Asterisk's sentences end by themselves."""

    async def phone_registers(self, user_id: int) -> None:
        phone = self.phones[user_id] = Phone(f"s{user_id}", f"secret-{user_id}", self._port, voice=user_id)
        await phone.open()
        assert await phone.register() == 200

    async def phone_picks_up(self, user_id: int) -> None:
        await self.phones[user_id].wait_ringing()
        self.phones[user_id].answer()

    async def phone_refuses(self, user_id: int) -> None:
        await self.phones[user_id].wait_ringing()
        self.phones[user_id].refuse()

    async def phone_leaves(self, user_id: int) -> None:
        await self.phones[user_id].register(expires=0)

    async def mobile_picks_up(self, user_id: int) -> None:
        await self.outside.wait_ringing()
        self.outside.answer()
        await asyncio.sleep(0.5)
        await self.outside.press("1")

    async def outside_answers(self, call_id: UUID) -> None:
        await self.outside.wait_ringing()
        self.outside.answer()

    async def outside_is_busy(self, call_id: UUID) -> None:
        await self.outside.wait_ringing()
        self.outside.refuse()

    async def outside_hangs_up(self, call_id: UUID) -> None:
        self.outside.hang_up()

    async def message_is_left(self) -> None:
        async with asyncio.timeout(30):
            inbox = self._server.settings.state_dir / "spool/voicemail"
            while not list(inbox.glob("*.wav")):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            await asyncio.sleep(2)
        self.caller.hang_up()

    async def close(self) -> None:
        self.caller.close()
        for phone in self.phones.values():
            await phone.register(expires=0)
            phone.close()
        await silence(self._server)


@pytest.fixture(params=["memory", pytest.param("asterisk", marks=pytest.mark.asterisk)])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        yield MemoryWorld()
        return
    made = AsteriskWorld(request.getfixturevalue("fresh_exchange"), await _outside(request))
    yield made
    await made.close()


async def _outside(request: pytest.FixtureRequest) -> Phone:
    phone = Phone("outside", "", 0, voice=0x3C)
    await phone.open(request.getfixturevalue("operator_port"))
    request.addfinalizer(phone.close)
    return phone


@pytest.fixture
async def listener(world: World) -> AsyncIterator[Listener]:
    made = Listener(world.telephony)
    await made.start()
    yield made
    await made.stop()


async def ready_phone(world: World, listener: Listener, user_id: int = AWA) -> None:
    await listener.open_phone(user_id)
    await world.phone_registers(user_id)
    await listener.phone_ready(user_id)


async def conversation(world: World, listener: Listener, user_id: int = AWA) -> tuple[UUID, SecretaryLeg]:
    """Bring a caller and a secretary together."""
    await ready_phone(world, listener, user_id)
    await world.caller_arrives()
    _, call_id = await listener.adopt()
    leg = await listener.ring(call_id, user_id)
    await world.phone_picks_up(user_id)
    assert (await listener.wait(PhoneAnswered)).leg == leg
    await listener.telephony.connect(leg)
    return call_id, leg


async def third_person(world: World, listener: Listener, call_id: UUID) -> PartyLeg:
    """Put the caller on hold and bring somebody from outside in."""
    party = PartyLeg(call_id, 1)
    await listener.telephony.hold(call_id)
    await listener.telephony.ring_party(party, number=OUTSIDE, shown_number=LINE)
    await world.outside_answers(call_id)
    assert (await listener.wait(PartyAnswered)).party == party
    return party

"""A real exchange on ports of its own, an operator, phones: what the stories about telephony share."""

import asyncio
import itertools
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.adapters.ari.telephony import AriTelephony
from decroche.calls.adapters.asterisk.configuration import ExchangeSettings, Trunk
from decroche.calls.adapters.asterisk.install import AsteriskUnavailable, Installation, install
from decroche.calls.adapters.asterisk.places import data_dir, default_install_dir
from decroche.calls.adapters.asterisk.server import AsteriskServer
from tests.asterisk.listening import Listener
from tests.asterisk.phone import Phone
from tests.asterisk.sipp import Caller

LEASE_SECONDS = 3
SOUNDS = data_dir() / "telephony/sounds"  # made once for every exchange of this machine


@pytest.fixture(scope="session")
def installation() -> Installation:
    try:
        return install(default_install_dir(), say=lambda _: None)
    except AsteriskUnavailable as error:
        pytest.skip(f"NO ASTERISK ON THIS MACHINE, real telephony is not proved: {error}")


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def operator_port() -> int:
    return free_udp_port()


@pytest.fixture(scope="session")
def exchange(
    installation: Installation, operator_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AsteriskServer]:
    settings = ExchangeSettings(
        tmp_path_factory.mktemp("data") / "telephony",
        sounds_dir=SOUNDS,
        trunk=Trunk("127.0.0.1", operator_port),
        lease_seconds=LEASE_SECONDS,
        fallback_seconds=10,  # longer than a switchboard takes to come back, on a busy machine too
        transfer_seconds=5,
        voicemail_silence_seconds=3,
    )
    server = AsteriskServer(installation, settings)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def fresh_exchange(exchange: AsteriskServer) -> AsteriskServer:
    """The shared exchange, alive again whatever the last story did to it."""
    if not exchange.is_alive():
        exchange.start()
    return exchange


@pytest.fixture
async def listener(fresh_exchange: AsteriskServer) -> AsyncIterator[Listener]:
    """Our adapter, connected, with everything that it tells kept in order."""
    settings = AriSettings.of(fresh_exchange.connection).with_plain_phones()
    listener = Listener(AriTelephony(lambda: settings))
    await listener.start()
    yield listener
    await listener.stop()


@pytest.fixture
async def new_phone(fresh_exchange: AsteriskServer) -> AsyncIterator[Callable[..., Awaitable[Phone]]]:
    """Make a registered secretary's phone (its account must exist)."""
    phones: list[Phone] = []
    voices = itertools.count(0x10)

    async def make(user_id: int, *, answers_after: float | None = None) -> Phone:
        phone = Phone(
            f"s{user_id}", f"secret-{user_id}", fresh_exchange.connection.sip_port,
            voice=next(voices), answers_after=answers_after,
        )  # fmt: skip
        phones.append(await phone.open())
        assert await phone.register() == 200
        return phone

    yield make
    for phone in phones:
        if phone.is_open and fresh_exchange.is_alive():
            await phone.register(expires=0)
        phone.close()


@pytest.fixture
async def outside(operator_port: int, fresh_exchange: AsteriskServer) -> AsyncIterator[Phone]:
    """Every number outside: whatever the exchange rings through the operator rings here."""
    phone = Phone("outside", "", fresh_exchange.connection.sip_port, voice=0x3C)
    await phone.open(operator_port)
    yield phone
    phone.close()


@pytest.fixture
async def new_caller(fresh_exchange: AsteriskServer, tmp_path: Path) -> AsyncIterator[Callable[[], Caller]]:
    if shutil.which("sipp") is None:
        pytest.skip("NO SIPP ON THIS MACHINE (apt-get install sip-tester): real telephony is not proved")
    callers: list[Caller] = []

    def make() -> Caller:
        folder = tmp_path / f"caller-{len(callers)}"
        folder.mkdir()
        callers.append(Caller(folder, fresh_exchange.connection.sip_port))
        return callers[-1]

    yield make
    for caller in callers:
        await caller.close()
    await silence(fresh_exchange)


async def silence(exchange: AsteriskServer) -> None:
    """Let the next story begin on a silent exchange."""
    for _ in range(50):
        if "0 active channels" in await asyncio.to_thread(exchange.command, "core show channels count"):
            return
        await asyncio.to_thread(exchange.command, "channel request hangup all")
        await asyncio.sleep(0.1)

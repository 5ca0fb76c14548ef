"""Two switchboards, one exchange: the processes themselves; the first is killed, the second leads."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from decroche.accounts.models import User
from decroche.calls.actions.give_order import exchange_of, give_order
from decroche.calls.models import Post, SwitchboardOrder, SwitchboardPulse
from decroche.calls.switchboard.journal import _environment
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.switchboard.wire import LEADER_LOCK, Wire, lock_of
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from tests.database import read, until, until_read
from tests.factories import make_practice, make_secretariat, make_secretary

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]


@pytest.fixture
def awa(transactional_db: Any) -> User:
    with every_practice():
        return make_secretary(secretariat=make_secretariat(), practices=(make_practice(),))


class Process:
    """Be ``decroche switchboard`` with the exchange in memory."""

    def __init__(self, log: Path, exchange: str = "") -> None:
        self._log, self._exchange = log, exchange
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> "Process":
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "decroche", "switchboard", "--exchange", self._exchange,
                env=_environment() | {"DECROCHE_TELEPHONY": "memory", "DECROCHE_LOG_LEVEL": "INFO"},
                stdout=log, stderr=log,
            )  # fmt: skip
        return self

    def says(self, words: str) -> bool:
        return words in self._log.read_text()

    def kill(self) -> None:
        assert self._process
        self._process.kill()

    async def stop(self) -> None:
        assert self._process
        if self._process.returncode is None:
            os.kill(self._process.pid, signal.SIGTERM)
        await self._process.wait()


@pytest.fixture
async def processes(tmp_path: Path) -> AsyncIterator[Callable[..., Process]]:
    made: list[Process] = []

    def make(exchange: str = "") -> Process:
        made.append(Process(tmp_path / f"switchboard-{len(made)}.log", exchange))
        return made[-1]

    yield make
    for process in made:
        await process.stop()


async def test_a_standby_leads_within_seconds_of_the_leader_s_death_and_obeys(
    awa: User, processes: Callable[..., Process]
) -> None:
    first = await processes().start()
    await until(lambda: first.says("the switchboard leads"), seconds=40)
    second = await processes().start()
    await until(lambda: second.says("standing by"), seconds=40)
    assert not second.says("the switchboard leads")
    first.kill()
    began = time.monotonic()
    await until(lambda: second.says("the switchboard leads"), seconds=40)
    assert time.monotonic() - began < 6
    payload = {"state": "paused", "reason": "lunch"}
    await read(lambda: give_order(kind=OrderKind.SET_STATE, user=awa, now=now(), payload=payload))
    await until_read(lambda: Post.objects.filter(user=awa, state="paused").exists(), seconds=40)


async def test_two_exchanges_are_led_side_by_side_and_each_obeys_its_own_orders(
    awa: User, processes: Callable[..., Process]
) -> None:
    north, south = await processes("nord").start(), await processes("sud").start()
    await until(
        lambda: north.says("the switchboard leads") and south.says("the switchboard leads"), seconds=40
    )
    await until_read(
        lambda: SwitchboardPulse.objects.filter(exchange__in=["nord", "sud"]).count() == 2, seconds=40
    )
    payload = {"state": "paused", "reason": "lunch"}
    number = await read(
        lambda: give_order(kind=OrderKind.SET_STATE, user=awa, now=now(), payload=payload, exchange="sud").pk
    )
    await until_read(
        lambda: SwitchboardOrder.objects.filter(pk=number, done_at__isnull=False).exists(), seconds=40
    )
    assert (await read(lambda: Post.objects.get(user=awa))).exchange == "sud"
    assert await read(lambda: exchange_of(awa)) == "sud"  # what she asks from now on goes there


async def test_a_wire_hears_what_is_for_all_and_what_is_for_its_exchange_only(awa: User) -> None:
    wire, heard = Wire(exchange="sud"), asyncio.Queue[str]()
    await wire.become_leader()

    async def listen() -> None:
        async for words in wire.wakes():
            heard.put_nowait(words)

    listening = asyncio.create_task(listen())

    def notify() -> None:
        with connections["default"].cursor() as cursor:
            for words in ("order 1@nord", "order 2@sud", "order 3@", "directory"):
                cursor.execute("SELECT pg_notify('switchboard', %s)", [words])

    await asyncio.wait_for(heard.get(), 5)  # the resync of the beginning
    await read(notify)
    found = []
    while "directory" not in found:
        found.append(await asyncio.wait_for(heard.get(), 5))
    listening.cancel()
    await wire.close()
    assert [words for words in found if words != "resync"] == ["order 2@sud", "directory"]


def test_each_exchange_has_a_lock_of_its_own() -> None:
    locks = {lock_of(name) for name in ("", "nord", "sud")}
    assert len(locks) == 3
    assert lock_of("") == LEADER_LOCK
    assert all(-(2**63) <= lock < 2**63 for lock in locks)

"""What one call asks of the exchange goes out in order, but a secretary's phone waits for nobody's being taken in."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from decroche.calls.adapters.memory import MemoryExchange
from decroche.calls.ports import ChannelGone, Prompt, SecretaryLeg
from decroche.calls.switchboard.brain import Brain
from decroche.calls.switchboard.commands import (
    AdoptCaller,
    Connect,
    Hold,
    RenewLease,
    RingPhone,
    StopRinging,
    Welcome,
)
from decroche.calls.switchboard.conductor import Conductor
from tests.calls.stage import AWA, Stage


class SlowExchange:
    """Does each thing when it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may: dict[str, asyncio.Event] = {}

    def __getattr__(self, name: str) -> Any:
        async def do(*_args: object, **_words: object) -> None:
            self.begun.append(name)
            await self.may.setdefault(name, asyncio.Event()).wait()

        return do

    async def lets(self, *names: str) -> None:
        for name in names:
            self.may.setdefault(name, asyncio.Event()).set()
            await asyncio.sleep(0.01)


@pytest.fixture
def exchange() -> SlowExchange:
    return SlowExchange()


@pytest.fixture
def conductor(exchange: SlowExchange) -> Conductor:
    return Conductor(Brain(), exchange, write=lambda _entry: None, clock=lambda: datetime.now(UTC))  # type: ignore[arg-type]


@pytest.fixture
def call_id() -> UUID:
    return uuid4()


def _taken_in(call_id: UUID) -> tuple[AdoptCaller, Welcome]:
    return AdoptCaller(call_id, "channel", ""), Welcome(call_id, Prompt())


async def test_a_phone_rings_while_its_caller_is_taken_in(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID
) -> None:
    for command in (*_taken_in(call_id), RingPhone(SecretaryLeg(call_id, 1, 1), "", "")):
        conductor.send(command)
    await asyncio.sleep(0.01)
    assert exchange.begun == ["adopt_caller", "welcome", "ring_phone"], "an exchange obeys in its own order"
    await exchange.lets("adopt_caller", "welcome", "ring_phone")
    await conductor.quiet()


async def test_a_phone_rings_in_the_turn_that_says_so(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before his marks, his welcome, or anything else that waits for the loop."""

    def rings(*_args: object, **_words: object) -> Any:
        exchange.begun.append("ring_phone")
        return asyncio.sleep(0)

    monkeypatch.setattr(exchange, "ring_phone", rings, raising=False)
    adopt, welcome = _taken_in(call_id)
    for command in (adopt, RingPhone(SecretaryLeg(call_id, 1, 1), "", ""), welcome):
        conductor.send(command)
    assert exchange.begun == ["ring_phone"]
    await exchange.lets("adopt_caller", "welcome")
    assert exchange.begun == ["ring_phone", "adopt_caller", "welcome"]
    await conductor.quiet()


async def test_a_welcome_waits_for_the_lease_that_outlasts_it(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID
) -> None:
    adopt, welcome = _taken_in(call_id)
    for command in (adopt, RenewLease(call_id, 4), welcome):
        conductor.send(command)
    await asyncio.sleep(0.01)
    assert exchange.begun == ["adopt_caller", "renew_lease"]
    await exchange.lets("adopt_caller", "renew_lease", "welcome")
    assert exchange.begun[-1] == "welcome"
    await conductor.quiet()


async def test_what_follows_waits_for_the_ring_and_for_the_welcome(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID
) -> None:
    leg = SecretaryLeg(call_id, 1, 1)
    for command in (*_taken_in(call_id), RingPhone(leg, "", ""), Connect(leg)):
        conductor.send(command)
    await exchange.lets("ring_phone")
    assert "connect" not in exchange.begun
    await exchange.lets("adopt_caller", "welcome")
    assert exchange.begun[-1] == "connect"
    await exchange.lets("connect")
    await conductor.quiet()


async def test_a_slow_ring_is_over_before_it_is_stopped(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID
) -> None:
    leg = SecretaryLeg(call_id, 1, 1)
    for command in (*_taken_in(call_id), RingPhone(leg, "", ""), StopRinging(leg)):
        conductor.send(command)
    await exchange.lets("adopt_caller", "welcome")
    assert "stop_ringing" not in exchange.begun
    await exchange.lets("ring_phone")
    assert exchange.begun[-1] == "stop_ringing"
    await exchange.lets("stop_ringing")
    await conductor.quiet()


async def test_a_ring_overtakes_nothing_but_the_taking_in(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID
) -> None:
    conductor.send(Hold(call_id))
    conductor.send(RingPhone(SecretaryLeg(call_id, 1, 2), "", ""))
    await asyncio.sleep(0.01)
    assert exchange.begun == ["hold"]
    await exchange.lets("hold", "ring_phone")
    await conductor.quiet()
    assert exchange.begun == ["hold", "ring_phone"]


async def test_a_phone_that_cannot_ring_holds_up_nobody(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_args: object, **_words: object) -> None:
        raise ChannelGone

    monkeypatch.setattr(exchange, "ring_phone", gone, raising=False)
    leg = SecretaryLeg(call_id, 1, 1)
    for command in (*_taken_in(call_id), RingPhone(leg, "", ""), StopRinging(leg)):
        conductor.send(command)
    await exchange.lets("adopt_caller", "welcome", "stop_ringing")
    await conductor.quiet()
    assert exchange.begun == ["adopt_caller", "welcome", "stop_ringing"]


@pytest.mark.parametrize("order", [("ring_phone", "renew_lease"), ("renew_lease", "ring_phone")])
async def test_a_lease_and_a_phone_wait_neither_for_each_other_nor_for_a_slow_taking_in(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID, order: tuple[str, str]
) -> None:
    """An exchange that answers in two seconds would else hear of us after four, when the dial plan has the caller."""
    said = {
        "ring_phone": RingPhone(SecretaryLeg(call_id, 1, 1), "", ""),
        "renew_lease": RenewLease(call_id, 4),
    }
    for command in (*_taken_in(call_id), *(said[name] for name in order)):
        conductor.send(command)
    await asyncio.sleep(0.01)
    assert exchange.begun == ["adopt_caller", "welcome", *order]
    await exchange.lets("adopt_caller", "welcome", "ring_phone", "renew_lease")
    await conductor.quiet()


async def test_an_exchange_that_is_behind_is_not_told_again_and_again(
    conductor: Conductor, exchange: SlowExchange, call_id: UUID
) -> None:
    leg = SecretaryLeg(call_id, 1, 1)
    for command in (Hold(call_id), *[RenewLease(call_id, 4)] * 5, RenewLease(call_id, 0), Connect(leg)):
        conductor.send(command)
    await exchange.lets("hold", "renew_lease", "connect")
    await conductor.quiet()
    assert exchange.begun == ["hold", *["renew_lease"] * 3, "connect"]  # two of the five, and that it ends


async def test_a_phone_is_rung_before_the_journal_is_written_and_all_else_is_asked_after_it() -> None:
    told: list[str] = []

    class Exchange(MemoryExchange):
        def _ask(self, verb: str, what: object) -> None:
            told.append(verb)
            super()._ask(verb, what)

    stage = Stage()
    exchange = stage.exchange = Exchange(clock=lambda: stage.now)
    ring = exchange.ring_phone

    def ring_now(leg: SecretaryLeg, **words: str) -> Coroutine[Any, Any, None]:
        told.append("rings")
        return ring(leg, **words)

    exchange.ring_phone = ring_now  # type: ignore[method-assign,assignment]
    stage.start_brain()
    await stage.at_post(AWA)
    stage.conductor._write = lambda _entry: told.append("written")
    told.clear()
    await stage.ring()
    assert told[:4] == ["rings", "written", "adopt_caller", "ring_phone"]

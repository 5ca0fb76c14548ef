"""Wake a switchboard that was frozen: it hears what happened before it acts on what it believed."""

import asyncio
from types import SimpleNamespace

import pytest

from decroche.calls.domain.call import CallState
from decroche.calls.ports import (
    CallArrived,
    CallerGone,
    Cause,
    ChannelGone,
    DigitPressed,
    ExchangeDown,
    PhoneAccount,
    PhoneUnreachable,
)
from decroche.calls.switchboard import conductor as conducting
from decroche.calls.switchboard.commands import RenewLease
from decroche.calls.switchboard.orders import Order, OrderKind, Refusal
from tests.calls.stage import AWA, MARTINIQUE_LINE, Stage


async def asleep(stage: Stage, monkeypatch: pytest.MonkeyPatch, seconds: float = 8) -> None:
    """Let the conductor live on its own for a moment, then find that it has slept that long."""
    clock = 1000.0
    monkeypatch.setattr(conducting, "time", SimpleNamespace(monotonic=lambda: clock))
    following = [
        asyncio.create_task(stage.conductor.follow_time()),
        asyncio.create_task(stage.conductor.follow_events()),
    ]
    await asyncio.sleep(0.05)
    clock += seconds
    await asyncio.sleep(conducting.TICK_SECONDS + 0.1)
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)


async def test_what_happened_is_heard_before_any_deadline_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage()
    seen: list[str] = []
    hear_all = stage.exchange.hear_all

    async def hears() -> None:
        seen.append("hears")
        await hear_all()

    tick = stage.conductor.tick

    def ticks() -> None:
        seen.append("tick")
        tick()

    monkeypatch.setattr(stage.exchange, "hear_all", hears)
    monkeypatch.setattr(stage.conductor, "tick", ticks)
    await asleep(stage, monkeypatch)
    assert seen[:3] == ["tick", "hears", "tick"]


async def test_an_exchange_that_does_not_answer_stops_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()

    async def down() -> None:
        raise ExchangeDown

    monkeypatch.setattr(stage.exchange, "hear_all", down)
    await asleep(stage, monkeypatch)
    assert stage.conductor.ticks >= 2


async def test_nobody_is_offered_a_caller_of_whom_the_next_word_says_that_he_left() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    busy = await stage.talk(AWA, MARTINIQUE_LINE)
    behind = await stage.ring(MARTINIQUE_LINE)
    stage.exchange.asked.clear()
    stage.conductor._looked = 0.0  # a long sleep: both of these happened during it
    stage.conductor.take_in(CallerGone(busy.channel_id, busy.call_id, stage.now))
    stage.brain.free(stage.brain.posts[AWA], stage.now)
    stage.conductor.take_in(CallerGone(behind.channel_id, behind.call_id, stage.now, Cause.LEASE))
    await stage.conductor.quiet()
    assert behind.state is CallState.FALLBACK
    assert "ring_phone" not in [verb for verb, _ in stage.exchange.asked]
    stage.conductor.take_in(CallerGone(behind.channel_id, behind.call_id, stage.now))
    stage.conductor._looked = None
    later = await stage.ring(MARTINIQUE_LINE)
    assert later.state is CallState.OFFERED


async def test_a_lease_that_comes_too_late_does_not_end_a_call_that_the_fallback_has() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    stage.exchange._fire_lease(stage.exchange.callers[call.channel_id])
    await stage.settle()
    assert call.state is CallState.FALLBACK
    stage.brain.on_failure(RenewLease(call.call_id, seconds=4), ChannelGone(), stage.now)
    assert call.state is CallState.FALLBACK


# --- a phone's order -------------------------------------------------------------------------

PAYLOAD = {"username": f"s{AWA}", "password": "secret"}


def answer_to(stage: Stage, number: int) -> str | None:
    rows = [row for entry in stage.entries for row in entry.orders if row.order_id == number]
    return rows[-1].refusal if rows else None


async def test_a_phone_s_order_is_done_once_the_exchange_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    await stage.settle()
    taught = asyncio.Event()

    async def slowly(account: PhoneAccount) -> None:
        await taught.wait()

    monkeypatch.setattr(stage.exchange, "set_phone_account", slowly)
    stage.conductor.obey(Order(900, OrderKind.PHONE_ACCOUNT, AWA, stage.now, None, PAYLOAD))
    for _ in range(5):
        await asyncio.sleep(0)
    assert answer_to(stage, 900) is None
    taught.set()
    await stage.conductor.quiet()
    assert answer_to(stage, 900) == ""
    assert not stage.brain.unanswered


@pytest.mark.parametrize(
    ("trouble", "answer"),
    [(PhoneUnreachable("s11"), Refusal.EXCHANGE_DOWN), (ExchangeDown(), "")],
    ids=["refused", "taught when it is back"],
)
async def test_a_phone_s_order_is_answered_whatever_the_exchange_says(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception, answer: str
) -> None:
    stage = Stage()
    await stage.settle()

    async def fails(account: PhoneAccount) -> None:
        raise trouble

    monkeypatch.setattr(stage.exchange, "set_phone_account", fails)
    assert await stage.order(OrderKind.PHONE_ACCOUNT, AWA, **PAYLOAD) == answer


async def test_who_left_before_he_could_be_marked_is_known_again_when_the_fallback_gives_him_back() -> None:
    stage = Stage()
    await stage.settle()
    call = await stage.ring(MARTINIQUE_LINE)
    caller = stage.exchange.callers[call.channel_id]
    stage.exchange._fire_lease(caller)
    await stage.settle()
    assert call.state is CallState.FALLBACK
    back = CallArrived(call.channel_id, MARTINIQUE_LINE, call.caller_number, "", stage.now)
    stage.conductor.take_in(back)
    assert (call.state, call.fallback_tried) == (CallState.WAITING, True)
    assert list(stage.brain.calls.values()) == [call]


async def test_what_changes_nothing_lets_nobody_be_offered_and_the_clock_does() -> None:
    stage = Stage()
    await stage.at_post(AWA)
    busy = await stage.talk(AWA, MARTINIQUE_LINE)
    behind = await stage.ring(MARTINIQUE_LINE)
    stage.conductor._looked = 0.0  # heard late: nobody is offered
    stage.conductor.take_in(CallerGone(busy.channel_id, busy.call_id, stage.now))
    stage.conductor._looked = None
    stage.brain.free(stage.brain.posts[AWA], stage.now)
    stage.brain.take_commands()
    stage.brain.take(stage.now)
    stage.conductor.take_in(DigitPressed(busy.call_id, "5", stage.now))
    assert behind.state is CallState.WAITING
    stage.conductor.tick()
    assert behind.state is CallState.OFFERED

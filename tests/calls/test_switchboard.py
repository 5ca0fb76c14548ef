"""The whole process on a real database: orders in, journal out, restarts, an absent database."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from decroche.accounts.models import User
from decroche.calls.actions.give_order import OrderRefused, give_order, give_order_and_wait
from decroche.calls.actions.leave_post import leave_post
from decroche.calls.actions.open_phone import open_phone
from decroche.calls.adapters.memory import MemoryExchange
from decroche.calls.models import Call, CallStep, Post, SwitchboardOrder, SwitchboardPulse
from decroche.calls.switchboard.main import Switchboard
from decroche.calls.switchboard.orders import OrderKind
from decroche.calls.switchboard.watchdog import Watchdog
from decroche.calls.switchboard.wire import Wire
from decroche.foundation.clock import now
from decroche.foundation.tenancy import every_practice
from decroche.messaging.models import FollowUp
from decroche.practices.models import Line
from tests.calls.outage import Outage, database_away  # noqa: F401
from tests.database import read, until, until_read
from tests.factories import make_line, make_mandate, make_practice, make_secretariat, make_secretary

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]

CALLER = "+33612345678"


class House:
    """One practice with a line, and Awa who answers for it."""

    def __init__(self) -> None:
        with every_practice():
            practice = make_practice(name="Cabinet des Lilas")
            self.line: Line = make_line(practice=practice)
            self.awa: User = make_secretary(secretariat=make_secretariat(), practices=(practice,))
            self.practice = practice


@pytest.fixture
def house(db: Any) -> House:
    return House()


@pytest.fixture
async def exchange() -> MemoryExchange:
    return MemoryExchange(clock=now, phones_register_at_once=True)


@contextlib.asynccontextmanager
async def serving(exchange: MemoryExchange) -> AsyncIterator[Switchboard]:
    """Run a switchboard for the length of a block, and end it as SIGTERM would."""
    switchboard = Switchboard(exchange)
    task = asyncio.create_task(switchboard.serve())
    try:
        async with asyncio.timeout(10):
            await switchboard.leads.wait()
            await until(lambda: switchboard.brain.exchange_up)
        await until_read(
            _gives_signs_of_life, seconds=40
        )  # a process starts: that is the machine's pace, not ours
        yield switchboard
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _gives_signs_of_life() -> bool:
    """Tell what screens ask before they give an order: whether the journal has written a fresh pulse."""
    pulse = SwitchboardPulse.objects.first()
    return pulse is not None and pulse.is_alive(now=now()) and pulse.exchange_up


async def sit_down(house: House) -> None:
    await read(lambda: open_phone(user=house.awa, now=now()))
    await order(house, OrderKind.SET_STATE, state="available")


async def order(house: House, kind: OrderKind, call_id: Any = None, **payload: Any) -> Any:
    return await read(
        lambda: give_order_and_wait(
            kind=kind, user=house.awa, now=now(), call_id=call_id, payload=payload, patience_seconds=20
        )
    )


async def the_call(exchange: MemoryExchange, switchboard: Switchboard, house: House) -> Any:
    channel = exchange.caller_arrives(house.line.number, CALLER)
    call_id = await until(lambda: switchboard.brain.by_channel.get(channel))
    return switchboard.brain.calls[call_id]


async def test_a_call_is_lived_and_written_from_arrival_to_wrap_up(
    house: House, exchange: MemoryExchange
) -> None:
    async with serving(exchange) as switchboard:
        await until_read(
            lambda: SwitchboardPulse.objects.filter(exchange_up=True, is_simulated=True).exists()
        )
        await sit_down(house)
        call = await the_call(exchange, switchboard, house)
        await until_read(
            lambda: Post.objects.filter(user=house.awa, state="ringing", call_id=call.call_id).exists()
        )
        assert await order(house, OrderKind.PICK_UP)
        await until_read(
            lambda: Call.objects.filter(pk=call.call_id, state="talking", secretary=house.awa).exists()
        )
        assert await order(house, OrderKind.HANG_UP, call.call_id)
        row = await until_read(lambda: Call.objects.filter(pk=call.call_id, state="ended").first())
        assert (row.end_reason, row.practice_id, row.caller_number) == (
            "completed",
            house.practice.pk,
            CALLER,
        )
        kinds = await read(
            lambda: list(CallStep.objects.filter(call_id=row.pk).values_list("kind", flat=True))
        )
        assert kinds == ["arrived", "offered", "talking", "ended"]
        await order(house, OrderKind.END_WRAP_UP)
        post = await read(lambda: Post.objects.get(user=house.awa))
        assert (post.state, post.registered) == ("available", True)


async def test_a_talking_call_survives_a_restart(house: House, exchange: MemoryExchange) -> None:
    async with serving(exchange) as switchboard:
        await sit_down(house)
        call = await the_call(exchange, switchboard, house)
        await until(lambda: exchange.phone_picks_up(house.awa.pk))
        await until(lambda: exchange.callers[call.channel_id].hears == "conversation")
        await until(switchboard.journal.is_written)
    assert exchange.callers[call.channel_id].hears == "conversation"
    async with serving(exchange) as switchboard:
        adopted = await until(lambda: switchboard.brain.calls.get(call.call_id))
        assert (adopted.state, adopted.secretary_id) == ("talking", house.awa.pk)
        assert await order(house, OrderKind.HOLD, call.call_id)
        exchange.caller_hangs_up(call.channel_id)
        row = await until_read(lambda: Call.objects.filter(pk=call.call_id, state="ended").first())
        assert row.end_reason == "completed"


async def test_a_call_that_ended_while_we_were_away_becomes_a_call_back(
    house: House, exchange: MemoryExchange
) -> None:
    async with serving(exchange) as switchboard:
        await sit_down(house)
        call = await the_call(exchange, switchboard, house)
        await until(lambda: exchange.phone_picks_up(house.awa.pk))
        await until(switchboard.journal.is_written)
    exchange.caller_hangs_up(call.channel_id)
    async with serving(exchange):
        row = await until_read(lambda: Call.objects.filter(pk=call.call_id, state="ended").first())
        assert row.end_reason == "interrupted"
        follow_up = await read(lambda: FollowUp.objects.get(call_id=call.call_id))
        assert (follow_up.kind, follow_up.caller_number) == ("callback", CALLER)


async def test_a_voicemail_is_kept_on_file_and_becomes_a_follow_up(
    house: House, exchange: MemoryExchange, tmp_path: Path, settings: Any
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    sound = tmp_path / "spool.wav"
    sound.write_bytes(b"RIFF")
    async with serving(exchange) as switchboard:
        call = await the_call(exchange, switchboard, house)
        switchboard.brain.overflow(call, (), now(), to_fallback=False)
        switchboard.conductor.tick()
        await until(lambda: exchange.callers[call.channel_id].hears == "voicemail")
        exchange.leave_voicemail(call.call_id, path=sound)
        follow_up = await until_read(lambda: FollowUp.objects.filter(call_id=call.call_id).first())
        assert follow_up.kind == "voicemail"
        assert (tmp_path / "data" / "voicemail" / follow_up.voicemail_path).read_bytes() == b"RIFF"
        await until(lambda: not exchange.unkept_voicemails)


async def test_a_database_that_is_away_costs_no_caller_anything(
    house: House,
    exchange: MemoryExchange,
    database_away: Outage,  # noqa: F811
) -> None:
    async with serving(exchange) as switchboard:
        await sit_down(house)
        with database_away():
            call = await the_call(exchange, switchboard, house)
            await until(lambda: exchange.phone_picks_up(house.awa.pk))
            await until(lambda: exchange.callers[call.channel_id].hears == "conversation")
            exchange.caller_hangs_up(call.channel_id)
            await until(lambda: call.state == "ended")
            assert not switchboard.journal.is_written()
        row = await until_read(lambda: Call.objects.filter(pk=call.call_id, state="ended").first())
        kinds = await read(
            lambda: list(CallStep.objects.filter(call_id=row.pk).values_list("kind", flat=True))
        )
        assert kinds == ["arrived", "offered", "talking", "ended"]


async def test_a_changed_mandate_is_known_within_a_second(house: House, exchange: MemoryExchange) -> None:
    async with serving(exchange) as switchboard:
        await sit_down(house)

        def new_line() -> Line:
            practice = make_practice()
            secretariat = house.awa.secretariats.get()
            make_mandate(secretariat=secretariat, practice=practice)
            return make_line(practice=practice)

        line = await read(new_line)
        await until(lambda: line.number in switchboard.brain.directory.lines, seconds=3)
        assert switchboard.brain.directory.mandates[line.practice_id]


async def test_an_order_about_a_finished_call_is_refused_with_a_reason(
    house: House, exchange: MemoryExchange
) -> None:
    async with serving(exchange) as switchboard:
        await sit_down(house)
        call = await the_call(exchange, switchboard, house)
        exchange.caller_hangs_up(call.channel_id)
        with pytest.raises(OrderRefused, match="call_over"):
            await order(house, OrderKind.HOLD, call.call_id)


async def test_leaving_the_post_takes_the_phone_off_the_exchange(
    house: House, exchange: MemoryExchange
) -> None:
    async with serving(exchange):
        await sit_down(house)
        assert exchange.phones[house.awa.pk].registered
        await read(lambda: leave_post(user=house.awa, now=now()))
        await until(lambda: exchange.phones[house.awa.pk].account is None)
        await until_read(lambda: Post.objects.filter(user=house.awa, state="away", registered=False).exists())


async def test_a_second_switchboard_stands_by_until_the_first_leaves(
    house: House, exchange: MemoryExchange
) -> None:
    second = Wire()
    async with serving(exchange):
        waiting = asyncio.create_task(second.become_leader())
        await asyncio.sleep(0.3)
        assert not waiting.done()
    async with asyncio.timeout(5):
        await waiting
    await second.close()


async def test_orders_given_while_nobody_led_are_swept_up(house: House, exchange: MemoryExchange) -> None:
    def give() -> int:
        return give_order(
            kind=OrderKind.SET_STATE,
            user=house.awa,
            now=now(),
            payload={"state": "paused", "reason": "lunch"},
        ).pk

    number = await read(give)
    async with serving(exchange):
        await until_read(lambda: SwitchboardOrder.objects.filter(pk=number, done_at__isnull=False).exists())
        assert (await read(lambda: Post.objects.get(user=house.awa))).reason == "lunch"


def test_the_watchdog_gives_up_on_a_loop_that_hangs_and_on_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decroche.calls.switchboard.watchdog.LOOK_EVERY_SECONDS", 0.005)
    gone = threading.Event()
    moving = iter(range(10_000))
    lively = Watchdog(lambda: next(moving), give_up=gone.set)
    lively.start()
    time.sleep(0.15)
    lively.stop()
    assert not gone.is_set()
    Watchdog(lambda: 7, give_up=gone.set).start()
    assert gone.wait(2)

"""Run the third process: the switchboard.

It leads one exchange alone (a lock in PostgreSQL; another one stands by), decides in memory, drives the exchange, and
writes behind. Ending it, cleanly or not, touches no call: the next one adopts what lives.
"""

import asyncio
import contextlib
import gc
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import uvloop
from django.conf import settings
from django.db import DatabaseError, connection

from decroche.calls.models import DistributionPolicy
from decroche.calls.ports import ExchangeConnected, ExchangeEvent, Telephony
from decroche.calls.switchboard import house
from decroche.calls.switchboard.brain import Brain
from decroche.calls.switchboard.commands import (
    KeepRecording,
    KeepVoicemail,
    RemovePhoneAccount,
    SetPhoneAccount,
)
from decroche.calls.switchboard.conductor import Conductor
from decroche.calls.switchboard.directory import sharing_of
from decroche.calls.switchboard.exchange import open_exchange
from decroche.calls.switchboard.journal import Journal, spool_folder
from decroche.calls.switchboard.rubbish import GARBAGE_AFTER
from decroche.calls.switchboard.scribe import Forked, split_off
from decroche.calls.switchboard.state import Timing
from decroche.calls.switchboard.watchdog import Watchdog, tell_systemd
from decroche.calls.switchboard.wire import Deposed, Wire
from decroche.foundation.clock import now

log = logging.getLogger(__name__)

REFRESH_SECONDS = 30
GATHER_SECONDS = 0.2  # many rows changed at once are read once
EXIT_DEPOSED = 3

P = ParamSpec("P")
R = TypeVar("R")


class Switchboard:
    """Join brain, exchange, journal and house, for as long as this process leads."""

    def __init__(
        self,
        telephony: Telephony,
        *,
        wire: Wire | None = None,
        timing: Timing | None = None,
        exchange: str | None = None,
        scribe: Forked | None = None,
    ) -> None:
        self.telephony = telephony
        self.exchange = settings.EXCHANGE if exchange is None else exchange
        self.wire = wire or Wire(exchange=self.exchange)
        self.timing = timing or timing_from_settings()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="house")
        self._orders_seen: set[int] = set()
        self._refresh_asked = asyncio.Event()
        self._small: set[asyncio.Task[None]] = set()
        self.leads = asyncio.Event()
        self.brain = Brain(timing=self.timing, exchange=self.exchange)
        self.journal = Journal(
            clock=now, state=self._pulse, on_kept=self._kept, exchange=self.exchange, scribe=scribe
        )
        self.conductor = Conductor(
            self.brain, telephony, write=self.journal.put, clock=now, on_event=self._seen_event
        )

    async def serve(self) -> None:
        """Lead until cancelled, deposed or superseded; calls go on whatever ends us."""
        await self.wire.become_leader()
        watchdog = Watchdog(lambda: self.conductor.ticks)
        try:
            self.journal.start()
            await self.journal.caught_up()
            await self._remember()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow_exchange(), name="exchange")
                tasks.create_task(self.conductor.follow_time(), name="time")
                tasks.create_task(self._follow_wire(), name="wire")
                tasks.create_task(self._follow_house(), name="house")
                watchdog.start()
                self.leads.set()
                tell_systemd("READY=1")
                log.info("the switchboard leads, with %s lines", len(self.brain.directory.lines))
        finally:
            watchdog.stop()
            tell_systemd("STOPPING=1")
            await self._leave()

    async def _leave(self) -> None:
        """Let go of everything and of no call."""
        with contextlib.suppress(Exception):
            await self.telephony.close()
        await self.journal.close()
        await self.wire.close()
        self._reader.submit(lambda: connection.close())  # noqa: PLW0108  (the connection is the thread’s own)
        self._reader.shutdown(wait=True)

    # --- the house ----------------------------------------------------------------------

    async def _read(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        def run() -> R:
            try:
                return function(*args, **kwargs)
            except DatabaseError:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    async def _remember(self) -> None:
        """Take over what the switchboard before this one wrote."""
        while True:
            try:
                directory = await self._read(house.load_directory, now=now(), exchange=self.exchange)
                memory = await self._read(
                    house.load_memory, directory=directory, now=now(), exchange=self.exchange
                )
            except DatabaseError as error:
                log.warning("the house cannot be read yet (%s)", type(error).__name__)
                await asyncio.sleep(1)
                continue
            self.brain.remember(directory, memory.calls, memory.posts, memory.known_steps, memory.recorded)
            return

    async def _follow_house(self) -> None:
        """Read the directory again when somebody changed it, and now and then."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._refresh_asked.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._refresh_asked.clear()
            try:
                self.conductor.replace_directory(
                    await self._read(house.load_directory, now=now(), exchange=self.exchange)
                )
                for user_id in await self._read(house.expire_accounts, now=now(), exchange=self.exchange):
                    self.conductor.send(RemovePhoneAccount(user_id))
            except DatabaseError as error:
                log.warning("the house cannot be read now (%s)", type(error).__name__)

    # --- what wakes us ------------------------------------------------------------------

    async def _follow_exchange(self) -> None:
        await self.conductor.follow_events()
        if self.brain.superseded:
            log.error("another switchboard took the exchange over")
            raise Deposed

    async def _follow_wire(self) -> None:
        async for words in self.wire.wakes():
            if words == "resync":
                self._refresh_asked.set()
            if words == "directory":
                self._refresh_asked.set()
            else:
                await self._take_orders()

    async def _take_orders(self) -> None:
        try:
            orders = await self._read(house.pending_orders, exchange=self.exchange)
        except DatabaseError:
            return  # the wire will notice, and wake us when the database is back
        self._orders_seen &= {order.order_id for order in orders}
        for order in orders:
            if order.order_id not in self._orders_seen:
                self._orders_seen.add(order.order_id)
                self.conductor.obey(order)

    def _seen_event(self, event: ExchangeEvent) -> None:
        if isinstance(event, ExchangeConnected):
            task = asyncio.get_running_loop().create_task(self._let_phones_in())
            self._small.add(task)
            task.add_done_callback(self._small.discard)

    async def _let_phones_in(self) -> None:
        """Teach the phones that may register to an exchange that has perhaps forgotten them."""
        try:
            accounts = await self._read(house.live_accounts, now=now(), exchange=self.exchange)
        except DatabaseError:
            return
        for account in accounts:
            self.conductor.send(SetPhoneAccount(account))

    def say_what_it_holds(self) -> None:
        """Log how much lives (on SIGUSR1): what grows and never shrinks is a leak."""
        brain = self.brain
        held = {
            "tasks": len(asyncio.all_tasks()),
            "calls": len(brain.calls),
            "channels": len(brain.by_channel),
            "posts": len(brain.posts),
            "commands": self.conductor.under_way,
            "unwritten bytes": self.journal.unwritten_bytes,
            "collectable": len(gc.get_objects()),
        }
        held |= {f"exchange's {what}": count for what, count in self.telephony.held().items()}
        log.warning("the switchboard holds %s", json.dumps(held))

    # --- the journal's questions ----------------------------------------------------------

    def _pulse(self) -> tuple[bool, bool]:
        return self.brain.exchange_up, self.telephony.is_simulated

    def _kept(self, voicemails: Sequence[Path], recordings: Sequence[Path]) -> None:
        """Let the exchange forget the voicemails and recordings that are safely on file."""
        for path in voicemails:
            self.conductor.send(KeepVoicemail(path))
        for path in recordings:
            self.conductor.send(KeepRecording(path))


def _look_less_for_rubbish() -> None:
    """Let the collector pass over what lives as long as we do, and come once in many calls instead of at each."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


def timing_from_settings() -> Timing:
    """Return the delays that the settings name; for the rest, what a supervisor reads before she changes anything."""
    usual = sharing_of(DistributionPolicy()).routing
    return Timing(
        routing=replace(usual, offer_for=timedelta(seconds=settings.RING_SECONDS)),
        wrap_up=timedelta(seconds=settings.WRAP_UP_SECONDS),
    )


def run() -> int:
    """Run the process until a signal; return its exit code."""
    # The house is read in a thread, busy in Python: by default it would keep a caller waiting 5 ms at each step.
    sys.setswitchinterval(0.0002)
    scribe = split_off(spool_folder(settings.EXCHANGE))  # before there are threads
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_run(scribe))


async def _run(scribe: Forked) -> int:
    _look_less_for_rubbish()
    switchboard = Switchboard(open_exchange(settings.EXCHANGE), scribe=scribe)
    serving = asyncio.ensure_future(switchboard.serve())
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, switchboard.say_what_it_holds)
    for number in (signal.SIGTERM, signal.SIGINT):
        if threading.current_thread() is threading.main_thread():
            loop.add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        log.info("the switchboard leaves; calls go on")
        return 0
    except ExceptionGroup as failures:
        if failures.subgroup(Deposed) is None:
            raise
        log.error("this switchboard leads no more")  # noqa: TRY400
        return EXIT_DEPOSED
    return 0

"""Join the brain to the exchange: facts in, commands out, each call's commands in their order.

Everything runs on one event loop, so a turn of the brain is never interleaved with another. Commands of
different calls go out side by side. What a turn changed is handed to ``write``, which must not wait.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from decroche.calls.ports import ChannelGone, ExchangeDown, ExchangeEvent, PhoneUnreachable, Telephony
from decroche.calls.switchboard.asking import Asked, carry_out
from decroche.calls.switchboard.brain import Brain
from decroche.calls.switchboard.commands import (
    AdoptCaller,
    Command,
    RenewLease,
    RingPhone,
    SetPhoneAccount,
    Welcome,
    lane,
)
from decroche.calls.switchboard.orders import Order, obey
from decroche.calls.switchboard.records import Entry
from decroche.calls.switchboard.state import Directory

log = logging.getLogger(__name__)

TICK_SECONDS = 0.25
# Whoever did not look for so long hears first what happened; both together stay well within a lease.
ASLEEP_SECONDS = 1.5
CATCH_UP_SECONDS = 1.0
SLOW_SECONDS = 0.5  # what is worth a line in the log: a lease is renewed every second
# What need not wait for what: a secretary's phone rings while the caller is still being taken in, he is welcomed in the
# same breath in which he is marked (an exchange obeys in the order in which it is asked), and a lease outlives an exchange
# that answers slowly only when it is renewed at once, not after three answers.
UNHURRIED = (AdoptCaller, Welcome, RenewLease)
GOES_AHEAD_OF: Mapping[type, tuple[type, ...]] = {
    RingPhone: UNHURRIED,
    Welcome: (AdoptCaller, RingPhone),
    RenewLease: (*UNHURRIED, RingPhone),
}
# One on its way, and one after it: more would only be told to an exchange that is behind already.
RENEWALS_AT_MOST = 2


class Begun(NamedTuple):
    """Hold a command that was begun ahead of its turn."""

    command: Command
    task: "asyncio.Task[None]"


class Conductor:
    """Run one brain on one exchange."""

    def __init__(
        self,
        brain: Brain,
        telephony: Telephony,
        *,
        write: Callable[[Entry], None],
        clock: Callable[[], datetime],
        on_event: Callable[[ExchangeEvent], None] = lambda _event: None,
    ) -> None:
        self.brain = brain
        self.telephony = telephony
        self._write = write
        self._clock = clock
        self._on_event = on_event
        self._lanes: dict[object, deque[Command | Begun]] = {}  # each lane's first is on its way
        self._at_work: set[asyncio.Task[None]] = set()
        self._looked: float | None = None  # when we last looked at the deadlines, once we follow time
        self.ticks = 0

    async def follow_events(self) -> None:
        """Take in what the exchange tells, until another switchboard takes over."""
        await self.telephony.tell(self.take_in)

    async def follow_time(self) -> None:
        """Look at deadlines for ever; whoever was asleep hears first what happened meanwhile."""
        while True:
            if self._is_late():
                await self._catch_up()
            self._looked = time.monotonic()
            self.tick()
            await asyncio.sleep(TICK_SECONDS)

    def _is_late(self) -> bool:
        """Say whether this process was frozen, or is so slow that what it knows is old."""
        return self._looked is not None and time.monotonic() - self._looked > ASLEEP_SECONDS

    async def _catch_up(self) -> None:
        """Let the brain hear everything that the exchange has told while nobody listened."""
        log.warning("asleep for %.1f s", time.monotonic() - (self._looked or 0.0))
        with contextlib.suppress(ExchangeDown, TimeoutError):
            async with asyncio.timeout(CATCH_UP_SECONDS):
                await self.telephony.hear_all()

    def take_in(self, event: ExchangeEvent) -> None:
        """Let the brain take one fact in; a fact that it stumbles on must not stop the next one."""
        now = self._clock()
        try:
            self.brain.on_event(event, now, is_late=self._is_late())
            self._on_event(event)
        except Exception:
            log.exception("an event of the exchange could not be taken in: %s", type(event).__name__)
        self._end_turn(now)

    def obey(self, order: Order) -> None:
        """Let the brain carry out one order of a person."""
        now = self._clock()
        try:
            obey(self.brain, order, now)
            self.brain.assign(now)
        except Exception:
            log.exception("order %s (%s) could not be carried out", order.order_id, order.kind)
            self.brain.finish_order(order.order_id, now, "unknown_order")
        self._end_turn(now)

    def tick(self) -> None:
        """Let time act."""
        now = self._clock()
        try:
            self.brain.tick(now)
        except Exception:
            log.exception("the floor could not be looked at")
        self._end_turn(now)
        self.ticks += 1

    def replace_directory(self, directory: Directory) -> None:
        """Let the brain know the house anew."""
        now = self._clock()
        self.brain.replace_directory(directory, now)
        self.brain.assign(now)
        self._end_turn(now)

    def send(self, command: Command) -> None:
        """Carry out something that no turn of the brain asked for."""
        self._dispatch(command)

    @property
    def under_way(self) -> int:
        """Return how many commands are on their way, or wait for the one before them."""
        return sum(map(len, self._lanes.values()))

    async def quiet(self) -> None:
        """Return once no command is on its way."""
        while self._at_work:
            await asyncio.wait(self._at_work)

    def _end_turn(self, now: datetime) -> None:
        """Ask what this turn asks, and write what it changed.

        A phone is rung in this very moment; whatever else is asked goes out once the journal has it. Should we die in
        between, whoever follows finds a caller without a mark and a phone that rings for nobody: it takes the caller in
        and lets the phone be.
        """
        commands = self.brain.take_commands()
        if self.brain.superseded:
            return
        for command in commands:
            self._dispatch(command)
        if entry := self.brain.take(now):
            self._write(entry)

    def _dispatch(self, command: Command) -> None:
        name = lane(command)
        waiting = self._lanes.get(name)
        if waiting is None:
            self._lanes[name] = deque([command])
            self._begin(self._run_lane(name, command, self._ask(command)))
            return
        before = [one.command if isinstance(one, Begun) else one for one in waiting]
        if isinstance(command, RenewLease) and before.count(command) >= RENEWALS_AT_MOST:
            return
        if all(isinstance(one, GOES_AHEAD_OF.get(type(command), ())) for one in before):
            waiting.append(Begun(command, self._begin(self._see_through(command, self._ask(command)))))
        else:
            waiting.append(command)

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return task

    def _done(self, command: Command) -> None:
        """Tell who waits for it that the exchange has obeyed."""
        if isinstance(command, SetPhoneAccount):
            now = self._clock()
            self.brain.on_done(command, now)
            self._end_turn(now)

    async def _run_lane(self, name: object, first: Command, asked: Asked) -> None:
        """See one lane's commands through in order, the first is asked already; end the lane when none is left."""
        await self._see_through(first, asked)
        waiting = self._lanes[name]
        waiting.popleft()
        while waiting:
            command = waiting[0]
            if isinstance(command, Begun):
                await command.task
            else:
                await self._see_through(command, self._ask(command))
            waiting.popleft()
        del self._lanes[name]

    def _ask(self, command: Command) -> Asked:
        """Ask the exchange; what it refuses at once is told when the answer is looked at, as all else is."""
        try:
            return carry_out(command, self.telephony)
        except (ChannelGone, PhoneUnreachable, ExchangeDown) as error:
            return _refused(error)

    async def _see_through(self, command: Command, asked: Asked) -> None:
        """Wait for the exchange's answer to a command; the brain is told how that went."""
        began = time.monotonic()
        try:
            await asked
        except (ChannelGone, PhoneUnreachable, ExchangeDown) as error:
            now = self._clock()
            self.brain.on_failure(command, error, now)
            self._end_turn(now)
        except Exception:
            log.exception("command %s failed", type(command).__name__)
        else:
            self._done(command)
        if (took := time.monotonic() - began) > SLOW_SECONDS:
            log.warning("command %s took %.1f s", type(command).__name__, took)


async def _refused(error: Exception) -> None:
    raise error

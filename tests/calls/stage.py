"""A stage for calls: a brain on an exchange in memory, a clock in our hand, everything written kept in a list."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from decroche.calls.actions.write_journal import LIVE_FIELDS
from decroche.calls.adapters.memory import MemoryExchange
from decroche.calls.domain.call import CallState
from decroche.calls.domain.post import PostState
from decroche.calls.models import Call, Post
from decroche.calls.ports import ExchangeEvent
from decroche.calls.switchboard import house
from decroche.calls.switchboard.brain import Brain
from decroche.calls.switchboard.conductor import Conductor
from decroche.calls.switchboard.orders import Order, OrderKind
from decroche.calls.switchboard.records import CallRow, Entry, PostRow, StepKind
from decroche.calls.switchboard.state import Directory, LineFact, LiveCall, Member, Timing

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LILAS, MARTINIQUE, ELSEWHERE = 1, 2, 3
AWA, INES, BOB = 11, 12, 13
LILAS_LINE = "+33199000001"
MARTINIQUE_LINE = "+596596000002"
ELSEWHERE_LINE = "+33199000003"
CALLER = "+33612345678"

DIRECTORY = Directory(
    lines={
        LILAS_LINE: LineFact(
            1, LILAS, "Cabinet des Lilas", LILAS_LINE, "Cabinet des Lilas, bonjour.", "", "FR"
        ),
        MARTINIQUE_LINE: LineFact(
            2, MARTINIQUE, "Cabinet Madinina", MARTINIQUE_LINE, "Bonjour.", "+596696111111", "MQ"
        ),
        ELSEWHERE_LINE: LineFact(3, ELSEWHERE, "Ailleurs", ELSEWHERE_LINE, "Bonjour.", "", "FR"),
    },
    mandates={LILAS: frozenset({1}), MARTINIQUE: frozenset({1}), ELSEWHERE: frozenset({2})},
    members={
        AWA: Member(AWA, 1, "Mme Diallo"),
        INES: Member(INES, 1, "Mme Roche"),
        BOB: Member(BOB, 2, "M. Petit"),
    },
)


def _call_of(row: CallRow) -> Call:
    return Call(
        id=row.call_id, arrived_at=row.arrived_at, **{name: getattr(row, name) for name in LIVE_FIELDS}
    )


def _post_of(row: PostRow) -> Post:
    names = (
        "user_id",
        "secretariat_id",
        "state",
        "reason",
        "since",
        "registered",
        "call_id",
        "wrap_up_until",
    )
    return Post(**{name: getattr(row, name) for name in names})


class Stage:
    """Play scenes: people act on ``exchange``, orders go to ``order``, time passes by ``wait``."""

    def __init__(self, directory: Directory = DIRECTORY, timing: Timing | None = None) -> None:
        self.now = START
        self.directory = directory
        self.timing = timing or Timing()
        self.exchange = MemoryExchange(clock=lambda: self.now)
        self.entries: list[Entry] = []
        self._orders = count(1)
        self.start_brain()

    def start_brain(self) -> None:
        """Put a fresh brain in place, as a restarted process would."""
        self.brain = Brain(self.directory, self.timing)
        self.conductor = Conductor(
            self.brain, self.exchange, write=self.entries.append, clock=lambda: self.now
        )
        self.events = self.exchange.events()

    def start_brain_from_rows(self) -> None:
        """Put a fresh brain in place that knows only what the tables would hold."""
        calls = {row.call_id: row for entry in self.entries for row in entry.calls}
        posts = {row.user_id: row for entry in self.entries for row in entry.posts}
        steps = Counter(step.call_id for entry in self.entries for step in entry.steps)
        by_id = {line.line_id: line for line in self.directory.lines.values()}
        self.start_brain()
        self.brain.remember(
            self.directory,
            [
                house._live_call(_call_of(row), by_id.get(row.line_id or 0), steps[row.call_id])
                for row in calls.values()
                if row.state is not CallState.ENDED
            ],
            [house._live_post(_post_of(row), [], self.now) for row in posts.values()],
            dict(steps),
        )

    async def settle(self) -> None:
        """Let everything that can happen now happen."""
        while True:
            event = await self._next_event()
            if event is None:
                return
            self.conductor.take_in(event)
            await self.conductor.quiet()

    async def _next_event(self) -> ExchangeEvent | None:
        await self.conductor.quiet()
        reading = asyncio.ensure_future(anext(self.events))
        for _ in range(5):
            await asyncio.sleep(0)
            if reading.done():
                return reading.result()
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        self.events = self._resume()
        return None

    def _resume(self) -> Any:
        """Read on in the same queue: a cancelled generator cannot be read again."""
        queue = self.exchange._queue

        async def read() -> Any:
            while queue is not None:
                yield await queue.get()

        return read()

    async def wait(self, seconds: float) -> None:
        """Let time pass, a quarter of a second at a time as the process sees it."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now = min(self.now + timedelta(seconds=1), until)
            self.conductor.tick()
            await self.settle()

    async def at_post(self, *user_ids: int) -> None:
        """Let secretaries sit down, one second apart, so that the first is idle the longest."""
        await self.settle()
        for user_id in user_ids:
            self.exchange.phone_registers(user_id)
            await self.settle()
            await self.order(OrderKind.SET_STATE, user_id, state="available")
            await self.wait(1)

    async def order(
        self, kind: OrderKind, user_id: int, call: LiveCall | None = None, /, **payload: Any
    ) -> str:
        """Give an order; return the refusal, empty when it was obeyed."""
        number = next(self._orders)
        call_id = call.call_id if call else None
        self.conductor.obey(Order(number, kind, user_id, self.now, call_id, payload))
        await self.settle()
        return next(row.refusal for entry in self.entries for row in entry.orders if row.order_id == number)

    async def ring(self, line: str = LILAS_LINE, number: str = CALLER, name: str = "") -> LiveCall:
        """Let somebody call a line; return the call."""
        known = set(self.brain.calls)
        self.exchange.caller_arrives(line, number, name)
        await self.settle()
        return next(call for call_id, call in self.brain.calls.items() if call_id not in known)

    async def talk(self, user_id: int = AWA, line: str = LILAS_LINE) -> LiveCall:
        """Let somebody call and be answered by the secretary."""
        call = await self.ring(line)
        self.exchange.phone_picks_up(user_id)
        await self.settle()
        assert call.state is CallState.TALKING, call.state
        return call

    async def caller_hangs_up(self, call: LiveCall) -> None:
        self.exchange.caller_hangs_up(call.channel_id)
        await self.settle()

    def state_of(self, user_id: int) -> PostState:
        return self.brain.posts[user_id].state

    def steps(self, call_id: UUID) -> list[StepKind]:
        return [step.kind for entry in self.entries for step in entry.steps if step.call_id == call_id]

    def last_row(self, call_id: UUID) -> Any:
        return [row for entry in self.entries for row in entry.calls if row.call_id == call_id][-1]

    def follow_ups(self) -> list[tuple[UUID, str]]:
        """Return what is owed to callers."""
        rows = [row for entry in self.entries for row in entry.follow_ups]
        return [(row.call_id, row.kind) for row in rows]

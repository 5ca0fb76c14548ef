"""Run a simulated day: callers, phones, talks, wrap-ups and shifts as events in order of time."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Final
from uuid import UUID

from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import (
    Facts,
    Familiarity,
    KeepWaiting,
    Offer,
    Overflow,
    PostFact,
    WaitingCall,
    decide,
)
from decroche.calls.domain.simulator.report import Report, Tally
from decroche.calls.domain.simulator.scenario import Arrival, Scenario, Worker, draw_arrivals

HOUR: Final = timedelta(hours=1)
Event = Callable[[datetime], None]


@dataclass(slots=True, eq=False)
class Caller:
    """Hold a caller while he waits."""

    call_id: UUID
    arrival: Arrival
    tried: dict[int, datetime] = field(default_factory=dict)
    is_offered: bool = False
    held_for: int | None = None
    held_since: datetime | None = None


@dataclass(slots=True, eq=False)
class Seat:
    """Hold a secretary at her post."""

    worker: Worker
    since: datetime
    state: PostState = PostState.AWAY
    caller: Caller | None = None
    is_familiar: bool = False
    free_at: datetime | None = None
    goes_home: bool = False
    out_of_turn: int = 0
    sat_down: datetime | None = None
    calls: deque[datetime] = field(default_factory=deque)  # answered in the last hour


def simulate(scenario: Scenario) -> Report:
    """Replay a day and return its figures."""
    return _Day(scenario).run()


class _Day:
    """Hold the day while it runs."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario, self.policy = scenario, scenario.policy
        self.dice = Random(scenario.seed)  # noqa: S311 - a simulation wants a seed
        self.tally = Tally(scenario.day, scenario.answer_within)
        self.seats = {w.user_id: Seat(w, scenario.day.start) for w in scenario.workers}
        self.waiting: dict[UUID, Caller] = {}
        self.familiarity = Familiarity(scenario.familiarity)
        self.spoke_last: dict[tuple[int, str], int] = {}
        self.events: list[tuple[datetime, int, Event]] = []
        self.numbers = count(1)
        self.looks_at: datetime | None = None
        for worker in scenario.workers:
            for shift in worker.shifts:
                self._at(shift.during.start, partial(self._comes, self.seats[worker.user_id]))
                self._at(shift.during.end, partial(self._leaves, self.seats[worker.user_id]))
        for arrival in scenario.arrivals or draw_arrivals(scenario.rates, self.dice):
            self._at(arrival.at, partial(self._arrives, arrival))

    def _at(self, when: datetime, event: Event) -> None:
        heappush(self.events, (when, next(self.numbers), event))

    def run(self) -> Report:
        """Let every event happen, and decide after each while somebody waits."""
        now = self.scenario.day.start
        while self.events:
            now, _, event = heappop(self.events)
            event(now)
            if any(not caller.is_offered for caller in self.waiting.values()):
                self._decide(now)
        for seat in self.seats.values():
            self._move(seat, PostState.AWAY, max(now, seat.since))
        return self.tally.report(self.scenario.day)

    # --- callers ------------------------------------------------------------------------

    def _arrives(self, arrival: Arrival, now: datetime) -> None:
        caller = Caller(UUID(int=next(self.numbers)), arrival)
        self.waiting[caller.call_id] = caller
        self.tally.arrived(now)
        patience, mean = arrival.patience, self.scenario.patience
        if patience is None and mean is not None:
            patience = timedelta(seconds=self.dice.expovariate(1 / mean.total_seconds()))
        if patience is not None:
            self._at(now + patience, partial(self._gives_up, caller))

    def _gives_up(self, caller: Caller, now: datetime) -> None:
        if self.waiting.pop(caller.call_id, None) is None:
            return
        self.tally.abandoned(caller.arrival.at)
        self.tally.held_in_vain += caller.held_for is not None
        for seat in self.seats.values():
            if seat.caller is caller:
                self._free(seat, now)

    # --- phones -------------------------------------------------------------------------

    def _offer(self, caller: Caller, offer: Offer, now: datetime) -> None:
        seat = self.seats[offer.user_id]
        caller.is_offered, seat.caller, seat.is_familiar = True, caller, offer.is_familiar
        seat.out_of_turn = offer.out_of_turn
        self._move(seat, PostState.RINGING, now)
        if self.scenario.unanswered and self.dice.random() < self.scenario.unanswered:
            self._at(now + self.policy.offer_for, partial(self._misses, seat, caller))
        else:
            self._at(now + self.scenario.to_answer, partial(self._answers, seat, caller))

    def _misses(self, seat: Seat, caller: Caller, now: datetime) -> None:
        if seat.caller is caller and seat.state is PostState.RINGING:
            caller.tried[seat.worker.user_id], caller.is_offered = now, False
            self._free(seat, now)

    def _answers(self, seat: Seat, caller: Caller, now: datetime) -> None:
        if seat.caller is not caller or seat.state is not PostState.RINGING:
            return
        del self.waiting[caller.call_id]
        user_id, arrival = seat.worker.user_id, caller.arrival
        self.tally.answered(arrival.at, now, user_id, familiar=seat.is_familiar)
        self.tally.held_in_vain += caller.held_for is not None and caller.held_for != user_id
        self._move(seat, PostState.ON_CALL, now)
        seat.calls.append(now)
        talk = self.scenario.talk.draw(self.dice) if arrival.talk is None else arrival.talk
        key = (user_id, arrival.practice_id)
        if self.familiarity.get(key, 0) >= self.policy.knows_well_from:
            talk *= 1 - self.scenario.wins_time
        self.familiarity[key] = self.familiarity.get(key, 0) + 1
        if arrival.caller_number:
            self.spoke_last[arrival.practice_id, arrival.caller_number] = user_id
        self._at(now + talk, partial(self._hangs_up, seat))

    def _hangs_up(self, seat: Seat, now: datetime) -> None:
        wrap_up = self.scenario.wrap_up.draw(self.dice)
        if wrap_up <= timedelta():
            self._free(seat, now)
            return
        self._move(seat, PostState.WRAP_UP, now)
        seat.caller, seat.free_at = None, now + wrap_up
        self._at(seat.free_at, partial(self._free, seat))

    # --- people -------------------------------------------------------------------------

    def _comes(self, seat: Seat, now: datetime) -> None:
        seat.goes_home = False
        if seat.state is PostState.AWAY:
            seat.sat_down = now
            self._move(seat, PostState.AVAILABLE, now)

    def _leaves(self, seat: Seat, now: datetime) -> None:
        if seat.state is PostState.AVAILABLE:
            self._move(seat, PostState.AWAY, now)
        else:
            seat.goes_home = seat.state is not PostState.AWAY

    def _free(self, seat: Seat, now: datetime) -> None:
        seat.caller, seat.free_at = None, None
        self._move(seat, PostState.AWAY if seat.goes_home else PostState.AVAILABLE, now)
        seat.goes_home = False

    def _move(self, seat: Seat, state: PostState, now: datetime) -> None:
        if seat.state is not PostState.AWAY:
            self.tally.spend(seat.since, now, busy=seat.state in {PostState.ON_CALL, PostState.WRAP_UP})
        seat.state, seat.since = state, now

    # --- deciding -----------------------------------------------------------------------

    def _decide(self, now: datetime) -> None:
        asking = {c.call_id: c for c in self.waiting.values() if not c.is_offered}
        facts = Facts(
            now,
            tuple(self._waiting_call(caller) for caller in asking.values()),
            tuple(self._post(seat, now) for seat in self.seats.values() if seat.state is not PostState.AWAY),
            self.scenario.mandates,
            self.familiarity,
            self.policy,
            self.scenario.teams,
        )
        self.tally.decisions += 1
        look: datetime | None = None
        for decision in decide(facts):
            caller = asking[decision.call_id]
            match decision:
                case Offer():
                    self._offer(caller, decision, now)
                case Overflow():
                    del self.waiting[caller.call_id]
                    self.tally.overflowed(caller.arrival.at)
                    self.tally.held_in_vain += caller.held_for is not None
                case KeepWaiting(until=until, held_for=held_for):
                    look = until if look is None else min(look, until)
                    if held_for is not None and caller.held_for is None:
                        caller.held_for, caller.held_since = held_for, now
                        self.tally.held += 1
        if look is not None and (self.looks_at is None or look < self.looks_at or self.looks_at <= now):
            self.looks_at = look
            self._at(look, self._looks)

    def _looks(self, now: datetime) -> None:
        """Let time pass: a team step may join, a hold or a wait may be over."""
        if self.looks_at == now:
            self.looks_at = None

    def _waiting_call(self, caller: Caller) -> WaitingCall:
        arrival = caller.arrival
        return WaitingCall(
            caller.call_id,
            arrival.practice_id,
            arrival.at,
            has_fallback=False,
            tried=caller.tried,
            line_id=arrival.line_id,
            urgency=arrival.urgency,
            caller_number=arrival.caller_number,
            last_spoken=self.spoke_last.get((arrival.practice_id, arrival.caller_number)),
            held_for=caller.held_for,
            held_since=caller.held_since,
        )

    def _post(self, seat: Seat, now: datetime) -> PostFact:
        while seat.calls and now - seat.calls[0] >= HOUR:
            seat.calls.popleft()
        worker = seat.worker
        return PostFact(
            worker.user_id,
            worker.secretariat_id,
            seat.state,
            seat.since,
            reachable=True,
            skills=worker.skills,
            line_id=seat.caller.arrival.line_id if seat.caller else None,
            free_at=seat.free_at,
            calls_last_hour=len(seat.calls),
            working_since=seat.sat_down,
            out_of_turn=seat.out_of_turn,
        )

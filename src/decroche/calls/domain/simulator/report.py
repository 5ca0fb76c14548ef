"""Count what happened on a simulated day, for a supervisor's screen and for tests."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from decroche.calls.domain.simulator.scenario import HALF_HOUR
from decroche.kernel.interval import Interval


@dataclass(frozen=True, slots=True)
class HalfHour:
    """Hold one point of the curves."""

    starts: datetime
    arrived: int
    answered: int
    answered_in_time: int
    abandoned: int
    overflowed: int
    mean_wait: timedelta  # of those answered
    busy: float  # share of the time at post
    at_post: float  # secretaries, on average


@dataclass(frozen=True, slots=True)
class Report:
    """Hold what a policy did with a day."""

    arrived: int
    answered: int
    answered_in_time: int
    abandoned: int
    overflowed: int
    familiar: int  # answered by one who knows the practice well, or spoke last with the caller
    held: int  # kept a while for one who knows …
    held_in_vain: int  # … and answered by another, or lost
    mean_wait: timedelta
    wait_95: timedelta
    longest_wait: timedelta
    occupancy: float  # talking and wrapping up, of the time at post
    calls_of_busiest: int
    calls_of_idlest: int
    simulated: timedelta
    decisions: int
    curve: tuple[HalfHour, ...] = ()

    @property
    def in_time_share(self) -> float:
        """Return the share of all callers answered within the promised delay."""
        return self.answered_in_time / self.arrived if self.arrived else 1.0

    @property
    def abandoned_share(self) -> float:
        return self.abandoned / self.arrived if self.arrived else 0.0

    @property
    def familiar_share(self) -> float:
        return self.familiar / self.answered if self.answered else 0.0


@dataclass(slots=True)
class Slice:
    """Gather one half-hour's figures."""

    starts: datetime
    arrived: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    overflowed: int = 0
    waits: timedelta = field(default_factory=timedelta)
    busy: timedelta = field(default_factory=timedelta)
    at_post: timedelta = field(default_factory=timedelta)

    def closed(self) -> HalfHour:
        """Return the slice as a point of the curves."""
        return HalfHour(
            self.starts,
            self.arrived,
            self.answered,
            self.in_time,
            self.abandoned,
            self.overflowed,
            self.waits / self.answered if self.answered else timedelta(),
            min(1.0, self.busy / self.at_post) if self.at_post else 0.0,
            self.at_post / HALF_HOUR,
        )


class Tally:
    """Gather a day's figures."""

    def __init__(self, day: Interval, answer_within: timedelta) -> None:
        self.answer_within = answer_within
        self.slices: list[Slice] = []
        at = day.start
        while at < day.end:
            self.slices.append(Slice(at))
            at += HALF_HOUR
        self.starts = [part.starts for part in self.slices]
        self.waits: list[timedelta] = []
        self.familiar = self.held = self.held_in_vain = self.decisions = 0
        self.calls_of: dict[int, int] = {}

    def _slice(self, at: datetime) -> Slice:
        return self.slices[max(0, bisect_right(self.starts, at) - 1)]

    def arrived(self, at: datetime) -> None:
        self._slice(at).arrived += 1

    def abandoned(self, arrived_at: datetime) -> None:
        self._slice(arrived_at).abandoned += 1

    def overflowed(self, arrived_at: datetime) -> None:
        self._slice(arrived_at).overflowed += 1

    def answered(self, arrived_at: datetime, now: datetime, user_id: int, *, familiar: bool) -> None:
        """Count an answer, in the half-hour in which the caller arrived."""
        wait, part = now - arrived_at, self._slice(arrived_at)
        part.answered += 1
        part.in_time += wait <= self.answer_within
        part.waits += wait
        self.waits.append(wait)
        self.familiar += familiar
        self.calls_of[user_id] = self.calls_of.get(user_id, 0) + 1

    def spend(self, since: datetime, until: datetime, *, busy: bool) -> None:
        """Spread a stretch of a secretary's time over the half-hours."""
        while since < until:
            index = max(0, bisect_right(self.starts, since) - 1)
            end = until if index + 1 == len(self.starts) else min(until, self.starts[index + 1])
            if busy:
                self.slices[index].busy += end - since
            self.slices[index].at_post += end - since
            since = end

    def report(self, day: Interval) -> Report:
        """Return the day's figures."""
        waits = sorted(self.waits)
        busy = sum((part.busy for part in self.slices), timedelta())
        at_post = sum((part.at_post for part in self.slices), timedelta())
        loads = self.calls_of.values()
        return Report(
            sum(part.arrived for part in self.slices),
            len(waits),
            sum(part.in_time for part in self.slices),
            sum(part.abandoned for part in self.slices),
            sum(part.overflowed for part in self.slices),
            self.familiar,
            self.held,
            self.held_in_vain,
            sum(waits, timedelta()) / len(waits) if waits else timedelta(),
            waits[int(len(waits) * 0.95)] if waits else timedelta(),
            waits[-1] if waits else timedelta(),
            busy / at_post if at_post else 0.0,
            max(loads, default=0),
            min(loads, default=0),
            day.duration,
            self.decisions,
            tuple(part.closed() for part in self.slices),
        )

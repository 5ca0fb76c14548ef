"""Hold what a simulated day is made of, and draw its callers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, log, log1p, sqrt
from random import Random

from decroche.calls.domain.routing import Policy, TeamPlan, Urgency
from decroche.kernel.interval import Interval

HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Durations:
    """Hold log-normal durations by mean and spread (standard deviation over mean); no spread: always the mean."""

    mean: timedelta
    spread: float = 0.8

    def draw(self, dice: Random) -> timedelta:
        """Draw one duration."""
        mean = self.mean.total_seconds()
        if mean <= 0 or self.spread <= 0:
            return self.mean
        sigma = sqrt(log1p(self.spread**2))
        return timedelta(seconds=exp(dice.gauss(log(mean) - sigma**2 / 2, sigma)))


@dataclass(frozen=True, slots=True)
class Rate:
    """Say how many callers a practice has in a stretch of the day, on average."""

    practice_id: int
    during: Interval
    callers: float
    line_id: int | None = None
    urgency: Urgency = Urgency.ROUTINE


@dataclass(frozen=True, slots=True)
class Arrival:
    """Hold one caller; what is None is drawn."""

    at: datetime
    practice_id: int
    caller_number: str = ""
    line_id: int | None = None
    urgency: Urgency = Urgency.ROUTINE
    talk: timedelta | None = None
    patience: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """Hold a stretch during which a secretary is at her post; whoever is on a call at its end finishes it."""

    during: Interval


@dataclass(frozen=True, slots=True)
class Worker:
    """Describe a secretary of the simulated day."""

    user_id: int
    secretariat_id: int
    shifts: tuple[Shift, ...]
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scenario:
    """Hold a whole day. The same scenario with the same seed always gives the same report."""

    day: Interval
    workers: tuple[Worker, ...]
    mandates: Mapping[int, frozenset[int]]
    arrivals: tuple[Arrival, ...] = ()  # given, or …
    rates: tuple[Rate, ...] = ()  # … drawn from these
    policy: Policy = field(default_factory=Policy)
    teams: Mapping[int, TeamPlan] = field(default_factory=dict)
    familiarity: Mapping[tuple[int, int], int] = field(default_factory=dict)  # on the day's morning
    talk: Durations = field(default_factory=lambda: Durations(timedelta(seconds=150)))
    wrap_up: Durations = field(default_factory=lambda: Durations(timedelta(seconds=30), 0.5))
    to_answer: timedelta = timedelta(seconds=3)  # her phone rings that long
    unanswered: float = 0.0  # share of offers that find nobody
    patience: timedelta | None = timedelta(minutes=3)  # exponential, by its mean; None: endless
    wins_time: float = 0.0  # how much shorter she talks who knows the practice well: 0.2 is a fifth
    answer_within: timedelta = timedelta(seconds=20)
    seed: int = 1


def draw_arrivals(rates: tuple[Rate, ...], dice: Random) -> tuple[Arrival, ...]:
    """Draw callers as a Poisson process whose rate is constant within each stretch."""
    found = []
    for rate in rates:
        if rate.callers <= 0:
            continue
        gap = rate.during.duration.total_seconds() / rate.callers
        at = rate.during.start + timedelta(seconds=dice.expovariate(1 / gap))
        while at < rate.during.end:
            number = f"+3363998{dice.randrange(10_000):04}"  # the range that is kept for fiction
            found.append(Arrival(at, rate.practice_id, number, rate.line_id, rate.urgency))
            at += timedelta(seconds=dice.expovariate(1 / gap))
    return tuple(sorted(found, key=lambda a: (a.at, a.practice_id, a.caller_number)))

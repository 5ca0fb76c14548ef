"""Replay a day of calls under several policies: ``python -m bench.calls_day``; prints what each does and how fast."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

from decroche.calls.domain.routing import Policy, TeamPlan, TeamStep, Urgency
from decroche.calls.domain.simulator import Rate, Report, Scenario, Shift, Worker, simulate
from decroche.kernel.interval import Interval

EIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = Interval(EIGHT, EIGHT + timedelta(hours=10))
HALF = timedelta(minutes=30)
# How the calls of a practice spread over the half-hours from 8 to 18: a rush at nine, another after lunch.
SHAPE = (3, 6, 9, 9, 7, 6, 5, 4, 2, 2, 4, 6, 6, 5, 5, 4, 4, 3, 2, 1)
PRACTICES, SECRETARIES, KNOWS_WELL = 8, 9, 25
FASTEST = 1000  # times real speed that a simulator must reach to be of use on a screen


def workers(count: int, during: Interval = DAY) -> tuple[Worker, ...]:
    return tuple(Worker(user, 1, (Shift(during),)) for user in range(1, count + 1))


def own(user: int) -> tuple[int, int]:
    """Return the two practices that a secretary knows well."""
    return user % PRACTICES + 1, (user + 3) % PRACTICES + 1


def busy_day(**more: object) -> Scenario:
    """Make a busy day: eight practices, the last one an emergency line; nine secretaries who know two of them each."""
    rates = tuple(
        Rate(
            practice,
            Interval(EIGHT + HALF * n, EIGHT + HALF * (n + 1)),
            weight * 1.3,
            urgency=Urgency.EMERGENCY if practice == PRACTICES else Urgency.ROUTINE,
        )
        for n, weight in enumerate(SHAPE)
        for practice in range(1, PRACTICES + 1)
    )
    known = {(user, practice): 30 for user in range(1, SECRETARIES + 1) for practice in own(user)}
    mandates = {practice: frozenset({1}) for practice in range(1, PRACTICES + 1)}
    policy = Policy(knows_well_from=KNOWS_WELL)
    scenario = Scenario(
        DAY, workers(SECRETARIES), mandates, rates=rates, familiarity=known, policy=policy, wins_time=0.15
    )
    return replace(scenario, **more)  # type: ignore[arg-type]


def policies() -> dict[str, Scenario]:
    """Return the same day under the policies that a supervisor would compare."""
    plain = Policy(knows_well_from=KNOWS_WELL)
    teams = {
        practice: TeamPlan(
            (
                TeamStep(user_ids=frozenset(u for u in range(1, SECRETARIES + 1) if practice in own(u))),
                TeamStep(timedelta(seconds=15)),
            )
        )
        for practice in range(1, PRACTICES + 1)
    }
    return {
        "longest idle only": busy_day(policy=replace(plain, knows_well_from=10**6), familiarity={}),
        "familiar first": busy_day(),
        "familiar, hold 10 s": busy_day(policy=replace(plain, hold_at_most=timedelta(seconds=10))),
        "familiar, hold 20 s": busy_day(policy=replace(plain, hold_at_most=timedelta(seconds=20))),
        "familiar, hold 30 s": busy_day(policy=replace(plain, hold_at_most=timedelta(seconds=30))),
        "own team, all after 15 s": busy_day(teams=teams),
        "at most 12 calls an hour": busy_day(policy=replace(plain, calls_per_hour_at_most=12)),
    }


def line(name: str, reports: list[Report], took: float) -> str:
    arrived = sum(r.arrived for r in reports)
    answered = sum(r.answered for r in reports)
    wait = sum((r.mean_wait * r.answered for r in reports), timedelta()).total_seconds() / answered
    simulated = sum(r.simulated.total_seconds() for r in reports)
    return (
        f"{name:<26}{arrived / len(reports):>7.0f}"
        f"{sum(r.answered_in_time for r in reports) / arrived:>8.1%}"
        f"{sum(r.abandoned for r in reports) / arrived:>8.1%}"
        f"{wait:>7.1f}{max(r.wait_95 for r in reports).total_seconds():>7.0f}"
        f"{sum(r.familiar for r in reports) / answered:>9.1%}"
        f"{sum(r.occupancy for r in reports) / len(reports):>7.1%}"
        f"{sum(r.held for r in reports) / len(reports):>6.1f}"
        f"{simulated / took:>10,.0f}×"
    )


def main() -> int:
    days = 5
    print(
        f"{days} days of {PRACTICES} practices, {SECRETARIES} secretaries, the same callers for every policy"
    )
    print(
        f"{'policy':<26}{'calls':>7}{'≤ 20 s':>8}{'gave up':>8}{'mean s':>7}{'95 % s':>7}{'familiar':>9}"
        f"{'busy':>7}{'held':>6}{'speed':>11}"
    )
    slowest = float("inf")
    for name, scenario in policies().items():
        began = perf_counter()
        reports = [simulate(replace(scenario, seed=seed)) for seed in range(days)]
        took = perf_counter() - began
        slowest = min(slowest, sum(r.simulated.total_seconds() for r in reports) / took)
        print(line(name, reports, took))
    return int(slowest < FASTEST)


if __name__ == "__main__":
    sys.exit(main())

"""A day replayed without telephony: figures one can check by hand, by Erlang's formulas, and policy against policy."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.calls_day import DAY, EIGHT, KNOWS_WELL, busy_day, workers
from decroche.calls.domain.routing import Policy, Urgency
from decroche.calls.domain.simulator import (
    Arrival,
    Durations,
    Rate,
    Scenario,
    draw_arrivals,
    simulate,
)
from decroche.kernel.interval import Interval

NO_TIME = timedelta()
AT_ONCE = Durations(NO_TIME, 0)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def two_calls() -> Scenario:
    return Scenario(
        DAY,
        workers(1),
        {1: frozenset({1})},
        (
            Arrival(EIGHT + minutes(1), 1, talk=minutes(2)),
            Arrival(EIGHT + minutes(2), 1, talk=minutes(3)),
            Arrival(EIGHT + minutes(2.5), 1, patience=minutes(1)),
        ),
        wrap_up=Durations(minutes(0.5), 0),
        to_answer=NO_TIME,
        patience=None,
    )


def test_a_small_day_by_hand() -> None:
    report = simulate(two_calls())
    assert (report.arrived, report.answered, report.abandoned, report.overflowed) == (3, 2, 1, 0)
    assert report.answered_in_time == 1
    assert report.longest_wait == minutes(1.5), "until the first talk and its wrap-up are over"
    assert report.mean_wait == minutes(0.75)
    assert report.occupancy == pytest.approx(6 / 600)
    first = report.curve[0]
    assert (first.arrived, first.answered, first.abandoned) == (3, 2, 1)
    assert (first.busy, first.at_post) == (pytest.approx(6 / 30), 1)
    assert sum(part.arrived for part in report.curve) == 3
    assert len(report.curve) == 20


def test_whoever_is_on_a_call_when_her_day_ends_finishes_it() -> None:
    short = replace(two_calls(), workers=workers(1, Interval(EIGHT, EIGHT + minutes(2))))
    report = simulate(short)
    assert (report.answered, report.abandoned, report.overflowed) == (1, 1, 1)


def test_the_same_seed_tells_the_same_day() -> None:
    assert simulate(busy_day()) == simulate(busy_day())
    assert simulate(busy_day()) != simulate(replace(busy_day(), seed=2))


def test_callers_come_as_often_as_the_rates_say() -> None:
    rates = tuple(
        Rate(1, Interval(EIGHT + minutes(30 * n), EIGHT + minutes(30 * n + 30)), 40 if n == 2 else 5)
        for n in range(20)
    )
    found = [draw_arrivals(rates, Random(seed)) for seed in range(60)]
    counts = [sum(part.during.contains(a.at) for day in found for a in day) / 60 for part in rates]
    assert counts[2] == pytest.approx(40, abs=4 * (40 / 60) ** 0.5)
    assert counts[3] == pytest.approx(5, abs=4 * (5 / 60) ** 0.5)


# --- Erlang -----------------------------------------------------------------------------
# A. K. Erlang, 1917, "Solution of some problems in the theory of probabilities of significance in automatic telephone
# exchanges"; as in L. Kleinrock, Queueing Systems I (1975), §3.5 (M/M/m) and §3.6 (M/M/m/m). Erlang B does not depend
# on the distribution of talk times, Erlang C wants exponential ones, which are drawn here and given.


def erlang_b(servers: int, load: float) -> float:
    """Return the share of callers that find everybody busy, when those are lost."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Return the share of callers that must wait, when all of them do so for ever."""
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def steady(load: float, talk: float, hours: int, patience: timedelta | None, seed: int) -> Scenario:
    """Let callers come steadily to six secretaries; talks are exponential, nobody wraps up."""
    dice, during = Random(seed), Interval(EIGHT, EIGHT + timedelta(hours=hours))
    callers = load * hours * 3600 / talk
    arrivals = tuple(
        replace(a, talk=timedelta(seconds=dice.expovariate(1 / talk)), patience=patience)
        for a in draw_arrivals((Rate(1, during, callers),), dice)
    )
    return Scenario(
        during,
        workers(6, Interval(EIGHT, EIGHT + timedelta(hours=hours + 10))),
        {1: frozenset({1})},
        arrivals,
        policy=Policy(wait_at_most=timedelta(days=9)),
        wrap_up=AT_ONCE,
        to_answer=NO_TIME,
        patience=None,
    )


def test_patient_callers_wait_as_erlang_c_says() -> None:
    load, talk = 4.0, 120.0
    reports = [simulate(steady(load, talk, 40, None, seed)) for seed in range(3)]
    answered = sum(r.answered for r in reports)
    mean_wait = sum((r.mean_wait * r.answered for r in reports), NO_TIME) / answered
    expected = erlang_c(6, load) * talk / (6 - load)
    assert mean_wait.total_seconds() == pytest.approx(expected, rel=0.2)
    assert sum(r.occupancy for r in reports) > 0


def test_callers_without_patience_are_lost_as_erlang_b_says() -> None:
    reports = [simulate(steady(4.0, 120.0, 40, timedelta(milliseconds=1), seed)) for seed in range(3)]
    lost = sum(r.abandoned for r in reports) / sum(r.arrived for r in reports)
    assert lost == pytest.approx(erlang_b(6, 4.0), rel=0.15)


# --- policies ---------------------------------------------------------------------------


def test_a_short_hold_wins_familiarity_and_costs_little_waiting() -> None:
    never, short = (
        [
            simulate(busy_day(policy=Policy(knows_well_from=KNOWS_WELL, hold_at_most=hold), seed=s))
            for s in range(4)
        ]
        for hold in (NO_TIME, timedelta(seconds=30))
    )

    def share(reports: list) -> float:
        return sum(r.familiar for r in reports) / sum(r.answered for r in reports)

    def wait(reports: list) -> float:
        return sum(r.mean_wait.total_seconds() for r in reports) / len(reports)

    assert sum(r.held for r in never) == 0
    assert sum(r.held for r in short) > 20
    assert share(short) > share(never) + 0.005
    assert wait(short) < wait(never) + 3
    assert sum(r.held_in_vain for r in short) < 0.4 * sum(r.held for r in short), (
        "mostly kept to good purpose"
    )


def test_emergencies_wait_less_than_the_rest_and_a_ceiling_evens_the_load() -> None:
    crowded = busy_day(workers=workers(5))
    calm = replace(crowded, rates=tuple(replace(r, urgency=Urgency.ROUTINE) for r in crowded.rates))
    only_red = tuple(replace(r, callers=0.0) if r.urgency is Urgency.ROUTINE else r for r in crowded.rates)
    assert simulate(replace(crowded, rates=only_red)).in_time_share > simulate(calm).in_time_share
    report = simulate(crowded)
    assert report.abandoned_share > 0
    assert report.calls_of_busiest >= report.calls_of_idlest > 0


@given(st.integers(1, 200), st.integers(1, 5), st.floats(0, 0.4), st.booleans())
@settings(max_examples=12, deadline=None)
def test_every_caller_is_counted_once(seed: int, people: int, unanswered: float, patient: bool) -> None:
    few = tuple(rate for rate in busy_day().rates if rate.during.start < EIGHT + minutes(60))
    report = simulate(
        busy_day(
            rates=few,
            workers=workers(people),
            unanswered=unanswered,
            patience=None if patient else minutes(1),
            seed=seed,
        )
    )
    assert report.arrived == report.answered + report.abandoned + report.overflowed
    assert report.answered_in_time <= report.answered
    assert report.familiar <= report.answered
    assert 0 <= report.occupancy <= 1
    assert report.wait_95 <= report.longest_wait
    assert sum(part.answered for part in report.curve) == report.answered

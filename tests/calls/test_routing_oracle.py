"""The quick decision against the slow and obvious one: the same for everybody, whatever is set up, with its reasons."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.calls_decide import NOW, breaths, crowd
from decroche.calls.domain.routing import Ceiling, Facts, PostFact, TeamPlan, TeamStep, WaitingCall, decide
from tests.calls.plain_routing import plainly

SKILLS = ("lang:en", "lang:es", "paediatrics")
NUMBERS = ("+33100000001", "+33100000002", "")


def ago(seconds: float) -> timedelta:
    return timedelta(seconds=-seconds)


def skills(dice: random.Random, chance: float) -> frozenset[str]:
    return frozenset(skill for skill in SKILLS if dice.random() < chance)


def at_once(dice: random.Random, at: datetime) -> datetime:
    """Let some things happen in the same moment."""
    return NOW + ago(60) if dice.random() < 0.3 else at


def somebody(dice: random.Random, post: PostFact) -> PostFact:
    return post._replace(
        since=at_once(dice, post.since),
        skills=skills(dice, 0.5),
        reachable=dice.random() < 0.95,
        line_id=dice.choice([None, 1, 2]),
        free_at=dice.choice([None, NOW - ago(5)]),
        working_since=dice.choice([None, NOW + ago(3 * 3600)]),
        protected_from=frozenset(number for number in NUMBERS if dice.random() < 0.5),
        protected_until=dice.choice([None, None, None, NOW - ago(60), NOW + ago(60)]),
    )


def caller(dice: random.Random, call: WaitingCall, size: int) -> WaitingCall:
    users = range(1, size + 1)
    return call._replace(
        waiting_since=at_once(dice, call.waiting_since),
        required=skills(dice, 0.1),
        preferred=skills(dice, 0.3) if dice.random() < 0.4 else frozenset(),
        caller_number=dice.choice(NUMBERS),
        comes_first=dice.random() < 0.05,
        line_id=dice.choice([None, 1, 2]),
        tried={
            dice.choice(users): NOW + ago(dice.choice([5, 44, 45, 80]))
            for _ in range(dice.choice([0, 0, 1, 3]))
        },
        held_for=dice.choice([None, *users]),
        held_since=NOW + ago(4),
    )


def everything(size: int, free: float, seed: int) -> Facts:
    """Make a world in which every rule is set up, each somehow."""
    dice, facts = random.Random(seed), crowd(size, free=free, rich=True, seed=seed)
    policy = replace(
        facts.policy,
        above_ceiling=dice.choice(list(Ceiling)),
        calls_per_hour_at_most=dice.choice([None, 15, 5]),
        without_pause_at_most=dice.choice([None, timedelta(hours=2)]),
        hold_at_most=timedelta(seconds=dice.choice([0, 20, 120])),
        typical_wrap_up=timedelta(seconds=dice.choice([5, 45])),
        knows_well_from=dice.choice([1, 5, 10]),
        passed_over_at_most=dice.choice([0, 3, 10]),
        out_of_turn_at_most=dice.choice([0, 2, 4]),
        flood_from=dice.choice([2, 4, 10]),
    )
    team = TeamPlan(
        (TeamStep(), TeamStep(timedelta(seconds=30), frozenset({1, 2, 3}))), timedelta(seconds=90)
    )
    return replace(
        facts,
        posts=tuple(
            somebody(dice, post) if dice.random() < 0.7 else post for post in dice.sample(facts.posts, size)
        ),
        calls=tuple(caller(dice, call, size) if dice.random() < 0.8 else call for call in facts.calls),
        policy=policy,
        line_teams={1: team} if dice.random() < 0.5 else {},
    )


@given(st.integers(0, 100_000), st.sampled_from([2, 6, 14]), st.sampled_from([0.0, 0.2, 0.6, 1.0]))
@settings(max_examples=150, deadline=None)
def test_the_slow_and_obvious_decision_is_the_same(seed: int, size: int, free: float) -> None:
    for facts in (everything(size, free, seed), crowd(size, free=free, rich=False, seed=seed)):
        assert decide(facts) == plainly(facts)


@pytest.mark.parametrize("free", [0.1, 1.0])
def test_and_so_it_is_for_a_crowd(free: float) -> None:
    facts = everything(60, free, seed=7)
    assert decide(facts) == plainly(facts)


@pytest.mark.parametrize("free", [0.0, 0.3, 1.0])
def test_and_so_it_is_whatever_was_decided_before(free: float) -> None:
    for facts in breaths(everything(20, free, seed=11), rounds=20):
        assert decide(facts) == plainly(facts)

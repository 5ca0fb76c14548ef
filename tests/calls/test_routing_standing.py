"""What is kept from one decision to the next changes no decision: stories decided with it, and from nothing each time."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.calls_decide import NOW, breaths, crowd
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import (
    Ceiling,
    Decision,
    Facts,
    Familiarity,
    PostFact,
    Standing,
    TeamPlan,
    TeamStep,
    WaitingCall,
    decide,
)
from tests.calls.plain_routing import plainly
from tests.calls.test_routing_oracle import caller, everything, somebody

NUMBER = "+33100000001"


@dataclass
class Story:
    """Let things happen to facts, as they do to a switchboard: who has not changed is described by the same object."""

    facts: Facts
    dice: random.Random

    def goes_on(self) -> Facts:
        """Let a few things happen, and return what is to be decided then."""
        changes = (
            [self.post_moves] * 6
            + [self.caller_changes] * 4
            + [self.caller_comes, self.caller_goes] * 3
            + [self.post_changes, self.call_is_answered, self.post_comes, self.post_goes] * 2
            + [self.policy_changes, self.mandates_change, self.teams_change, self.line_teams_change]
        )
        for _ in range(self.dice.choice([0, 1, 1, 2, 3])):
            self.dice.choice(changes)()
        passes = self.dice.choice([0, 0.05, 0.05, 1, 1, 5, 21, 61, -3])
        self.facts = replace(self.facts, now=self.facts.now + timedelta(seconds=passes))
        some = tuple(call for call in self.facts.calls if self.dice.random() < 0.7)
        return replace(self.facts, calls=some) if self.dice.random() < 0.3 else self.facts

    def _with_post(self, post: PostFact) -> None:
        posts = tuple(post if one.user_id == post.user_id else one for one in self.facts.posts)
        self.facts = replace(self.facts, posts=posts)

    def _with_call(self, call: WaitingCall) -> None:
        calls = tuple(call if one.call_id == call.call_id else one for one in self.facts.calls)
        self.facts = replace(self.facts, calls=calls)

    # --- posts --------------------------------------------------------------------------

    def post_moves(self) -> None:
        if self.facts.posts:
            post, state = self.dice.choice(self.facts.posts), self.dice.choice([*PostState])
            since = self.dice.choice([self.facts.now, self.facts.now, post.since])
            self._with_post(post._replace(state=state, since=since, out_of_turn=self.dice.randrange(6)))

    def post_changes(self) -> None:
        if self.facts.posts:
            post = somebody(self.dice, self.dice.choice(self.facts.posts))
            self._with_post(
                post._replace(calls_last_hour=self.dice.randrange(20), secretariat_id=self.dice.randrange(5))
            )

    def post_comes(self) -> None:
        users = {post.user_id for post in self.facts.posts}
        user_id = next(user for user in range(1, 100) if user not in users)
        post = PostFact(user_id, self.dice.randrange(5), PostState.AVAILABLE, self.facts.now, reachable=True)
        self.facts = replace(self.facts, posts=(*self.facts.posts, post))

    def post_goes(self) -> None:
        self.facts = replace(
            self.facts, posts=tuple(self.dice.sample(self.facts.posts, max(0, len(self.facts.posts) - 1)))
        )

    # --- callers ------------------------------------------------------------------------

    def caller_comes(self) -> None:
        call = WaitingCall(
            UUID(int=self.dice.getrandbits(120)), 0, self.facts.now, has_fallback=self.dice.random() < 0.5
        )
        self.facts = replace(self.facts, calls=(*self.facts.calls, caller(self.dice, call, 14)))

    def caller_goes(self) -> None:
        self.facts = replace(self.facts, calls=self.facts.calls[1:])

    def caller_changes(self) -> None:
        if self.facts.calls:
            self._with_call(caller(self.dice, self.dice.choice(self.facts.calls), 14))

    # --- everything else ----------------------------------------------------------------

    def call_is_answered(self) -> None:
        known, pair = self.facts.familiarity, (self.dice.randrange(1, 15), self.dice.randrange(2))
        assert isinstance(known, Familiarity)
        known[pair] = known.get(pair, 0) + 1

    def policy_changes(self) -> None:
        policy = everything(2, 1.0, self.dice.randrange(1000)).policy
        self.facts = replace(self.facts, policy=policy)

    def mandates_change(self) -> None:
        """Change them in their place, too: they are compared, not taken for the same."""
        mandated = frozenset(self.dice.sample(range(5), 2))
        assert isinstance(self.facts.mandates, dict)
        self.facts.mandates[self.dice.randrange(2)] = mandated

    def teams_change(self) -> None:
        assert isinstance(self.facts.teams, dict)
        self.facts.teams[self.dice.randrange(2)] = self._team()

    def line_teams_change(self) -> None:
        self.facts = replace(self.facts, line_teams={self.dice.choice([1, 2]): self._team()})

    def _team(self) -> TeamPlan:
        first = frozenset(self.dice.sample(range(1, 15), 2))
        after = timedelta(seconds=self.dice.choice([0, 20, 100]))
        steps = (
            TeamStep(user_ids=first),
            TeamStep(after, secretariat_id=self.dice.randrange(5)),
            TeamStep(after * 2),
        )
        return TeamPlan(steps[: self.dice.randrange(4)], self.dice.choice([None, timedelta(seconds=90)]))


@given(st.integers(0, 1_000_000), st.sampled_from([3, 6, 14]), st.sampled_from([0.0, 0.3, 1.0]))
@example(200371, 6, 0.3)  # who was away comes back to her post, and knows the practice
@settings(max_examples=200, deadline=None)
def test_what_is_kept_changes_no_decision_and_no_reason(seed: int, size: int, free: float) -> None:
    story, standing = Story(everything(size, free, seed), random.Random(seed)), Standing()
    for _ in range(25):
        facts = story.goes_on()
        assert decide(facts, standing) == decide(facts)


@given(st.integers(0, 1_000_000))
@settings(max_examples=20, deadline=None)
def test_nor_does_the_slow_and_obvious_decision_know_the_difference(seed: int) -> None:
    story, standing = Story(everything(6, 0.4, seed), random.Random(seed)), Standing()
    for _ in range(10):
        facts = story.goes_on()
        assert decide(facts, standing) == plainly(facts)


@pytest.mark.parametrize("rich", [False, True])
def test_a_crowd_that_lives_long_takes_its_places_anew_now_and_then(rich: bool) -> None:
    standing, placed = Standing(), set[int]()
    for facts in breaths(crowd(30, free=0.5, rich=rich), rounds=150):
        assert decide(facts, standing) == decide(facts)
        placed.add(len(standing.crowd.people))
    assert 30 < max(placed) < 150


def test_who_is_gone_is_forgotten() -> None:
    facts, standing = crowd(20, free=0.0, rich=True), Standing()
    for number in range(300):
        came = facts.calls[0]._replace(call_id=UUID(int=number), practice_id=number)
        facts = replace(facts, calls=(*facts.calls[1:], came), mandates={number: frozenset({1})})
        decide(replace(facts, mandates={}), standing)
    assert len(standing.callers._cases) < 150
    assert len(standing.callers._kinds) < 150
    assert len(standing.crowd._knowing) < 150


def ceiling(facts: Facts, worked: float) -> Facts:
    policy = replace(facts.policy, without_pause_at_most=timedelta(hours=2), above_ceiling=Ceiling.NOT_AT_ALL)
    since = NOW - timedelta(seconds=worked)
    return replace(
        facts, policy=policy, posts=tuple(post._replace(working_since=since) for post in facts.posts)
    )


def protection(facts: Facts) -> Facts:
    posts = tuple(
        post._replace(protected_from=frozenset({NUMBER}), protected_until=NOW + timedelta(seconds=9.5))
        for post in facts.posts
    )
    return replace(
        facts, posts=posts, calls=tuple(call._replace(caller_number=NUMBER) for call in facts.calls)
    )


def rest(facts: Facts) -> Facts:
    tried = {post.user_id: NOW - timedelta(seconds=35.5) for post in facts.posts}
    return replace(facts, calls=tuple(call._replace(tried=tried) for call in facts.calls))


@pytest.mark.parametrize(
    "facts",
    [
        ceiling(crowd(4, free=1.0, rich=False), worked=7190.5),
        protection(crowd(4, free=1.0, rich=False)),
        rest(crowd(4, free=1.0, rich=False)),
        crowd(12, free=0.0, rich=True),
    ],
    ids=["ceiling", "protection", "rest", "waiting"],
)
def test_time_alone_changes_what_it_changes_from_nothing(facts: Facts) -> None:
    standing, told = Standing(), list[tuple[Decision, ...]]()
    for second in range(200):
        later = replace(facts, now=NOW + timedelta(seconds=second))
        told.append(decide(later, standing))
        assert told[-1] == decide(later)
    assert told[0] != told[-1]

"""Time the decision who is offered which call: ``python -m bench.calls_decide``.

The reference is the first honest policy, written plainly: every practice sorts every post, every caller looks at
every post. It knows no team, skill or ceiling. The oracle of the tests, ``tests.calls.plain_routing``, knows them all,
and looks everything up anew for every question: too slow for a crowd of this size, so there are two.

A decision is told of the callers and posts as the switchboard tells it: who has changed is described anew, who has not
by the same object as before. « From nothing » is the first decision after a restart, when all of them are new.
"""

import gc
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median
from time import thread_time
from uuid import UUID

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing import (
    Decision,
    Facts,
    Familiarity,
    KeepWaiting,
    Offer,
    Overflow,
    Policy,
    PostFact,
    Reason,
    Standing,
    TeamPlan,
    TeamStep,
    Urgency,
    WaitingCall,
    Why,
    acquaintance,
    decide,
)
from decroche.calls.switchboard.rubbish import GARBAGE_AFTER

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
GOAL = 0.005  # seconds, 99th percentile, 500 callers and 500 secretaries
ROUNDS = 200


# --- the plain reference ----------------------------------------------------------------


def plain_decide(facts: Facts) -> tuple[Decision, ...]:
    by_secretariat: dict[int, list[PostFact]] = {}
    for post in facts.posts:
        if post.state in AT_POST and post.reachable:
            by_secretariat.setdefault(post.secretariat_id, []).append(post)
    teams: dict[int, list[PostFact]] = {}
    taken: set[int] = set()
    decisions: list[Decision] = []
    for call in sorted(facts.calls, key=lambda c: (not c.comes_first, c.waiting_since, c.call_id)):
        team = teams.get(call.practice_id)
        if team is None:
            team = teams[call.practice_id] = _team(facts, by_secretariat, call.practice_id)
        decision = _decide_one(facts, call, team, taken)
        if isinstance(decision, Offer):
            taken.add(decision.user_id)
        decisions.append(decision)
    return tuple(decisions)


def _team(facts: Facts, by_secretariat: Mapping[int, Iterable[PostFact]], practice_id: int) -> list[PostFact]:
    team = [
        post
        for secretariat_id in facts.mandates.get(practice_id, frozenset())
        for post in by_secretariat.get(secretariat_id, ())
    ]
    known = facts.familiarity
    team.sort(
        key=lambda p: (
            -acquaintance(known.get((p.user_id, practice_id), 0), facts.policy),
            p.since,
            p.user_id,
        )
    )
    return team


def _decide_one(  # noqa: PLR0911
    facts: Facts, call: WaitingCall, team: list[PostFact], taken: set[int]
) -> Decision:
    policy, now = facts.policy, facts.now
    retry_before = now - policy.retry_same_after
    for post in team:
        tried_at = call.tried.get(post.user_id)
        rested = tried_at is None or tried_at <= retry_before
        if post.state is PostState.AVAILABLE and post.user_id not in taken and rested:
            count = facts.familiarity.get((post.user_id, call.practice_id), 0)
            idle = max(0, int((now - post.since).total_seconds()))
            return Offer(call.call_id, post.user_id, (Reason(Why.KNOWS, count), Reason(Why.IDLE_FOR, idle)))
    waited = now - call.waiting_since
    if not team:
        if call.tried:
            return _overflow(call, Why.EVERYONE_TRIED)
        if waited >= policy.wait_for_someone:
            return _overflow(call, Why.NOBODY_AT_POST)
        return KeepWaiting(call.call_id, call.waiting_since + policy.wait_for_someone)
    if all(post.user_id in call.tried for post in team):
        return _overflow(call, Why.EVERYONE_TRIED)
    if waited >= policy.wait_at_most:
        return _overflow(call, Why.WAITED_TOO_LONG)
    return KeepWaiting(call.call_id, call.waiting_since + policy.wait_at_most)


def _overflow(call: WaitingCall, why: Why) -> Overflow:
    return Overflow(call.call_id, to_fallback=call.has_fallback, reasons=(Reason(why),))


# --- the crowds -------------------------------------------------------------------------


def crowd(size: int, *, free: float, rich: bool, seed: int = 1) -> Facts:
    """Make ``size`` callers of ``size / 10`` practices and ``size`` secretaries of five secretariats.

    Rich: emergencies, colleagues, skills, teams with back-up, unanswered offers, ceilings, owed turns.
    """
    dice = random.Random(seed)
    practices = max(1, size // 10)
    users = range(1, size + 1)
    states = [PostState.ON_CALL, PostState.WRAP_UP, PostState.RINGING]

    def some(chance: float) -> bool:
        return rich and dice.random() < chance

    posts = tuple(
        PostFact(
            user,
            user % 5,
            PostState.AVAILABLE if dice.random() < free else dice.choice(states),
            NOW - timedelta(seconds=dice.uniform(0, 600)),
            reachable=True,
            skills=frozenset({"lang:en"}) if some(0.3) else frozenset(),
            calls_last_hour=dice.randrange(20),
            out_of_turn=dice.randrange(6) if rich else 0,
        )
        for user in users
    )
    calls = tuple(
        WaitingCall(
            UUID(int=dice.getrandbits(120)),
            dice.randrange(practices),
            NOW - timedelta(seconds=dice.uniform(0, 170)),
            has_fallback=dice.random() < 0.5,
            tried={dice.choice(users): NOW - timedelta(seconds=20)} if some(0.2) else {},
            urgency=Urgency.EMERGENCY if some(0.05) else Urgency.COLLEAGUE if some(0.1) else Urgency.ROUTINE,
            required=frozenset({"lang:en"}) if some(0.05) else frozenset(),
            last_spoken=dice.choice(users) if some(0.3) else None,
        )
        for _ in range(size)
    )
    teams = {
        practice: TeamPlan(
            (
                TeamStep(user_ids=frozenset(dice.sample(users, min(8, size)))),
                TeamStep(timedelta(seconds=20), secretariat_id=practice % 5),
                TeamStep(timedelta(seconds=60)),
            )
        )
        for practice in range(practices)
        if some(0.5)
    }
    policy = Policy(hold_at_most=timedelta(seconds=20), calls_per_hour_at_most=15) if rich else Policy()
    familiarity = Familiarity(
        {(user, dice.randrange(practices)): dice.randrange(1, 30) for user in users for _ in range(20)}
    )
    mandates = {practice: frozenset({practice % 5, (practice + 1) % 5}) for practice in range(practices)}
    return Facts(NOW, calls, posts, mandates, familiarity, policy, teams)


def breaths(facts: Facts, rounds: int, seed: int = 2) -> Iterator[Facts]:
    """Give the facts of one decision after the other, as the switchboard gives them.

    Between two of them 50 ms pass, a call is answered, somebody is free anew and somebody else is not, who waits
    longest is gone and another came.
    """
    dice, calls, posts = random.Random(seed), list(facts.calls), list(facts.posts)
    now, known = facts.now, facts.familiarity
    assert isinstance(known, Familiarity)
    for _ in range(rounds):
        now += timedelta(milliseconds=50)
        pair = (dice.choice(posts).user_id, dice.choice(calls).practice_id)
        known[pair] = known.get(pair, 0) + 1
        one, other = dice.sample(range(len(posts)), 2)
        states = posts[one].state, posts[other].state
        posts[one] = posts[one]._replace(state=states[1], since=now)
        posts[other] = posts[other]._replace(state=states[0], since=now)
        gone = min(range(len(calls)), key=lambda place: calls[place].waiting_since)
        calls[gone] = calls[gone]._replace(
            call_id=UUID(int=dice.getrandbits(120)), waiting_since=now, tried={}
        )
        yield replace(facts, now=now, calls=tuple(calls), posts=tuple(posts))


def timed(work: Callable[[Facts], object], facts: Facts, rounds: int) -> list[float]:
    """Time rounds as production runs them: the collector on, and set as the switchboard sets it."""
    took = []
    work(facts)
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
    for now in breaths(facts, rounds):
        began = thread_time()
        work(now)
        took.append(thread_time() - began)
    gc.unfreeze()
    return sorted(took)


def pace() -> float:
    """Return how long two million additions take: about 0.09 s on a quiet core of 3 GHz, more on a busy one."""
    began, total = thread_time(), 0
    for number in range(2_000_000):
        total += number
    return thread_time() - began


def main() -> int:
    print(f"pace of this core now: {pace():.2f} s for 2 million additions (quiet: about 0.09)")
    print(
        f"{'callers × secretaries':<26}{'free':>6}{'p50 ms':>9}{'p99 ms':>9}{'from nothing':>14}{'plain ms':>10}{'ratio':>8}"
    )
    late = False
    for rich in (False, True):
        for free in (1.0, 0.1, 0.0):
            medians = []
            for size in (50, 500, 2000):
                facts = crowd(size, free=free, rich=rich)
                took = timed(partial(decide, standing=Standing()), facts, ROUNDS if size <= 500 else 20)
                p50, p99 = median(took), took[int(len(took) * 0.99) - 1]
                anew = median(timed(decide, facts, 10))
                plain = median(timed(plain_decide, facts, 10 if size <= 500 else 2))
                medians.append(p50)
                late |= size == 500 and p99 > GOAL
                name = f"{size} × {size}{' everything set' if rich else ''}"
                print(
                    f"{name:<26}{free:>6.0%}{p50 * 1e3:>9.2f}{p99 * 1e3:>9.2f}{anew * 1e3:>14.2f}{plain * 1e3:>10.2f}"
                    f"{plain / p50:>7.1f}×"
                )
            small, middle, large = medians
            print(f"{'  growth for 10× and 4×':<26}{'':>6}{middle / small:>8.1f}×{large / middle:>8.1f}×")
    print(f"goal: p99 ≤ {GOAL * 1e3:.0f} ms at 500 × 500: {'missed' if late else 'met'}")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())

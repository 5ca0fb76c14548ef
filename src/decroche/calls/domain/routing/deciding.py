"""Decide who is offered which call: from frozen facts to frozen decisions, with the reasons.

The policy, in order: the caller who waits longest is served first; among the available secretaries
with a mandate for the practice, those who know it best come first, and among equals the one idle the
longest. An unanswered offer goes to the next secretary, not to the same one at once. When nobody is
left to try, or all stay busy too long, the caller goes to the fallback number, else to voicemail.
"""

from collections.abc import Iterable, Mapping

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing.decisions import Decision, KeepWaiting, Offer, Overflow, Reason, Why
from decroche.calls.domain.routing.facts import Acquaintance, Facts, Policy, PostFact, WaitingCall


def decide(facts: Facts) -> tuple[Decision, ...]:
    """Return one decision for every waiting call, the first in line first."""
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


def acquaintance(count: int, policy: Policy) -> Acquaintance:
    """Say how well somebody who took ``count`` calls lately knows a practice."""
    if count >= policy.knows_well_from:
        return Acquaintance.GOOD
    return Acquaintance.SOME if count else Acquaintance.NONE


def _team(facts: Facts, by_secretariat: Mapping[int, Iterable[PostFact]], practice_id: int) -> list[PostFact]:
    """Return the posts that may answer for the practice, best first."""
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


def _decide_one(facts: Facts, call: WaitingCall, team: list[PostFact], taken: set[int]) -> Decision:
    policy, now = facts.policy, facts.now
    retry_before = now - policy.retry_same_after
    for post in team:
        tried_at = call.tried.get(post.user_id)
        rested = tried_at is None or tried_at <= retry_before
        if post.state is PostState.AVAILABLE and post.user_id not in taken and rested:
            return Offer(call.call_id, post.user_id, _why_her(facts, call, post, team))
    return _without_her(facts, call, team)


def _without_her(facts: Facts, call: WaitingCall, team: list[PostFact]) -> Decision:
    """Decide for a caller whom nobody can take right now."""
    policy = facts.policy
    waited = facts.now - call.waiting_since
    if not team:
        if call.tried:
            return _overflow(call, Why.EVERYONE_TRIED, len(call.tried))
        if waited >= policy.wait_for_someone:
            return _overflow(call, Why.NOBODY_AT_POST)
        return KeepWaiting(call.call_id, call.waiting_since + policy.wait_for_someone)
    if all(post.user_id in call.tried for post in team):
        return _overflow(call, Why.EVERYONE_TRIED, len(call.tried))
    if waited >= policy.wait_at_most:
        return _overflow(call, Why.WAITED_TOO_LONG, int(waited.total_seconds()))
    return KeepWaiting(call.call_id, call.waiting_since + policy.wait_at_most)


def _overflow(call: WaitingCall, why: Why, amount: int = 0) -> Overflow:
    return Overflow(call.call_id, to_fallback=call.has_fallback, reasons=(Reason(why, amount),))


def _why_her(facts: Facts, call: WaitingCall, post: PostFact, team: list[PostFact]) -> tuple[Reason, ...]:
    count = facts.familiarity.get((post.user_id, call.practice_id), 0)
    known = {
        Acquaintance.GOOD: Why.KNOWS_WELL,
        Acquaintance.SOME: Why.KNOWS,
        Acquaintance.NONE: Why.NEW_TO_PRACTICE,
    }[acquaintance(count, facts.policy)]
    reasons = [
        Reason(known, count),
        Reason(Why.IDLE_FOR, max(0, int((facts.now - post.since).total_seconds()))),
    ]
    if len(team) == 1:
        reasons.append(Reason(Why.ONLY_ONE))
    if call.comes_first:
        reasons.append(Reason(Why.FIRST_IN_LINE))
    if call.tried:
        reasons.append(Reason(Why.TRIED_BEFORE, len(call.tried)))
    return tuple(reasons)

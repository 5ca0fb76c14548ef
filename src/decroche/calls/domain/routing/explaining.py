"""Give the reasons of a decision: why her, why not those who would have suited better, why nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing.decisions import PassedOver, Reason, Why
from decroche.calls.domain.routing.facts import Acquaintance, Facts, PostFact, Urgency, WaitingCall
from decroche.calls.domain.routing.people import Candidate, Crowd, Group, above_ceiling

_KNOWN = (Why.NEW_TO_PRACTICE, Why.KNOWS, Why.KNOWS_WELL, Why.SPOKE_LAST)
_PRESSING = {Urgency.EMERGENCY: Why.EMERGENCY, Urgency.COLLEAGUE: Why.COLLEAGUE}
_BUSY = {PostState.ON_CALL: Why.ON_CALL, PostState.RINGING: Why.RINGING, PostState.WRAP_UP: Why.IN_WRAP_UP}


@lru_cache(maxsize=8192)
def reason(why: Why, amount: int) -> Reason:
    """Return a reason; the same few come again and again."""
    return Reason(why, amount)


@dataclass(slots=True)
class Choice:
    """Hold who was chosen for whom, and among whom."""

    facts: Facts
    call: WaitingCall
    groups: tuple[Group, ...]
    crowd: Crowd
    her: Candidate
    tier: int
    step: int


def why_her(choice: Choice, *, owed: bool) -> tuple[Reason, ...]:
    """Say why this secretary, then why this caller."""
    call, her, now = choice.call, choice.her, choice.facts.now
    user_id = her[3]
    count = choice.crowd.counts(call.practice_id).get(user_id, 0)
    reasons = [
        reason(_KNOWN[-her[1]], count),
        reason(Why.IDLE_FOR, _seconds(her[2], now)),
    ]
    if her[0]:
        reasons.append(reason(Why.SPEAKS, -her[0]))
    if choice.step:
        reasons.append(reason(Why.BACK_UP, choice.step + 1))
    if call.held_for == user_id and call.held_since is not None:
        reasons.append(reason(Why.HELD_FOR_HER, _seconds(call.held_since, now)))
    if len(choice.groups[0].members) == 1 and all(g.members.keys() <= {user_id} for g in choice.groups):
        reasons.append(reason(Why.ONLY_ONE, 0))
    if call.urgency:
        reasons.append(reason(_PRESSING[call.urgency], 0))
    if owed:
        reasons.append(reason(Why.WAITED_LONGEST, _seconds(call.waiting_since, now)))
    if call.comes_first:
        reasons.append(reason(Why.FIRST_IN_LINE, 0))
    if call.tried:
        reasons.append(reason(Why.TRIED_BEFORE, len(call.tried)))
    return tuple(reasons)


def why_not_others(choice: Choice, taken: set[int]) -> tuple[PassedOver, ...]:
    """Say why the first few who would have suited better were not rung."""
    found: list[PassedOver] = []
    seen = {choice.her[3]}
    for post in _better(choice):
        if len(found) >= choice.facts.policy.passed_over_at_most:
            break
        if post.user_id not in seen:
            seen.add(post.user_id)
            found.append(PassedOver(post.user_id, *_why_not(choice, post, taken)))
    return tuple(found)


def _better(choice: Choice) -> Iterator[PostFact]:
    """Give who would have suited better than her, had they been free for this caller."""
    call, her, policy = choice.call, choice.her, choice.facts.policy
    posts = [group.members for group in choice.groups]
    if her[1] > -Acquaintance.CALLER:
        known = () if call.last_spoken is None else (call.last_spoken,)
        yield from (members[u] for u in known for members in posts if u in members)
    if her[1] > -Acquaintance.GOOD:
        least = policy.knows_well_from if her[1] else 1
        better = choice.crowd.knowers(call.practice_id, from_count=least)
        yield from (members[u] for u in better for members in posts if u in members)
    for step, group in enumerate(choice.groups[: choice.step + 1]):
        if group.rankings is None:
            continue
        ranking = group.rankings[0]  # above her ceiling she is only rung when nobody below is free
        for index in range(ranking.head, len(ranking.people)):
            candidate = ranking.people[index]
            if step == choice.step and not choice.tier and (her[1] or candidate >= her):
                break
            yield candidate[4]


def _why_not(choice: Choice, post: PostFact, taken: set[int]) -> tuple[Why, int]:
    call, policy, now = choice.call, choice.facts.policy, choice.facts.now
    until, tried_at = post.protected_until, call.tried.get(post.user_id)
    if post.state in _BUSY:
        return _BUSY[post.state], _seconds(post.since, now)
    if until is not None and now < until and call.caller_number in post.protected_from:
        return Why.PROTECTED, 0
    if tried_at is not None and tried_at > now - policy.retry_same_after:
        return Why.TRIED, _seconds(tried_at, now)
    if post.user_id in taken:
        return Why.TAKEN, 0
    load = above_ceiling(post, policy, now)
    return (Why.ABOVE_CEILING, load) if load else (Why.OWES_A_TURN, 0)


def why_nobody(groups: tuple[Group, ...]) -> Why:
    """Say why nobody at post may serve a caller."""
    if any(group.members for group in groups):
        return Why.NOBODY_ALLOWED
    return Why.NOBODY_SKILLED if any(group.lacks_skill for group in groups) else Why.NOBODY_AT_POST


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))

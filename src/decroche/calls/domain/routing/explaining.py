"""Give the reasons of a decision: why her, why not those who would have suited better, why nobody."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing.decisions import PassedOver, Reason, Why
from decroche.calls.domain.routing.facts import Acquaintance, PostFact, Urgency, WaitingCall
from decroche.calls.domain.routing.people import Case, Crowd, Idle, Stage, above_ceiling

DAY: Final = 24 * 60 * 60  # seconds
# Members of an enumeration are slow to look up on it.
_KNOWN: Final = (Why.NEW_TO_PRACTICE, Why.KNOWS, Why.KNOWS_WELL, Why.SPOKE_LAST)
_PRESSING: Final = {Urgency.EMERGENCY: Why.EMERGENCY, Urgency.COLLEAGUE: Why.COLLEAGUE}
_BUSY: Final = {
    PostState.ON_CALL: Why.ON_CALL,
    PostState.RINGING: Why.RINGING,
    PostState.WRAP_UP: Why.IN_WRAP_UP,
}
_IDLE_FOR: Final = Why.IDLE_FOR
_PROTECTED: Final = Why.PROTECTED
_TRIED: Final = Why.TRIED
_TAKEN: Final = Why.TAKEN
_ABOVE_CEILING: Final = Why.ABOVE_CEILING
_OWES_A_TURN: Final = Why.OWES_A_TURN
_CALLER: Final = Acquaintance.CALLER
_GOOD: Final = Acquaintance.GOOD


def why_her(crowd: Crowd, case: Case, her: Idle, *, owed: bool) -> tuple[Reason, ...]:
    """Say why this secretary, then why this caller."""
    call, stage = case.call, case.stage
    post, now = her.post, crowd.now
    count = case.kind.knowers.counts.get(post.user_id, 0)
    reasons = [Reason(_KNOWN[case.known], count), Reason(_IDLE_FOR, _seconds(post.since, now))]
    wishes = stage.groups[case.step].wishes(her)
    if wishes:
        reasons.append(Reason(Why.SPEAKS, wishes))
    if case.step:
        reasons.append(Reason(Why.BACK_UP, case.step + 1))
    if call.held_for == post.user_id and call.held_since is not None:
        reasons.append(Reason(Why.HELD_FOR_HER, _seconds(call.held_since, now)))
    if len(stage.members) == 1 and stage.groups[0].members:
        reasons.append(Reason(Why.ONLY_ONE))
    if call.urgency:
        reasons.append(Reason(_PRESSING[call.urgency]))
    if owed:
        reasons.append(Reason(Why.WAITED_LONGEST, _seconds(call.waiting_since, now)))
    if call.comes_first:
        reasons.append(Reason(Why.FIRST_IN_LINE))
    if call.tried:
        reasons.append(Reason(Why.TRIED_BEFORE, len(call.tried)))
    return tuple(reasons)


def why_not_others(crowd: Crowd, case: Case, her: Idle) -> tuple[PassedOver, ...]:
    """Say why the first few who would have suited better were not rung."""
    if case.known is _CALLER and not case.step and not case.tier:
        return ()  # nobody suits better
    at_most = crowd.policy.passed_over_at_most
    found: dict[int, PassedOver] = {}
    for post in _better(crowd, case, her):
        if len(found) >= at_most:
            break
        if post.user_id not in found and post is not her.post:
            found[post.user_id] = PassedOver(post.user_id, *_why_not(crowd, case.call, post))
    return tuple(found.values())


def _better(crowd: Crowd, case: Case, her: Idle) -> Iterator[PostFact]:
    """Give who would have suited better than her, had they been free for this caller."""
    known, last_spoken, members = case.known, case.call.last_spoken, case.stage.members
    if last_spoken is not None and known < _CALLER and last_spoken in members:
        yield members[last_spoken]
    if known < _GOOD:
        least = crowd.policy.knows_well_from if known else 1
        for count, post in crowd.knowers(case):
            if count < least:
                break
            yield post
    for step, group in enumerate(case.stage.groups[: case.step + 1]):
        if group.rankings is None:
            continue
        ranking = group.rankings[0]  # above her ceiling she is only rung when nobody below is free
        is_hers = step == case.step and not case.tier
        if is_hers and known:
            break
        worse_from = (-group.wishes(her), her.place)
        for index in range(ranking.head, len(ranking.people)):
            other = ranking.people[index]
            if is_hers and (-group.wishes(other), other.place) >= worse_from:
                break
            yield other.post


def _why_not(crowd: Crowd, call: WaitingCall, post: PostFact) -> tuple[Why, int]:
    policy, now = crowd.policy, crowd.now
    busy, tried_at = _BUSY.get(post.state), call.tried.get(post.user_id)
    if busy is not None:
        return busy, _seconds(post.since, now)
    if crowd.protected(call, post):
        return _PROTECTED, 0
    if tried_at is not None and tried_at > now - policy.retry_same_after:
        return _TRIED, _seconds(tried_at, now)
    if crowd.free[post.user_id].is_taken:
        return _TAKEN, 0
    load = above_ceiling(post, policy, now) if crowd.capped else 0
    return (_ABOVE_CEILING, load) if load else (_OWES_A_TURN, 0)


def why_nobody(stage: Stage) -> Why:
    """Say why nobody at post may serve a caller."""
    if stage.members:
        return Why.NOBODY_ALLOWED
    return Why.NOBODY_SKILLED if any(group.lacks_skill for group in stage.groups) else Why.NOBODY_AT_POST


def _seconds(since: datetime, now: datetime) -> int:
    passed = now - since
    return max(0, passed.days * DAY + passed.seconds)

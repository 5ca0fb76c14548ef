"""Give the reasons of a decision: why her, why not those who would have suited better, why nobody."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import Final

from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing.cases import Case, Group, People, Stage
from decroche.calls.domain.routing.decisions import GIVEN, PassedOver, Reason, Why
from decroche.calls.domain.routing.facts import Acquaintance, PostFact, WaitingCall
from decroche.calls.domain.routing.people import Crowd, above_ceiling

DAY: Final = 24 * 60 * 60  # seconds
# Several fields of a tuple are found together in the time of two.
_WHO: Final = itemgetter(*map(PostFact._fields.index, ("user_id", "since")))
_WISHED: Final = itemgetter(*map(WaitingCall._fields.index, ("preferred", "held_for", "held_since")))
# Members of an enumeration are slow to look up on it.
_KNOWN: Final = [GIVEN[why] for why in (Why.NEW_TO_PRACTICE, Why.KNOWS, Why.KNOWS_WELL, Why.SPOKE_LAST)]
_PRESSING: Final = [Reason(Why.COLLEAGUE), Reason(Why.EMERGENCY)]  # from the first urgency above routine on
_BUSY: Final = {
    PostState.ON_CALL: Why.ON_CALL,
    PostState.RINGING: Why.RINGING,
    PostState.WRAP_UP: Why.IN_WRAP_UP,
}
_IDLE_FOR: Final = GIVEN[Why.IDLE_FOR]
_SPEAKS: Final = GIVEN[Why.SPEAKS]
_BACK_UP: Final = GIVEN[Why.BACK_UP]
_HELD_FOR_HER: Final = GIVEN[Why.HELD_FOR_HER]
_ONLY_ONE: Final = Reason(Why.ONLY_ONE)
_WAITED_LONGEST: Final = GIVEN[Why.WAITED_LONGEST]
_FIRST_IN_LINE: Final = Reason(Why.FIRST_IN_LINE)
_TRIED_BEFORE: Final = GIVEN[Why.TRIED_BEFORE]
_TAKEN: Final = Why.TAKEN
_TRIED: Final = Why.TRIED
_PROTECTED: Final = Why.PROTECTED
_AVAILABLE: Final = PostState.AVAILABLE
_CALLER: Final = Acquaintance.CALLER
_GOOD: Final = Acquaintance.GOOD


def why_he_presses(call: WaitingCall) -> tuple[Reason, ...]:
    """Say why this caller comes before others of his file: of what he is."""
    return (_PRESSING[call.urgency - 1],) if call.urgency else ()


def why_him(call: WaitingCall) -> tuple[Reason, ...]:
    """Say why this caller now: of what happened to him."""
    first = (_FIRST_IN_LINE,) if call.comes_first else ()
    return (*first, _TRIED_BEFORE[len(call.tried)]) if call.tried else first


def why_her(crowd: Crowd, case: Case, her: PostFact, *, owed: bool) -> tuple[Reason, ...]:
    """Say why this secretary, then why this caller."""
    stage, now = case.stage, crowd.now
    user_id, since = _WHO(her)
    count = case.kind.knowing.knowers.counts.get(user_id, 0) if case.known else 0
    knows, idle = _KNOWN[case.known][count], _IDLE_FOR[_seconds(since, now)]
    if case.is_plain and not case.step and not owed and stage.count > 1:
        return (knows, idle, *case.presses, *case.told) if case.presses or case.told else (knows, idle)
    preferred, held_for, held_since = _WISHED(case.call)
    reasons = [knows, idle]
    if preferred and (wishes := len(preferred & her.skills)):
        reasons.append(_SPEAKS[wishes])
    if case.step:
        reasons.append(_BACK_UP[case.step + 1])
    if held_since is not None and held_for == user_id:
        reasons.append(_HELD_FOR_HER[_seconds(held_since, now)])
    if stage.count == 1 and stage.groups[0].members:
        reasons.append(_ONLY_ONE)
    reasons += case.presses
    if owed:
        reasons.append(_WAITED_LONGEST[_seconds(case.since, now)])
    reasons += case.told
    return tuple(reasons)


def why_not_others(crowd: Crowd, case: Case, her: PostFact, left: People) -> tuple[PassedOver, ...]:
    """Say why the first few who would have suited better were not rung; ``left`` are free after the decision."""
    known, last, at_most = case.known, case.last, crowd.policy.passed_over_at_most
    if last and known is not _CALLER:
        last &= case.stage.members
    if known >= _GOOD:
        if not case.step and not case.tier and (known is _CALLER or not last):
            return ()  # nobody suits better
    else:
        of_stage = crowd.told[known]
        if (found := of_stage.get(case.stage)) is None:
            found = of_stage[case.stage] = _why_not_knowers(crowd, case, left)
        told, people = found
        if len(told) == at_most > 0 and not (case.barred | last) & people:
            if not last:
                return told
            if last != crowd.bit[her.user_id]:
                post = crowd.people[last.bit_length() - 1]
                return (_why_not(crowd, case, post, last, left), *told[:-1])
    return _why_not_better(crowd, case, her, left)


def _why_not_knowers(crowd: Crowd, case: Case, left: People) -> tuple[tuple[PassedOver, ...], People]:
    """Say why not the first who know the practice better, and who they are: the same to all whom none of them avoids."""
    knowers, bits = _knowers(crowd, case), crowd.bit
    told = [_why_no_caller(crowd, post, bits[post.user_id], left) for post in knowers]
    return tuple(told), sum([bits[post.user_id] for post in knowers])


def _why_not_better(crowd: Crowd, case: Case, her: PostFact, left: People) -> tuple[PassedOver, ...]:
    found: list[PassedOver] = []
    at_most, said = crowd.policy.passed_over_at_most, crowd.bit[her.user_id]
    for post in _better(crowd, case, her) if at_most else ():
        bit = crowd.bit[post.user_id]
        if not bit & said:
            said |= bit
            found.append(_why_not(crowd, case, post, bit, left))
            if len(found) == at_most:
                break
    return tuple(found)


def _better(crowd: Crowd, case: Case, her: PostFact) -> Iterator[PostFact]:
    """Give who would have suited better than her, had they been free for this caller."""
    known, stage = case.known, case.stage
    if known < _CALLER and (last := case.last & stage.members):
        yield from crowd.each(last)
    if known < _GOOD:
        yield from _knowers(crowd, case)
    for group in stage.groups[: case.step]:
        for _, people in _from_first_left(crowd, group):
            yield from crowd.each(people)
    group = stage.groups[case.step]
    if case.tier:  # above her ceiling she is only rung when nobody below is free
        for _, people in _from_first_left(crowd, group):
            yield from crowd.each(people)
    elif not known:
        wishes, before_her = group.wishes(her), (1 << case.place) - 1
        for theirs, people in _from_first_left(crowd, group):
            if theirs < wishes:
                break
            yield from crowd.each(people if theirs > wishes else people & before_her)


def _knowers(crowd: Crowd, case: Case) -> list[PostFact]:
    """Return the first who know the practice better than she, as many as are told; they are never she herself."""
    stage, least = case.stage, max(1, crowd.policy.knows_well_from) if case.known else 1
    if stage.knowers_of != (of := (case.kind.knowing.knowers, crowd.folk)):
        stage.knowers_of, stage.knowers = of, {}
    user_ids = stage.knowers.get(least)
    if user_ids is None:
        first = islice(crowd.knowers(case, least), crowd.policy.passed_over_at_most)
        user_ids = stage.knowers[least] = [post.user_id for post in first]
    return [crowd.people[crowd.bit[user_id].bit_length() - 1] for user_id in user_ids]


def _from_first_left(crowd: Crowd, group: Group) -> Iterator[tuple[int, People]]:
    """Give the free of a group below their ceiling, by wished skills, from the first on who was left of them."""
    started, below = False, group.able & crowd.free & ~crowd.above
    for wishes, people in group.levels:
        free = below & people
        if not started:
            left = group.left & free
            if not left:
                continue
            free &= -(left & -left)
            started = True
        yield wishes, free


def _why_not(crowd: Crowd, case: Case, post: PostFact, bit: People, left: People) -> PassedOver:
    user_id = post.user_id
    if bit & crowd.free:
        if bit & case.protected:
            return PassedOver(user_id, _PROTECTED)
        if bit & case.rests:
            return PassedOver(user_id, _TRIED, _seconds(case.call.tried[user_id], crowd.now))
    return _why_no_caller(crowd, post, bit, left)


def _why_no_caller(crowd: Crowd, post: PostFact, bit: People, left: People) -> PassedOver:
    """Say what keeps her from every caller alike."""
    found = crowd.passed.get(post.user_id)
    if found is None:
        found = crowd.passed[post.user_id] = PassedOver(post.user_id, *_keeps_her(crowd, post, bit, left))
    return found


def _keeps_her(crowd: Crowd, post: PostFact, bit: People, left: People) -> tuple[Why, int]:
    if post.state is not _AVAILABLE:
        return _BUSY[post.state], _seconds(post.since, crowd.now)
    if not bit & left:
        return _TAKEN, 0
    load = above_ceiling(post, crowd.policy, crowd.now) if crowd.capped else 0
    return (Why.ABOVE_CEILING, load) if load else (Why.OWES_A_TURN, 0)


def why_nobody(stage: Stage) -> Why:
    """Say why nobody at post may serve a caller."""
    if stage.members:
        return Why.NOBODY_ALLOWED
    return Why.NOBODY_SKILLED if any(group.lacks_skill for group in stage.groups) else Why.NOBODY_AT_POST


def _seconds(since: datetime, now: datetime) -> int:
    passed = now - since
    days = passed.days
    return passed.seconds if not days else max(0, days * DAY + passed.seconds)

"""Let the policy decide who is offered which caller, and do as it says; every decision is noted with its reasons."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from decroche.calls.domain.call import CallState
from decroche.calls.domain.post import AT_POST, BUSY, PostState
from decroche.calls.domain.routing import (
    Facts,
    KeepWaiting,
    Offer,
    Overflow,
    PostFact,
    TeamPlan,
    WaitingCall,
    decide,
)
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard import spoken
from decroche.calls.switchboard.described import Share
from decroche.calls.switchboard.floor import Floor
from decroche.calls.switchboard.posts import AN_HOUR
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, LivePost

_WAITS: Final = frozenset({CallState.RINGING_IN, CallState.WAITING})
_NOBODY: Final = frozenset[int]()
_NO_SKILLS: Final = frozenset[str]()
BRANCHES = 16  # a line's own team, and one for each key of its menu


def offer_to_the_free(floor: Floor, now: datetime) -> None:
    """Decide at once where an offer is possible; who must overflow is looked at by the next tick.

    A flood of callers whom nobody free may answer would otherwise have every event look at each of them, and the
    other lines would wait for that.
    """
    if not any(map(is_waiting, floor.calls.values())):
        return
    free = {
        post.secretariat_id
        for post in floor.posts.values()
        if post.state is PostState.AVAILABLE and post.can_ring
    }
    if free:
        assign(floor, now, among=free)


def assign(floor: Floor, now: datetime, *, among: set[int] | None = None) -> None:
    """Let the policy decide for every caller who waits (whom one of ``among`` may answer), and do as it says.

    Secretariats may share their calls out in different ways: each way decides for its own callers, the most pressing
    first, and sees whom the one before has rung.
    """
    if not floor.exchange_up:
        return
    groups: dict[int, dict[UUID, LiveCall]] = defaultdict(dict)
    for call in floor.calls.values():
        if is_waiting(call) and (among is None or _may_be_answered(floor, call, among)):
            groups[floor.sharer_of(call)][call.call_id] = call
    pressing = sorted(groups.items(), key=lambda pair: _pressing(pair[1].values()))
    for sharer, calls in pressing:
        share = floor.described.share(sharer, floor.directory)
        for decision in decide(_facts(floor, calls.values(), share, now), share.standing):
            match decision:
                case Offer():
                    _offer(floor, calls[decision.call_id], decision, now)
                case Overflow(call_id=call_id, to_fallback=to_fallback, reasons=reasons):
                    floor.overflow(calls[call_id], reasons, now, to_fallback=to_fallback)
                case KeepWaiting():
                    _keep(floor, calls[decision.call_id], decision, now)


def _may_be_answered(floor: Floor, call: LiveCall, secretariats: set[int]) -> bool:
    return not secretariats.isdisjoint(floor.directory.mandates.get(call.practice_id or 0, frozenset()))


def is_waiting(call: LiveCall) -> bool:
    """Say whether a caller is to be offered to somebody: nothing more has to be heard before."""
    return call.state in _WAITS and call.script is None and call.practice_id is not None


def _pressing(calls: Collection[LiveCall]) -> tuple[bool, int, datetime]:
    return (
        not any(call.comes_first for call in calls),
        -max(call.urgency for call in calls),
        min(call.waiting_since or call.arrived_at for call in calls),
    )


def _offer(floor: Floor, call: LiveCall, decision: Offer, now: datetime) -> None:
    post = floor.posts[decision.user_id]
    post.out_of_turn = decision.out_of_turn
    floor.offer(call, post, decision.reasons, now, decision.passed_over)


def _keep(floor: Floor, call: LiveCall, decision: KeepWaiting, now: datetime) -> None:
    """Remember what the policy wants remembered, and what the caller may be told."""
    call.position, call.expected_wait = decision.position, decision.expected_wait
    if decision.held_for != call.held_for:
        call.held_for = decision.held_for
        call.held_since = now if decision.held_for is not None else None
        if decision.held_for is not None:
            floor.note(
                call,
                StepKind.KEPT_FOR,
                now,
                secretary_id=decision.held_for,
                reasons=decision.reasons,
            )


# --- the facts -----------------------------------------------------------------------------


def _facts(floor: Floor, waiting: Collection[LiveCall], share: Share, now: datetime) -> Facts:
    """Describe those who wait, and those who might answer them; this is done for every event of every call."""
    teams: dict[int, TeamPlan] = {}
    mandates, mandated = floor.directory.mandates, share.secretariats
    for call in waiting:
        mandated |= mandates.get(call.practice_id or 0, _NOBODY)
        where = _line_of(call)
        if where is not None and call.team is not None:
            teams[where] = call.team
    posts = [
        _post_fact(floor, post, now)
        for post in floor.posts.values()
        if post.state in AT_POST and post.secretariat_id in mandated
    ]
    share.forget_all_but(waiting)
    return Facts(
        now=now,
        calls=tuple([_waiting_call(floor, share, call) for call in waiting]),
        posts=tuple(posts),
        mandates=mandates,
        familiarity=floor.familiarity,
        policy=floor.sharing_of(share.sharer).routing,
        line_teams=teams,
    )


def _line_of(call: LiveCall) -> int | None:
    """Return the line as the policy is to see it: each key of a menu leads to a team of its own."""
    return call.line.line_id * BRANCHES + call.branch if call.line else None


def _waiting_call(floor: Floor, share: Share, call: LiveCall) -> WaitingCall:
    line, practice_id, number = call.line, call.practice_id or 0, call.caller_number
    plan = line.plan if line else None
    said = (
        call.call_id,
        practice_id,
        call.waiting_since or call.arrived_at,
        bool(line and line.fallback_number) and not call.fallback_tried,
        call.comes_first,
        call.tried,
        _line_of(call),
        call.urgency,
        plan.required if plan else _NO_SKILLS,
        plan.preferred if plan else _NO_SKILLS,
        number,
        floor.last_spoken.get((practice_id, number)) if number else None,
        call.held_for,
        call.held_since,
    )
    return share.call(call, said)


def _post_fact(floor: Floor, post: LivePost, now: datetime) -> PostFact:
    call = floor.calls.get(post.call_id) if post.call_id and post.state in BUSY else None
    protected = _in_force(post.protected, now) if post.protected else None
    said = (
        post.user_id,
        post.secretariat_id,
        post.state,
        post.since or now,
        post.can_ring,
        floor.directory.skills.get(post.user_id, _NO_SKILLS),
        _line_of(call) if call else None,
        post.wrap_up_until,
        len(post.answered) - bisect_right(post.answered, now - AN_HOUR) if post.answered else 0,
        post.working_since,
        post.out_of_turn,
        frozenset(protected or ()),
        max(protected.values()) if protected else None,
    )
    return floor.described.post(post, said)


def _in_force(protected: Mapping[str, datetime], now: datetime) -> dict[str, datetime]:
    return {number: until for number, until in protected.items() if until > now}


# --- those who wait ------------------------------------------------------------------------


def tell_who_waits(floor: Floor, call: LiveCall, now: datetime) -> None:
    """Say now and then to a caller who waits that he is not forgotten, and how long it may take."""
    plan = call.line.plan if call.line else None
    if plan is None or not is_waiting(call) or call.state is not CallState.WAITING:
        return
    waits = plan.waiting
    if now - (call.told_at or call.waiting_since or call.arrived_at) < waits.every:
        return
    position = call.position if waits.says_position else 0
    expected = call.expected_wait if waits.says_expected_wait else None
    words = spoken.waiting(waits.message, position=position, expected=expected)
    call.told_at = now
    if words:
        floor.send(ask.Say(call.call_id, "waiting", words))
        floor.note(call, StepKind.TOLD, now, position=position)

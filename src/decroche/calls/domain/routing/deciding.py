"""Decide: callers in their order, each to the best person who is free, or held, kept waiting, sent on.

Among those whom mandates, team and skills let serve a caller the best is, in this order: below her load ceiling, of
the earlier team step, with the wished skills, who spoke last with the caller or knows the practice, idle the longest.
"""

from dataclasses import dataclass, field
from datetime import datetime

from decroche.calls.domain.routing import explaining
from decroche.calls.domain.routing.decisions import Decision, KeepWaiting, Offer, Overflow, Why
from decroche.calls.domain.routing.explaining import reason
from decroche.calls.domain.routing.facts import Acquaintance, Facts, PostFact, Urgency, WaitingCall
from decroche.calls.domain.routing.holding import likely_free_at
from decroche.calls.domain.routing.people import EVERYBODY, Candidate, Crowd, Group
from decroche.calls.domain.routing.turn import deadline, in_turn, rank


def decide(facts: Facts) -> tuple[Decision, ...]:
    """Return one decision for every waiting call, the first in line first."""
    return _Turn(facts).decide()


@dataclass(slots=True)
class _Case:
    """Hold one caller while it is decided."""

    call: WaitingCall
    groups: tuple[Group, ...] | None = None  # the team steps that are open to him
    tier: int = 0
    step: int = 0
    her: Candidate | None = None  # who is offered the call
    decision: Decision | None = None

    @property
    def is_open(self) -> bool:
        return self.her is None and self.decision is None


@dataclass(slots=True)
class _Ahead:
    """Hold how far one who owes a turn has looked through the callers by age."""

    index: int = 0
    refused: bool = False


@dataclass(slots=True)
class _Lines:
    """Count who waits for the same people."""

    positions: dict[int, int] = field(default_factory=dict)
    people: dict[tuple[int, ...], int] = field(default_factory=dict)

    def number_of_people(self, groups: tuple[Group, ...]) -> int:
        """Return how many people these groups hold together."""
        if len(groups) == 1:
            return len(groups[0].members)
        key = tuple(map(id, groups))
        if key not in self.people:
            self.people[key] = len(set().union(*(group.members for group in groups)))
        return self.people[key]


class _Turn:
    """Make one decision."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.policy, self.now = facts.policy, facts.now
        self.retry_before = facts.now - facts.policy.retry_same_after
        self.crowd = Crowd(facts)
        self.free_left = len(self.crowd.free)
        self.handling = facts.policy.typical_talk + facts.policy.typical_wrap_up
        self.cases = [_Case(call) for call in in_turn(facts)]
        self.tiers = (0, 1) if self.crowd.capped else (0,)
        self.taken: set[int] = set()
        self.promised: set[int] = set()
        self.owing: dict[int, _Ahead] = {}
        self._by_age: list[_Case] | None = None
        self._skip: dict[int, int] = {}

    def decide(self) -> tuple[Decision, ...]:
        self._serve(strictly=self.crowd.owing)
        if any(ahead.refused and u not in self.taken for u, ahead in self.owing.items()):
            self._serve(strictly=False)  # nobody stays idle for a turn that nobody claimed
        lines = _Lines()
        for case in self.cases:
            if case.is_open:
                case.decision = self._without(case, lines)
        overtaken = self._overtaken()
        return tuple(case.decision or self._offer(case, overtaken) for case in self.cases)

    # --- serving ------------------------------------------------------------------------

    def _serve(self, *, strictly: bool) -> None:
        for case in self.cases:
            if not self.free_left:
                return
            if not case.is_open:
                continue
            self._choose(case, strictly=strictly, despite_protection=False)
            if case.her is None and self.crowd.protects and case.call.urgency is Urgency.EMERGENCY:
                self._choose(case, strictly=strictly, despite_protection=True)
            if case.her is None:
                continue
            case.decision = self._hold(case, case.her)
            if case.decision is not None:
                case.her = None
                continue
            self.taken.add(case.her[3])
            self.free_left -= 1

    def _open_groups(self, case: _Case) -> tuple[Group, ...]:
        """Return the team steps that may serve a caller by now; a later one joins at once when nobody before it can."""
        if case.groups is None:
            call = case.call
            plan = self.crowd.plan(call)
            if plan is EVERYBODY:
                case.groups = (self.crowd.group(call, plan.steps[0]),)
                return case.groups
            waited = self.now - call.waiting_since
            groups: list[Group] = []
            for step in plan.steps:
                if groups and step.after > waited and any(self._anybody(call, group) for group in groups):
                    break
                groups.append(self.crowd.group(call, step))
            case.groups = tuple(groups)
        return case.groups

    def _anybody_of(self, call: WaitingCall, groups: tuple[Group, ...]) -> bool:
        for group in groups:  # noqa: SIM110 - a generator would cost as much as the question
            if self._anybody(call, group):
                return True
        return False

    def _anybody(self, call: WaitingCall, group: Group) -> bool:
        """Say whether somebody at post may serve this caller, now or once she is free."""
        if not call.tried and not self.crowd.protects:
            return len(group.members) > len(group.barred)
        return any(
            user_id not in call.tried and user_id not in group.barred and not self._protected(call, post)
            for user_id, post in group.members.items()
        )

    def _choose(self, case: _Case, *, strictly: bool, despite_protection: bool) -> None:
        """Find the best free person for a caller."""
        call, crowd = case.call, self.crowd
        groups = self._open_groups(case)
        special = bool(call.tried) or crowd.protects or strictly
        for tier in self.tiers:
            for step, group in enumerate(groups):
                best = self._last_spoken(call, group, tier, strictly, despite_protection)
                # The best of the group, should she know the practice, was weighed before as one who does.
                for ranking in (crowd.knowing(group, call.practice_id, tier), crowd.ranking(group, tier)):
                    found = ranking.first(self.taken)
                    if special and found is not None:
                        found = next(
                            (
                                other
                                for other in ranking.free(self.taken)
                                if self._suits(call, other[4], strictly, despite_protection)
                            ),
                            None,
                        )
                    if found is not None and (best is None or found < best):
                        best = found
                if best is not None:
                    case.her, case.tier, case.step = best, tier, step
                    return

    def _last_spoken(
        self, call: WaitingCall, group: Group, tier: int, strictly: bool, despite_protection: bool
    ) -> Candidate | None:
        """Return the one who spoke last with this caller, when she is free."""
        user_id = call.last_spoken
        if user_id is None or user_id in self.taken or user_id not in self.crowd.free:
            return None
        post = group.members.get(user_id)
        if post is None or user_id in group.barred or (user_id in group.above) != bool(tier):
            return None
        if not self._suits(call, post, strictly, despite_protection):
            return None
        wishes = -len(group.preferred & post.skills)
        return (wishes, -Acquaintance.CALLER, post.since, user_id, post)

    def _suits(self, call: WaitingCall, post: PostFact, strictly: bool, despite_protection: bool) -> bool:
        tried_at = call.tried.get(post.user_id)
        if tried_at is not None and tried_at > self.retry_before:
            return False
        if not despite_protection and self._protected(call, post):
            return False
        return not (strictly and self._owes(post) and self._passes_somebody(call, post))

    def _protected(self, call: WaitingCall, post: PostFact) -> bool:
        until = post.protected_until
        return until is not None and self.now < until and call.caller_number in post.protected_from

    # --- turns --------------------------------------------------------------------------

    def _owes(self, post: PostFact) -> bool:
        return post.out_of_turn >= self.policy.out_of_turn_at_most

    def _passes_somebody(self, call: WaitingCall, post: PostFact) -> bool:
        """Say whether serving this caller would pass one who waits longer and whom she may serve.

        Whoever she cannot serve now she cannot serve later in this decision: each of those who owe a turn looks
        through the callers once.
        """
        if self._by_age is None:
            self._by_age = sorted(self.cases, key=lambda c: (c.call.waiting_since, c.call.call_id))
        ahead = self.owing.setdefault(post.user_id, _Ahead())
        while (index := self._next_open(ahead.index)) < len(self._by_age):
            ahead.index, older = index, self._by_age[index]
            if older.call.waiting_since >= call.waiting_since:
                return False
            if self._may_serve(older, post):
                ahead.refused = True
                return True
            ahead.index += 1
        return False

    def _next_open(self, index: int) -> int:
        """Return the first caller from ``index`` on, by age, who is not decided; what was skipped is skipped for all."""
        by_age, skip = self._by_age or [], self._skip
        found = index
        while found < len(by_age) and not by_age[found].is_open:
            found = skip.get(found, found + 1)
        if found > index:
            skip[index] = found
        return found

    def _may_serve(self, case: _Case, post: PostFact) -> bool:
        return any(
            post.user_id in group.members and post.user_id not in group.barred
            for group in self._open_groups(case)
        ) and self._suits(case.call, post, strictly=False, despite_protection=False)

    def _overtaken(self) -> list[tuple[datetime, Group]]:
        """Return since when the longest waiting of each group waits, of those who stay waiting."""
        oldest: dict[int, tuple[datetime, Group]] = {}
        if self.taken:
            for case in self.cases:
                if isinstance(case.decision, KeepWaiting):
                    since = case.call.waiting_since
                    for group in self._open_groups(case):
                        known = oldest.get(id(group))
                        if known is None or since < known[0]:
                            oldest[id(group)] = (since, group)
        return sorted(oldest.values(), key=lambda pair: pair[0])

    def _offer(self, case: _Case, overtaken: list[tuple[datetime, Group]]) -> Offer:
        call, her = case.call, case.her
        assert her is not None
        post, passes = her[4], False
        for since, group in overtaken:
            if since >= call.waiting_since:
                break
            if post.user_id in group.members:
                passes = True
                break
        groups = self._open_groups(case)
        ahead = self.owing.get(post.user_id)
        owed = ahead is not None and ahead.refused and not passes
        choice = explaining.Choice(self.facts, call, groups, self.crowd, her, case.tier, case.step)
        return Offer(
            call.call_id,
            post.user_id,
            explaining.why_her(choice, owed=owed),
            explaining.why_not_others(choice, self.taken),
            out_of_turn=post.out_of_turn + 1 if passes else 0,
        )

    # --- waiting ------------------------------------------------------------------------

    def _hold(self, case: _Case, best: Candidate) -> KeepWaiting | None:
        """Keep a caller for somebody who knows, when the free ones do not and she is likely free in time."""
        policy, call = self.policy, case.call
        until = call.waiting_since + policy.hold_at_most
        if until <= self.now or -best[1] >= Acquaintance.GOOD or call.comes_first or self._owes(best[4]):
            return None
        if rank(call, self.now, policy) is not Urgency.ROUTINE:
            return None
        for post in self._who_know(case):
            if post.user_id in self.promised or not self._suits(call, post, False, False):
                continue
            free_at = likely_free_at(post, policy, self.now)
            if free_at is not None and free_at <= until:
                self.promised.add(post.user_id)
                left = max(1, int((until - self.now).total_seconds()))
                return KeepWaiting(
                    call.call_id,
                    until,
                    (reason(Why.HOLDING, left),),
                    position=1,
                    expected_wait=free_at - self.now,
                    held_for=post.user_id,
                )
        return None

    def _who_know(self, case: _Case) -> list[PostFact]:
        """Return the members who spoke last with the caller or know the practice well, the best first."""
        call = case.call
        order = list(self.crowd.knowers(call.practice_id, from_count=self.policy.knows_well_from))
        if call.last_spoken is not None:
            order.insert(0, call.last_spoken)
        return [
            group.members[user_id]
            for user_id in dict.fromkeys(order)
            for group in self._open_groups(case)
            if user_id in group.members and user_id not in group.above
        ]

    def _without(self, case: _Case, lines: _Lines) -> Decision:
        """Decide for a caller whom nobody can take right now."""
        policy, now, call = self.policy, self.now, case.call
        groups = self._open_groups(case)
        waited = now - call.waiting_since
        if not self._anybody_of(call, groups):
            if call.tried and all(user_id in call.tried for group in groups for user_id in group.members):
                return _overflow(call, Why.EVERYONE_TRIED, len(call.tried))
            why = explaining.why_nobody(groups)
            if waited >= policy.wait_for_someone:
                return _overflow(call, why)
            until = deadline(call, policy.wait_for_someone, now)
            return KeepWaiting(call.call_id, until, (reason(why, 0),))
        plan = self.crowd.plan(call)
        at_most = policy.wait_at_most if plan.overflow_after is None else plan.overflow_after
        if waited >= at_most:
            return _overflow(call, Why.WAITED_TOO_LONG, int(waited.total_seconds()))
        if len(plan.steps) > 1:
            until = deadline(call, min([at_most, *(s.after for s in plan.steps if s.after > waited)]), now)
        else:
            until = deadline(call, at_most, now)
        people = lines.number_of_people(groups)
        position = lines.positions[id(groups[0])] = lines.positions.get(id(groups[0]), 0) + 1
        expected = self.handling * position / people
        why_wait = (reason(Why.EVERYONE_BUSY, people),)
        return KeepWaiting(call.call_id, until, why_wait, position, expected)


def _overflow(call: WaitingCall, why: Why, amount: int = 0) -> Overflow:
    return Overflow(call.call_id, to_fallback=call.has_fallback, reasons=(reason(why, amount),))

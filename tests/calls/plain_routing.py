"""Decide slowly and obviously, everything set up included: every caller looks at everybody, nothing is kept.

The oracle of ``decide``: the same decisions, with the same reasons. Only how a group's expected wait, a load ceiling
and the likely end of a call are reckoned is taken from what it judges.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from decroche.calls.domain.post import AT_POST, BUSY, PostState
from decroche.calls.domain.routing import (
    Acquaintance,
    Ceiling,
    Decision,
    Facts,
    KeepWaiting,
    Offer,
    Overflow,
    PassedOver,
    PostFact,
    Reason,
    TeamPlan,
    TeamStep,
    Urgency,
    WaitingCall,
    Why,
    acquaintance,
)
from decroche.calls.domain.routing.holding import likely_free_at
from decroche.calls.domain.routing.people import above_ceiling

KNOWN = (Why.NEW_TO_PRACTICE, Why.KNOWS, Why.KNOWS_WELL, Why.SPOKE_LAST)
PRESSING = {Urgency.EMERGENCY: Why.EMERGENCY, Urgency.COLLEAGUE: Why.COLLEAGUE}
BUSY_WITH = {
    PostState.ON_CALL: Why.ON_CALL,
    PostState.RINGING: Why.RINGING,
    PostState.WRAP_UP: Why.IN_WRAP_UP,
}


class Plain:
    """Make one decision, plainly."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.policy, self.now = facts, facts.policy, facts.now
        self.people = [p for p in facts.posts if p.reachable and p.state in AT_POST]
        self.free = sorted(
            (p for p in self.people if p.state is PostState.AVAILABLE), key=lambda p: (p.since, p.user_id)
        )
        self.calls = self._in_turn()
        self.taken: set[int] = set()
        self.refused: set[int] = set()
        self.chosen: dict[int, tuple[PostFact, Acquaintance, bool, int]] = {}  # by place in line
        self.decided: dict[int, Decision] = {}
        self.promised: set[int] = set()
        self.first_left: dict[object, PostFact | None] = {}  # of a group's free, when last looked at
        self.waiting: Counter[object] = Counter()

    def decide(self) -> tuple[Decision, ...]:
        owing = any(p.out_of_turn >= self.policy.out_of_turn_at_most for p in self.free)
        self._serve(strictly=owing)
        if self.refused - self.taken:
            self._serve(strictly=False)
        for place, call in enumerate(self.calls):
            if self._is_open(place):
                self.decided[place] = self._without(call)
        return tuple(self.decided.get(place) or self._offer(place) for place in range(len(self.calls)))

    def _in_turn(self) -> list[WaitingCall]:
        policy, calls = self.policy, sorted(self.facts.calls, key=lambda c: (c.waiting_since, c.call_id))
        lines = Counter((c.practice_id, c.line_id) for c in calls)
        flooded = {line for line, count in lines.items() if count >= policy.flood_from}
        beyond, held = set(), Counter[object]()
        if self.facts.calls and any(p.state is PostState.AVAILABLE for p in self.facts.posts):
            for call in calls if len(flooded) < len(lines) else ():
                line = (call.practice_id, call.line_id)
                mandated = self.facts.mandates.get(call.practice_id, frozenset())
                hers = sum(p.secretariat_id in mandated for p in self.people)
                busy = sum(p.state in BUSY and p.line_id == call.line_id for p in self.facts.posts)
                held[line] += 1
                if line in flooded and held[line] > int(hers * policy.flood_share) - (
                    busy if call.line_id else 0
                ):
                    beyond.add(call.call_id)
        return sorted(calls, key=lambda c: (not c.comes_first, -self._rank(c), c.call_id in beyond))

    def _rank(self, call: WaitingCall) -> Urgency:
        waited_long = self.now - call.waiting_since >= self.policy.gains_rank_after
        return max(call.urgency, Urgency.COLLEAGUE if waited_long else Urgency.ROUTINE)

    def _is_open(self, place: int) -> bool:
        return place not in self.chosen and place not in self.decided

    # --- who may ------------------------------------------------------------------------

    def _plan(self, call: WaitingCall) -> TeamPlan:
        plan = self.facts.line_teams.get(call.line_id) if call.line_id is not None else None
        plan = self.facts.teams.get(call.practice_id, TeamPlan()) if plan is None else plan
        return plan if plan.steps else TeamPlan()

    def _group(self, call: WaitingCall, step: TeamStep) -> object:
        mandated = self.facts.mandates.get(call.practice_id, frozenset())
        barred = self._barred(call)
        return (mandated, step.user_ids, step.secretariat_id, call.required, call.preferred, barred)

    def _there(self, call: WaitingCall, step: TeamStep) -> list[PostFact]:
        mandated = self.facts.mandates.get(call.practice_id, frozenset())
        return [
            p
            for p in self.people
            if p.secretariat_id in mandated
            and step.secretariat_id in {None, p.secretariat_id}
            and (not step.user_ids or p.user_id in step.user_ids)
        ]

    def _members(self, call: WaitingCall, steps: Iterable[TeamStep]) -> list[PostFact]:
        able = {p.user_id for step in steps for p in self._there(call, step) if call.required <= p.skills}
        return [p for p in self.people if p.user_id in able]

    def _above(self, post: PostFact) -> bool:
        return above_ceiling(post, self.policy, self.now) > 0

    def _barred(self, call: WaitingCall) -> bool:
        """Say whether a load ceiling keeps those above it from this caller."""
        bars = self.policy.above_ceiling is Ceiling.NOT_AT_ALL and any(map(self._above, self.people))
        return bars and call.urgency is not Urgency.EMERGENCY

    def _protected(self, call: WaitingCall, post: PostFact) -> bool:
        until = post.protected_until
        return until is not None and self.now < until and call.caller_number in post.protected_from

    def _rests(self, call: WaitingCall, post: PostFact) -> bool:
        tried_at = call.tried.get(post.user_id)
        return tried_at is not None and tried_at > self.now - self.policy.retry_same_after

    def _anybody(self, call: WaitingCall, steps: Iterable[TeamStep]) -> bool:
        return any(
            p.user_id not in call.tried
            and not self._protected(call, p)
            and not (self._barred(call) and self._above(p))
            for p in self._members(call, steps)
        )

    def _open(self, call: WaitingCall) -> tuple[TeamStep, ...]:
        steps, count = self._plan(call).steps, 1
        while count < len(steps) and (
            not self._anybody(call, steps[:count]) or steps[count].after <= self.now - call.waiting_since
        ):
            count += 1
        return steps[:count]

    def _count(self, call: WaitingCall, post: PostFact) -> int:
        return self.facts.familiarity.get((post.user_id, call.practice_id), 0)

    # --- serving ------------------------------------------------------------------------

    def _serve(self, *, strictly: bool) -> None:
        for place, call in enumerate(self.calls):
            if not self._is_open(place) or len(self.taken) == len(self.free):
                continue
            found = self._choose(call, strictly, False)
            if found is None and call.urgency is Urgency.EMERGENCY:
                found = self._choose(call, strictly, True)
            if found is None:
                continue
            held = self._hold(call, found[0], found[1])
            if held is not None:
                self.decided[place] = held
            else:
                self.chosen[place] = found
                self.taken.add(found[0].user_id)

    def _ranked(self, call: WaitingCall, step: TeamStep, above: bool) -> list[PostFact]:
        """Return the free of a step, taken or not, the most wished and longest idle first."""
        members = self._members(call, [step])
        free = [p for p in self.free if p in members and self._above(p) == above]
        if above and self._barred(call):
            return []
        return sorted(free, key=lambda p: -len(call.preferred & p.skills))

    def _choose(
        self, call: WaitingCall, strictly: bool, despite_protection: bool
    ) -> tuple[PostFact, Acquaintance, bool, int] | None:
        for above in (False, True):
            for number, step in enumerate(self._open(call)):
                left = [p for p in self._ranked(call, step, above) if p.user_id not in self.taken]
                if not above:
                    self.first_left[self._group(call, step)] = left[0] if left else None
                able = [
                    p
                    for p in left
                    if not self._rests(call, p) and (despite_protection or not self._protected(call, p))
                ]
                best = self._best(call, able, strictly)
                if best is not None:
                    return (*best, above, number)
        return None

    def _best(
        self, call: WaitingCall, able: list[PostFact], strictly: bool
    ) -> tuple[PostFact, Acquaintance] | None:
        def known(post: PostFact) -> Acquaintance:
            count = self._count(call, post)
            if post.user_id == call.last_spoken:
                return Acquaintance.CALLER
            return acquaintance(count, self.policy) if count else Acquaintance.NONE

        for post in sorted(able, key=lambda p: (-len(call.preferred & p.skills), -known(p))):
            if not (strictly and self._passes_somebody(call, post)):
                return post, known(post)
        return None

    def _passes_somebody(self, call: WaitingCall, post: PostFact) -> bool:
        if post.out_of_turn < self.policy.out_of_turn_at_most:
            return False
        for place, older in enumerate(self.calls):
            if self._is_open(place) and older.waiting_since < call.waiting_since:
                may = post in self._members(older, self._open(older))
                barred = self._barred(older) and self._above(post)
                if may and not barred and not self._rests(older, post) and not self._protected(older, post):
                    self.refused.add(post.user_id)
                    return True
        return False

    def _hold(self, call: WaitingCall, her: PostFact, known: Acquaintance) -> KeepWaiting | None:
        policy, until = self.policy, call.waiting_since + self.policy.hold_at_most
        owes = her.out_of_turn >= policy.out_of_turn_at_most
        if policy.hold_at_most <= timedelta() or until <= self.now or known >= Acquaintance.GOOD:
            return None
        if call.comes_first or owes or self._rank(call) is not Urgency.ROUTINE:
            return None
        members = self._members(call, self._open(call))
        well = [p for p in self._knowers(call) if self._count(call, p) >= policy.knows_well_from]
        for post in [p for p in members if p.user_id == call.last_spoken] + well:
            free_at = likely_free_at(post, policy, self.now)
            if free_at is None or free_at > until or self._above(post) or post.user_id in self.promised:
                continue
            if not self._rests(call, post) and not self._protected(call, post):
                self.promised.add(post.user_id)
                left = max(1, int((until - self.now).total_seconds()))
                reasons = (Reason(Why.HOLDING, left),)
                return KeepWaiting(call.call_id, until, reasons, 1, free_at - self.now, post.user_id)
        return None

    def _knowers(self, call: WaitingCall) -> list[PostFact]:
        """Return the members who know the practice, whatever they do now, who took most calls for it first."""
        knowing = [p for p in self._members(call, self._open(call)) if self._count(call, p)]
        return sorted(knowing, key=lambda p: (-self._count(call, p), p.user_id))

    # --- reasons ------------------------------------------------------------------------

    def _offer(self, place: int) -> Offer:
        call, (her, known, above, number) = self.calls[place], self.chosen[place]
        passes, steps = self._passes(call, her), self._open(call)
        wishes, members = len(call.preferred & her.skills), self._members(call, steps)
        reasons = [
            (True, KNOWN[known], self._count(call, her)),
            (True, Why.IDLE_FOR, self._seconds(self.now - her.since)),
            (wishes, Why.SPEAKS, wishes),
            (number, Why.BACK_UP, number + 1),
        ]
        if call.held_for == her.user_id and call.held_since is not None:
            reasons.append((True, Why.HELD_FOR_HER, self._seconds(self.now - call.held_since)))
        reasons += [
            (len(members) == 1 and bool(self._members(call, steps[:1])), Why.ONLY_ONE, 0),
            (call.urgency, PRESSING.get(call.urgency, Why.EMERGENCY), 0),
            (
                her.user_id in self.refused and not passes,
                Why.WAITED_LONGEST,
                self._seconds(self.now - call.waiting_since),
            ),
            (call.comes_first, Why.FIRST_IN_LINE, 0),
            (bool(call.tried), Why.TRIED_BEFORE, len(call.tried)),
        ]
        passed: dict[int, PassedOver] = {}
        for post in self._better(call, her, known, above, number):
            if len(passed) < self.policy.passed_over_at_most and post != her:
                passed.setdefault(post.user_id, PassedOver(post.user_id, *self._why_not(call, post)))
        said = tuple(Reason(why, amount) for holds, why, amount in reasons if holds)
        return Offer(
            call.call_id, her.user_id, said, tuple(passed.values()), her.out_of_turn + 1 if passes else 0
        )

    def _passes(self, call: WaitingCall, her: PostFact) -> bool:
        """Say whether somebody stays waiting who waits longer, and of whose people she is."""
        return any(
            isinstance(self.decided.get(place), KeepWaiting)
            and older.waiting_since < call.waiting_since
            and her in self._members(older, self._open(older))
            for place, older in enumerate(self.calls)
        )

    def _better(
        self, call: WaitingCall, her: PostFact, known: Acquaintance, above: bool, number: int
    ) -> Iterator[PostFact]:
        if known is Acquaintance.CALLER and not number and not above:
            return
        members = self._members(call, self._open(call))
        if known < Acquaintance.CALLER:
            yield from (p for p in members if p.user_id == call.last_spoken)
        if known < Acquaintance.GOOD:
            least = self.policy.knows_well_from if known else 1
            yield from (p for p in self._knowers(call) if self._count(call, p) >= least)
        for index, step in enumerate(self._open(call)[: number + 1]):
            is_hers = index == number and not above
            first = self.first_left.get(self._group(call, step))
            if first is None or (is_hers and known):
                continue
            ranked = self._ranked(call, step, False)
            ranked = ranked[ranked.index(first) :]
            yield from ranked[: ranked.index(her)] if is_hers and her in ranked else () if is_hers else ranked

    def _why_not(self, call: WaitingCall, post: PostFact) -> tuple[Why, int]:
        if post.state in BUSY_WITH:
            return BUSY_WITH[post.state], self._seconds(self.now - post.since)
        if self._protected(call, post):
            return Why.PROTECTED, 0
        if self._rests(call, post):
            return Why.TRIED, self._seconds(self.now - call.tried[post.user_id])
        if post.user_id in self.taken:
            return Why.TAKEN, 0
        load = above_ceiling(post, self.policy, self.now)
        return (Why.ABOVE_CEILING, load) if load else (Why.OWES_A_TURN, 0)

    def _seconds(self, passed: timedelta) -> int:
        return max(0, int(passed.total_seconds()))

    # --- waiting ------------------------------------------------------------------------

    def _without(self, call: WaitingCall) -> Decision:
        plan, steps, policy = self._plan(call), self._open(call), self.policy
        waited, members = self.now - call.waiting_since, self._members(call, steps)
        if not self._anybody(call, steps):
            if call.tried and all(p.user_id in call.tried for p in members):
                return self._overflow(call, Why.EVERYONE_TRIED, len(call.tried))
            there = [p for step in steps for p in self._there(call, step)]
            nobody = Why.NOBODY_SKILLED if there else Why.NOBODY_AT_POST
            why = Why.NOBODY_ALLOWED if members else nobody
            if waited >= policy.wait_for_someone:
                return self._overflow(call, why)
            return KeepWaiting(call.call_id, call.waiting_since + policy.wait_for_someone, (Reason(why),))
        at_most = policy.wait_at_most if plan.overflow_after is None else plan.overflow_after
        if waited >= at_most:
            return self._overflow(call, Why.WAITED_TOO_LONG, self._seconds(waited))
        until = min([step.after for step in plan.steps if step.after > waited] + [at_most])
        group = self._group(call, steps[0])
        self.waiting[group] += 1
        position, handling = self.waiting[group], policy.typical_talk + policy.typical_wrap_up
        return KeepWaiting(
            call.call_id,
            call.waiting_since + until,
            (Reason(Why.EVERYONE_BUSY, len(members)),),
            position,
            handling * position / len(members),
        )

    def _overflow(self, call: WaitingCall, why: Why, amount: int = 0) -> Overflow:
        return Overflow(call.call_id, call.has_fallback, (Reason(why, amount),))


def plainly(facts: Facts) -> tuple[Decision, ...]:
    """Return one decision for every waiting call, the first in line first."""
    return Plain(facts).decide()

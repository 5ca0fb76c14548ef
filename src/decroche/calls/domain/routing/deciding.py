"""Decide: callers in their order, each to the best person who is free, or held, kept waiting, sent on.

Among those whom mandates, team and skills let serve a caller the best is, in this order: below her load ceiling, of
the earlier team step, with the wished skills, who spoke last with the caller or knows the practice, idle the longest.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from decroche.calls.domain.routing import explaining
from decroche.calls.domain.routing.decisions import Decision, KeepWaiting, Offer, Overflow, Reason, Why
from decroche.calls.domain.routing.facts import Acquaintance, Facts, Urgency, WaitingCall
from decroche.calls.domain.routing.people import Case, Crowd, Group, People
from decroche.calls.domain.routing.turn import by_age, in_turn, rank

# Members of an enumeration are slow to look up on it.
_NONE: Final = Acquaintance.NONE
_SOME: Final = Acquaintance.SOME
_GOOD: Final = Acquaintance.GOOD
_CALLER: Final = Acquaintance.CALLER
_EMERGENCY: Final = Urgency.EMERGENCY


def decide(facts: Facts) -> tuple[Decision, ...]:
    """Return one decision for every waiting call, the first in line first."""
    return _Turn(facts).decide()


@dataclass(slots=True)
class _Owing:
    """Hold how many callers by age she who owes a turn has looked through for it, and whether the next is hers."""

    looked: int = 0
    found: bool = False


@dataclass(slots=True)
class _Overtaken:
    """Hold since when callers stay waiting, in order, and for each who may serve him or one before him."""

    since: list[datetime]
    people: list[People]


class _Turn:
    """Make one decision; ``left`` are the free who are not taken yet."""

    def __init__(self, facts: Facts) -> None:
        self.policy, self.now = facts.policy, facts.now
        self.crowd = crowd = Crowd(facts)
        self.left: People = crowd.free
        self.aged = by_age(facts)
        self.cases = list(map(crowd.case, in_turn(facts, self.aged)))
        self.tiers = (0, 1) if crowd.above else (0,)
        self.holds = facts.policy.hold_at_most > timedelta()
        self.promised: set[int] = set()
        at_most = facts.policy.out_of_turn_at_most
        free = crowd.people[: crowd.free.bit_length()]
        owing = [crowd.bit[post.user_id] for post in free if post.out_of_turn >= at_most]
        self.owes: People = sum(owing)
        self.refused: People = 0  # a caller, for a turn that they owe
        self._owing = {bit: _Owing() for bit in owing}
        self._cases_by_age: list[Case] = []
        self._skip: dict[int, int] = {}

    def decide(self) -> tuple[Decision, ...]:
        if self.left:
            self._serve(strictly=bool(self.owes))
            if self.refused & self.left:
                self._serve(strictly=False)  # nobody stays idle for a turn that nobody claimed
        without = self._without
        for case in self.cases:
            if case.is_open:
                case.decision = without(case)
        overtaken = self._overtaken()
        return tuple([case.decision or self._offer(case, overtaken) for case in self.cases])

    # --- serving ------------------------------------------------------------------------

    def _serve(self, *, strictly: bool) -> None:
        for case in self.cases:
            if not self.left:
                return
            if not case.is_open:
                continue
            barred = case.rests | case.protected
            left = self.left & ~barred if barred else self.left
            her = self._choose(case, left, strictly)
            if not her and case.protected and case.call.urgency is _EMERGENCY:
                her = self._choose(case, self.left & ~case.rests, strictly)
            if not her:
                continue
            case.is_open = False
            if self.holds:
                case.decision = self._hold(case, her)
            if case.decision is None:
                case.place = her.bit_length() - 1
                self.left ^= her

    def _choose(self, case: Case, left: People, strictly: bool) -> People:
        """Find the best free person for a caller, of those whom nothing between the two speaks against."""
        for tier in self.tiers:
            for step, group in enumerate(case.stage.groups):
                free = group.free[tier]
                if not tier:
                    group.left = free & self.left
                able = free & left
                if able and (best := self._best(case, group, able, strictly)):
                    case.tier, case.step = tier, step
                    return best
        return 0

    def _best(self, case: Case, group: Group, able: People, strictly: bool) -> People:
        """Find the best of a group, by wished skills, then by acquaintance, then by idleness."""
        best, most = 0, -1
        for known, among in self._by_acquaintance(case, able):
            if not group.preferred:
                if best := self._first(case.call, among, strictly):
                    case.known = known
                    return best
                continue
            for wishes, people in group.levels:
                if found := self._first(case.call, among & people, strictly):
                    if wishes > most:  # whoever knows less is better only with more of the wished skills
                        best, most, case.known = found, wishes, known
                    break
        return best

    def _by_acquaintance(self, case: Case, able: People) -> Iterator[tuple[Acquaintance, People]]:
        """Give those who spoke last with the caller, who know the practice well, who know it, then all."""
        crowd, call, kind = self.crowd, case.call, case.kind
        if call.last_spoken is not None and (last := able & crowd.bit.get(call.last_spoken, 0)):
            yield _CALLER, last
        if well := able & (crowd.knowing_well(kind) if kind.well is None else kind.well):
            yield _GOOD, well
        if some := able & (crowd.knowing_some(kind) if kind.some is None else kind.some):
            yield _SOME, some
        yield _NONE, able

    def _first(self, call: WaitingCall, among: People, strictly: bool) -> People:
        """Return the first of some people; she who owes a turn only when serving this caller passes nobody."""
        her = among & -among
        while strictly and her & self.owes and self._passes_somebody(call, her):
            among ^= her
            her = among & -among
        return her

    # --- turns --------------------------------------------------------------------------

    def _passes_somebody(self, call: WaitingCall, her: People) -> bool:
        """Say whether serving this caller would pass one who waits longer and whom she may serve.

        Whoever she cannot serve now she cannot serve later in this decision: each of those who owe a turn looks
        through the callers once.
        """
        if not self._cases_by_age:
            cases_of = {id(case.call): case for case in self.cases}
            self._cases_by_age = [cases_of[id(aged)] for aged in self.aged]
        cases, owing = self._cases_by_age, self._owing[her]
        while (index := self._next_open(owing.looked)) < len(cases):
            if index != owing.looked:
                owing.looked, owing.found = index, False
            older = cases[index]
            if older.call.waiting_since >= call.waiting_since:
                return False
            if owing.found or her & older.stage.able & ~(older.rests | older.protected):
                owing.found = True
                self.refused |= her
                return True
            owing.looked += 1
        return False

    def _next_open(self, index: int) -> int:
        """Return the first caller from ``index`` on, by age, who is not decided; what was skipped is skipped for all."""
        cases, skip = self._cases_by_age, self._skip
        found = index
        while found < len(cases) and not cases[found].is_open:
            found = skip.get(found, found + 1)
        if found > index:
            skip[index] = found
        return found

    def _overtaken(self) -> _Overtaken:
        """Return since when the longest waiting of each group waits, of those who stay waiting."""
        oldest: dict[Group, datetime] = {}
        if self.left != self.crowd.free:
            for case in self.cases:
                if isinstance(case.decision, KeepWaiting):
                    since, stage = case.call.waiting_since, case.stage
                    if stage.oldest is None or since < stage.oldest:
                        stage.oldest = since
            for stage in {case.stage for case in self.cases}:
                if stage.oldest is not None:
                    for group in stage.groups:
                        oldest[group] = min(oldest.get(group, stage.oldest), stage.oldest)
        overtaken, people = _Overtaken([], []), 0
        for group, since in sorted(oldest.items(), key=lambda pair: pair[1]):
            people |= group.members
            overtaken.since.append(since)
            overtaken.people.append(people)
        return overtaken

    def _offer(self, case: Case, overtaken: _Overtaken) -> Offer:
        call, post, passes = case.call, self.crowd.people[case.place], False
        if overtaken.since:
            count = bisect_left(overtaken.since, call.waiting_since)
            passes = count > 0 and bool(overtaken.people[count - 1] >> case.place & 1)
        owed = not passes and bool(self.refused >> case.place & 1)
        return Offer(
            call.call_id,
            post.user_id,
            explaining.why_her(self.crowd, case, post, owed=owed),
            explaining.why_not_others(self.crowd, case, post, self.left),
            post.out_of_turn + 1 if passes else 0,
        )

    # --- waiting ------------------------------------------------------------------------

    def _hold(self, case: Case, her: People) -> KeepWaiting | None:
        """Keep a caller for somebody who knows, when the free ones do not and she is likely free in time."""
        policy, call = self.policy, case.call
        until = call.waiting_since + policy.hold_at_most
        if until <= self.now or case.known >= _GOOD or call.comes_first or her & self.owes:
            return None
        if rank(call, self.now, policy) is not Urgency.ROUTINE:
            return None
        for post, free_at in self.crowd.soon_free(case, until):
            barred = self.crowd.bit[post.user_id] & (case.rests | case.protected)
            if post.user_id not in self.promised and not barred:
                self.promised.add(post.user_id)
                left = max(1, int((until - self.now).total_seconds()))
                return KeepWaiting(
                    call.call_id,
                    until,
                    (Reason(Why.HOLDING, left),),
                    position=1,
                    expected_wait=free_at - self.now,
                    held_for=post.user_id,
                )
        return None

    def _without(self, case: Case) -> Decision:
        """Decide for a caller whom nobody can take right now."""
        call, kind, stage = case.call, case.kind, case.stage
        waited = self.now - call.waiting_since
        if not stage.able & ~(case.tried | case.protected):
            return self._without_anybody(case, waited)
        if waited >= kind.at_most:
            return _overflow(call, Why.WAITED_TOO_LONG, int(waited.total_seconds()))
        look_after = kind.at_most
        for step in kind.steps:
            if waited < step.after < look_after:
                look_after = step.after
        group, waits = stage.groups[0], stage.expected
        position = group.waiting = group.waiting + 1
        while position >= len(waits):
            waits.append(self.crowd.handling * len(waits) / stage.count)
        return KeepWaiting(
            call.call_id, call.waiting_since + look_after, stage.busy, position, waits[position], None
        )

    def _without_anybody(self, case: Case, waited: timedelta) -> Decision:
        """Decide for a caller whom nobody at post may serve: perhaps somebody comes back."""
        call, stage = case.call, case.stage
        if call.tried and not stage.members & ~case.tried:
            return _overflow(call, Why.EVERYONE_TRIED, len(call.tried))
        why = explaining.why_nobody(stage)
        if waited >= self.policy.wait_for_someone:
            return _overflow(call, why)
        return KeepWaiting(call.call_id, call.waiting_since + self.policy.wait_for_someone, (Reason(why),))


def _overflow(call: WaitingCall, why: Why, amount: int = 0) -> Overflow:
    return Overflow(call.call_id, to_fallback=call.has_fallback, reasons=(Reason(why, amount),))

"""Decide: callers in their order, each to the best person who is free, or held, kept waiting, sent on.

Among those whom mandates, team and skills let serve a caller the best is, in this order: below her load ceiling, of
the earlier team step, with the wished skills, who spoke last with the caller or knows the practice, idle the longest.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from decroche.calls.domain.routing import explaining
from decroche.calls.domain.routing.cases import Case, Group, People, Stage
from decroche.calls.domain.routing.decisions import (
    Decision,
    KeepWaiting,
    Offer,
    Overflow,
    Reason,
    Why,
    keep_waiting,
    offer,
    reason,
)
from decroche.calls.domain.routing.facts import Acquaintance, Facts, Urgency, WaitingCall
from decroche.calls.domain.routing.standing import Standing
from decroche.calls.domain.routing.turn import in_turn, rank

# Members of an enumeration are slow to look up on it.
_NONE: Final = Acquaintance.NONE
_SOME: Final = Acquaintance.SOME
_GOOD: Final = Acquaintance.GOOD
_CALLER: Final = Acquaintance.CALLER
_EMERGENCY: Final = Urgency.EMERGENCY


def decide(facts: Facts, standing: Standing | None = None) -> tuple[Decision, ...]:
    """Return one decision for every waiting call, the first in line first.

    The decision depends on the facts alone. Who hands in the standing of the decision before pays only for what has
    changed since.
    """
    return _Turn(facts, standing or Standing()).decide()


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

    def by(self, place: int, since: datetime) -> bool:
        """Say whether she at this place passes somebody when she serves who waits since then."""
        count = bisect_left(self.since, since)
        return count > 0 and bool(self.people[count - 1] >> place & 1)


class _Turn:
    """Make one decision; ``left`` are the free who are not taken yet."""

    def __init__(self, facts: Facts, standing: Standing) -> None:
        self.policy, self.now = facts.policy, facts.now
        self.aged = standing.see(facts)
        self.crowd, self.callers = standing.crowd, standing.callers
        self.cases = in_turn(self.aged, self.callers.lines(), facts, self.crowd)
        self.left: People = self.crowd.free
        self.holds = facts.policy.hold_at_most > timedelta()
        self.promised: set[int] = set()
        self.refused: People = 0  # a caller, for a turn that they owe
        self._owing: dict[People, _Owing] = defaultdict(_Owing)
        self._exhausted: set[Stage] = set()  # nobody left may serve callers at it
        self._oldest = 0  # by age, of those who may still be served
        self._skip: dict[int, int] = {}

    def decide(self) -> tuple[Decision, ...]:
        if self.left:
            self._serve(self.crowd.owes)
            if self.refused & self.left:
                self._serve(0)  # nobody stays idle for a turn that nobody claimed
        without = self._without
        for case in self.cases:
            if case.is_open:
                case.decision = without(case)
        overtaken = self._overtaken()
        return tuple([case.decision or self._offer(case, overtaken) for case in self.cases])

    # --- serving ------------------------------------------------------------------------

    def _serve(self, owes: People) -> None:
        """Give each caller in turn the best who is left; those who owe a turn only when that passes nobody older."""
        exhausted = self._exhausted
        for case in self.cases:
            if not case.is_open or case.stage in exhausted:
                continue
            left = self.left
            if not left:
                return
            owed = owes if owes and self._is_passable(case) else 0
            her = self._choose(case, left & ~case.barred if case.barred else left, owed)
            if not her:
                if not case.stage.able & left:
                    exhausted.add(case.stage)
                if not case.protected or case.call.urgency is not _EMERGENCY:
                    continue
                her = self._choose(case, left & ~case.rests, owed)
                if not her:
                    continue
            case.is_open = False
            if self.holds and case.known < _GOOD:
                case.decision = self._hold(case, her)
                if case.decision is not None:
                    continue
            case.place = her.bit_length() - 1
            self.left = left ^ her

    def _choose(self, case: Case, left: People, owes: People) -> People:
        """Find the best of the free: those above their ceiling last, then by team step."""
        crowd, now_left = self.crowd, self.left
        above, groups = crowd.above, case.stage.groups
        last = case.call.last_spoken
        case.last = crowd.bit.get(last, 0) if last is not None else 0
        below = left & ~above if above else left
        for step, group in enumerate(groups):
            group.left = now_left
            if (able := group.able & below) and (her := self._best(case, group, able, owes)):
                case.tier, case.step = 0, step
                return her
        if above := left & above:
            for step, group in enumerate(groups):
                if (able := group.able & above) and (her := self._best(case, group, able, owes)):
                    case.tier, case.step = 1, step
                    return her
        return 0

    def _best(self, case: Case, group: Group, able: People, owes: People) -> People:
        """Find the best of a group: by wished skills, acquaintance, idleness; no turn of hers may be owed to another."""
        knowing, last = case.kind.knowing, case.last & able
        for _, having in group.levels:
            alike = able & having
            if last & alike and not (last & owes and self._passes_somebody(case, last)):
                case.known = _CALLER
                return last
            for known, rung in ((_GOOD, alike & knowing.well), (_SOME, alike & knowing.some), (_NONE, alike)):
                if her := rung & -rung:
                    if her & owes and not (her := self._first(case, rung, owes)):
                        continue
                    case.known = known
                    return her
        return 0

    def _first(self, case: Case, people: People, owes: People) -> People:
        """Return who has been idle longest and owes this turn to nobody else."""
        her = people & -people
        while her & owes and self._passes_somebody(case, her):
            people ^= her
            her = people & -people
        return her

    # --- turns --------------------------------------------------------------------------

    def _is_passable(self, case: Case) -> bool:
        """Say whether anybody whom one of those left may serve waits longer."""
        aged, exhausted = self.aged, self._exhausted
        while not (older := aged[self._oldest]).is_open or older.stage in exhausted:
            self._oldest += 1
        return older.since < case.since

    def _passes_somebody(self, case: Case, her: People) -> bool:
        """Say whether serving this caller would pass one who waits longer and whom she may serve.

        Whoever she cannot serve now she cannot serve later in this decision: each of those who owe a turn looks
        through the callers once.
        """
        aged, owing, since = self.aged, self._owing[her], case.since
        if owing.found and (older := aged[owing.looked]).is_open:
            return older.since < since
        while (index := self._next_open(owing.looked)) < len(aged):
            if index != owing.looked:
                owing.looked, owing.found = index, False
            older = aged[index]
            if older.since >= since:
                return False
            if owing.found or her & older.stage.able & ~older.barred:
                owing.found = True
                self.refused |= her
                return True
            owing.looked += 1
        return False

    def _next_open(self, index: int) -> int:
        """Return the first caller from ``index`` on, by age, who is not decided; what was skipped is skipped for all."""
        aged, skip = self.aged, self._skip
        found = index
        while found < len(aged) and not aged[found].is_open:
            found = skip.get(found, found + 1)
        if found > index:
            skip[index] = found
        return found

    def _overtaken(self) -> _Overtaken:
        """Return since when the longest waiting of each group waits, of those who stay waiting."""
        by_stage: dict[Stage, datetime] = {}
        if self.left != self.crowd.free:
            for case in self.aged:
                if case.stage not in by_stage and isinstance(case.decision, KeepWaiting):
                    by_stage[case.stage] = case.since
        oldest: dict[Group, datetime] = {}
        for stage, since in by_stage.items():
            for group in stage.groups:
                oldest[group] = min(oldest.get(group, since), since)
        overtaken, people = _Overtaken([], []), 0
        for group, since in sorted(oldest.items(), key=lambda pair: pair[1]):
            people |= group.members
            overtaken.since.append(since)
            overtaken.people.append(people)
        return overtaken

    def _offer(self, case: Case, overtaken: _Overtaken) -> Offer:
        crowd, place = self.crowd, case.place
        her, since = crowd.people[place], overtaken.since
        passes = bool(since) and case.since > since[0] and overtaken.by(place, case.since)
        owed = not passes and bool(self.refused) and bool(self.refused >> place & 1)
        return offer(
            (
                case.call.call_id,
                her.user_id,
                explaining.why_her(crowd, case, her, owed=owed),
                explaining.why_not_others(crowd, case, her, self.left),
                her.out_of_turn + 1 if passes else 0,
            )
        )

    # --- waiting ------------------------------------------------------------------------

    def _hold(self, case: Case, her: People) -> KeepWaiting | None:
        """Keep a caller for somebody who knows, when the free ones do not and she is likely free in time."""
        policy, call = self.policy, case.call
        until = case.since + policy.hold_at_most
        if until <= self.now or call.comes_first or her & self.crowd.owes:
            return None
        if rank(call, self.now, policy) is not Urgency.ROUTINE:
            return None
        for post, free_at in self.crowd.soon_free(case, until):
            barred = self.crowd.bit[post.user_id] & case.barred
            if post.user_id not in self.promised and not barred:
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

    def _without(self, case: Case) -> Decision:
        """Decide for a caller whom nobody can take right now."""
        stage = case.stage
        if not stage.able & ~(case.tried | case.protected):
            return self._without_anybody(case)
        if case.overflows_at <= self.now:
            waited = self.now - case.since
            return _overflow(case.call, Why.WAITED_TOO_LONG, int(waited.total_seconds()))
        group, waits = stage.groups[0], stage.expected
        position = group.waiting = group.waiting + 1
        while position >= len(waits):
            waits.append(self.callers.handling * len(waits) / stage.count)
        return keep_waiting((case.call.call_id, case.look_at, stage.busy, position, waits[position], None))

    def _without_anybody(self, case: Case) -> Decision:
        """Decide for a caller whom nobody at post may serve: perhaps somebody comes back."""
        call, stage = case.call, case.stage
        if call.tried and not stage.members & ~case.tried:
            return _overflow(call, Why.EVERYONE_TRIED, len(call.tried))
        why = explaining.why_nobody(stage)
        if self.now - case.since >= self.policy.wait_for_someone:
            return _overflow(call, why)
        return KeepWaiting(call.call_id, case.since + self.policy.wait_for_someone, (reason(why),))


def _overflow(call: WaitingCall, why: Why, amount: int = 0) -> Overflow:
    return Overflow(call.call_id, to_fallback=call.has_fallback, reasons=(Reason(why, amount),))

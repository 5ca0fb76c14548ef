"""Decide: callers in their order, each to the best person who is free, or held, kept waiting, sent on.

Among those whom mandates, team and skills let serve a caller the best is, in this order: below her load ceiling, of
the earlier team step, with the wished skills, who spoke last with the caller or knows the practice, idle the longest.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from decroche.calls.domain.routing import explaining
from decroche.calls.domain.routing.callers import Callers
from decroche.calls.domain.routing.cases import Case, Group, People
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
from decroche.calls.domain.routing.people import Crowd
from decroche.calls.domain.routing.turn import in_turn, rank

# Members of an enumeration are slow to look up on it.
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

    def by(self, place: int, since: datetime) -> bool:
        """Say whether she at this place passes somebody when she serves who waits since then."""
        count = bisect_left(self.since, since)
        return count > 0 and bool(self.people[count - 1] >> place & 1)


class _Turn:
    """Make one decision; ``left`` are the free who are not taken yet."""

    def __init__(self, facts: Facts) -> None:
        self.policy, self.now = facts.policy, facts.now
        self.crowd = crowd = Crowd(facts)
        self.callers = Callers(facts, crowd)
        self.aged = self.callers.by_age()
        self.cases = in_turn(self.aged, self.callers)
        self.left: People = crowd.free
        self.holds = facts.policy.hold_at_most > timedelta()
        self.promised: set[int] = set()
        at_most = facts.policy.out_of_turn_at_most
        free = crowd.people[: crowd.free.bit_length()]
        owing = [crowd.bit[post.user_id] for post in free if post.out_of_turn >= at_most]
        self.owes: People = sum(owing)
        self.refused: People = 0  # a caller, for a turn that they owe
        self._owing = {bit: _Owing() for bit in owing}
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
        owes = self.owes if strictly else 0
        for case in self.cases:
            if not case.is_open:
                continue
            left = self.left
            if not left:
                return
            her = self._choose(case, left & ~case.barred if case.barred else left, owes)
            if not her:
                if not case.protected or case.call.urgency is not _EMERGENCY:
                    continue
                her = self._choose(case, left & ~case.rests, owes)
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
        """Find the best of the free; those who owe a turn only when serving this caller passes nobody."""
        passes, free = self._passes_somebody, self.left
        case.last = self.crowd.bit.get(case.call.last_spoken, 0)
        last = case.last & left
        ladder = case.stage.ladder
        if ladder is None:
            ladder = self.callers.ladder(case.kind, case.stage)
        for people, alike, group, known, tier, step in ladder:
            group.left = free
            if last and last & alike and not (last & owes and passes(case, last)):
                case.known, case.tier, case.step = _CALLER, tier, step
                return last
            able = people & left
            her = able & -able
            while her & owes and passes(case, her):
                able ^= her
                her = able & -able
            if her:
                case.known, case.tier, case.step = known, tier, step
                return her
        return 0

    # --- turns --------------------------------------------------------------------------

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
        oldest: dict[Group, datetime] = {}
        if self.left != self.crowd.free:
            for case in self.cases:
                if isinstance(case.decision, KeepWaiting):
                    since, stage = case.since, case.stage
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
        if until <= self.now or call.comes_first or her & self.owes:
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
        kind, stage, since = case.kind, case.stage, case.since
        able = stage.able & ~(case.tried | case.protected) if case.tried or case.protected else stage.able
        if not able:
            return self._without_anybody(case)
        if since <= kind.too_long:
            waited = self.now - since
            return _overflow(case.call, Why.WAITED_TOO_LONG, int(waited.total_seconds()))
        look_after = kind.at_most
        for joins, after in kind.looks or self.callers.looks(kind):
            if since > joins:
                look_after = after
                break
        group, waits = stage.groups[0], stage.expected
        position = group.waiting = group.waiting + 1
        while position >= len(waits):
            waits.append(self.callers.handling * len(waits) / stage.count)
        return keep_waiting(
            (case.call.call_id, since + look_after, stage.busy, position, waits[position], None)
        )

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

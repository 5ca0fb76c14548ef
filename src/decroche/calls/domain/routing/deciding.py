"""Decide: callers in their order, each to the best person who is free, or held, kept waiting, sent on.

Among those whom mandates, team and skills let serve a caller the best is, in this order: below her load ceiling, of
the earlier team step, with the wished skills, who spoke last with the caller or knows the practice, idle the longest.
"""

from datetime import datetime, timedelta
from typing import Final

from decroche.calls.domain.routing import explaining
from decroche.calls.domain.routing.decisions import Decision, KeepWaiting, Offer, Overflow, Reason, Why
from decroche.calls.domain.routing.facts import Acquaintance, Facts, PostFact, Urgency, WaitingCall
from decroche.calls.domain.routing.people import Case, Crowd, Group, Idle, Ranking, Stage
from decroche.calls.domain.routing.turn import by_age, in_turn, rank

# Members of an enumeration are slow to look up on it.
_NONE: Final = Acquaintance.NONE
_GOOD: Final = Acquaintance.GOOD
_CALLER: Final = Acquaintance.CALLER
_ACQUAINTANCES: Final = (_GOOD, Acquaintance.SOME, _NONE)
_EMERGENCY: Final = Urgency.EMERGENCY


def decide(facts: Facts) -> tuple[Decision, ...]:
    """Return one decision for every waiting call, the first in line first."""
    return _Turn(facts).decide()


class _Turn:
    """Make one decision."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.policy, self.now = facts.policy, facts.now
        self.retry_before = facts.now - facts.policy.retry_same_after
        self.crowd = crowd = Crowd(facts)
        self.free_left = len(crowd.free)
        self.aged = by_age(facts)
        self.cases = [crowd.case(call) for call in in_turn(facts, self.aged)]
        self.tiers = (0, 1) if crowd.above else (0,)
        self.holds = facts.policy.hold_at_most > timedelta()
        self.promised: set[int] = set()
        self._cases_by_age: list[Case] = []
        self._skip: dict[int, int] = {}

    def decide(self) -> tuple[Decision, ...]:
        if self.free_left:
            self._serve(strictly=self.crowd.owing)
            free = self.crowd.free
            if any(idle.refused and not idle.is_taken for idle in free.values()):
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
            if not self.free_left:
                return
            if not case.is_open:
                continue
            her = self._choose(case, strictly, False)
            if her is None and self.crowd.protects and case.call.urgency is _EMERGENCY:
                her = self._choose(case, strictly, True)
            if her is None:
                continue
            case.is_open = False
            if self.holds:
                case.decision = self._hold(case, her)
            if case.decision is None:
                case.her, her.is_taken = her, True
                self.free_left -= 1

    def _choose(self, case: Case, strictly: bool, despite_protection: bool) -> Idle | None:
        """Find the best free person for a caller."""
        crowd = self.crowd
        for tier in self.tiers:
            for step, group in enumerate(case.stage.groups):
                if crowd.ranking(group, tier).first() is None:
                    continue
                best = self._best(case, group, tier, strictly, despite_protection)
                if best is not None:
                    case.tier, case.step = tier, step
                    return best
        return None

    def _best(
        self, case: Case, group: Group, tier: int, strictly: bool, despite_protection: bool
    ) -> Idle | None:
        """Find the best of a group, by wished skills, then by acquaintance, then by idleness."""
        call, crowd, best = case.call, self.crowd, None
        picky = bool(call.tried) or crowd.protects or strictly
        if call.last_spoken is not None:
            best, case.known = self._last_spoken(call, group, tier, strictly, despite_protection), _CALLER
        for known in _ACQUAINTANCES:
            if best is not None and not group.preferred:
                break
            if known is _NONE:
                ranking = crowd.ranking(group, tier)
            else:
                ranking = crowd.knowing(group, case.kind, tier, well=known is _GOOD)
            found = ranking.first()
            if picky and found is not None:
                found = self._first_suiting(ranking, call, strictly, despite_protection)
            # Whoever knows less is better only with more of the wished skills.
            if found is not None and (best is None or group.wishes(found) > group.wishes(best)):
                best, case.known = found, known
        return best

    def _first_suiting(
        self, ranking: Ranking, call: WaitingCall, strictly: bool, despite_protection: bool
    ) -> Idle | None:
        people = ranking.people
        for index in range(ranking.head, len(people)):
            idle = people[index]
            if not idle.is_taken and self._suits(call, idle.post, despite_protection):
                if strictly and idle.owes_turn and self._passes_somebody(call, idle):
                    continue
                return idle
        return None

    def _last_spoken(
        self, call: WaitingCall, group: Group, tier: int, strictly: bool, despite_protection: bool
    ) -> Idle | None:
        """Return the one who spoke last with this caller, when she is free."""
        user_id = call.last_spoken
        idle = self.crowd.free.get(user_id) if user_id is not None else None
        if idle is None or idle.is_taken or user_id not in group.members or user_id in group.barred:
            return None
        if (user_id in group.above) != bool(tier) or not self._suits(call, idle.post, despite_protection):
            return None
        return None if strictly and idle.owes_turn and self._passes_somebody(call, idle) else idle

    def _suits(self, call: WaitingCall, post: PostFact, despite_protection: bool = False) -> bool:
        """Say whether nothing between the two speaks against it."""
        if call.tried:
            tried_at = call.tried.get(post.user_id)
            if tried_at is not None and tried_at > self.retry_before:
                return False
        return despite_protection or not self.crowd.protects or not self.crowd.protected(call, post)

    # --- turns --------------------------------------------------------------------------

    def _passes_somebody(self, call: WaitingCall, idle: Idle) -> bool:
        """Say whether serving this caller would pass one who waits longer and whom she may serve.

        Whoever she cannot serve now she cannot serve later in this decision: each of those who owe a turn looks
        through the callers once.
        """
        if not self._cases_by_age:
            ages = {id(caller): age for age, caller in enumerate(self.aged)}
            self._cases_by_age = sorted(self.cases, key=lambda case: ages[id(case.call)])
        cases = self._cases_by_age
        while (index := self._next_open(idle.looked)) < len(cases):
            if index != idle.looked:
                idle.looked, idle.found = index, False
            older = cases[index]
            if older.call.waiting_since >= call.waiting_since:
                return False
            if idle.found or self._may_serve(older, idle.post):
                idle.found = idle.refused = True
                return True
            idle.looked += 1
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

    def _may_serve(self, case: Case, post: PostFact) -> bool:
        user_id, stage = post.user_id, case.stage
        return user_id in stage.members and user_id not in stage.barred and self._suits(case.call, post)

    def _overtaken(self) -> list[tuple[datetime, Group]]:
        """Return since when the longest waiting of each group waits, of those who stay waiting."""
        if self.free_left == len(self.crowd.free):
            return []
        for case in self.cases:
            if isinstance(case.decision, KeepWaiting):
                since, stage = case.call.waiting_since, case.stage
                if stage.oldest is None or since < stage.oldest:
                    stage.oldest = since
        oldest: dict[Group, datetime] = {}
        for stage in {case.stage for case in self.cases}:
            if stage.oldest is not None:
                for group in stage.groups:
                    oldest[group] = min(oldest.get(group, stage.oldest), stage.oldest)
        return sorted(((since, group) for group, since in oldest.items()), key=lambda pair: pair[0])

    def _offer(self, case: Case, overtaken: list[tuple[datetime, Group]]) -> Offer:
        call, her, passes = case.call, case.her, False
        assert her is not None
        post = her.post
        for since, group in overtaken:
            if since >= call.waiting_since:
                break
            if post.user_id in group.members:
                passes = True
                break
        return Offer(
            call.call_id,
            post.user_id,
            explaining.why_her(self.crowd, case, her, owed=her.refused and not passes),
            explaining.why_not_others(self.crowd, case, her),
            post.out_of_turn + 1 if passes else 0,
        )

    # --- waiting ------------------------------------------------------------------------

    def _hold(self, case: Case, her: Idle) -> KeepWaiting | None:
        """Keep a caller for somebody who knows, when the free ones do not and she is likely free in time."""
        policy, call = self.policy, case.call
        until = call.waiting_since + policy.hold_at_most
        if until <= self.now or case.known >= _GOOD or call.comes_first or her.owes_turn:
            return None
        if rank(call, self.now, policy) is not Urgency.ROUTINE:
            return None
        for post, free_at in self.crowd.soon_free(case, until):
            if post.user_id not in self.promised and self._suits(call, post):
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
        if call.tried or self.crowd.protects:
            serves = any(self.crowd.anybody(call, group) for group in stage.groups)
        else:
            serves = stage.serves
        if not serves:
            return self._without_anybody(call, stage, waited)
        if waited >= kind.at_most:
            return _overflow(call, Why.WAITED_TOO_LONG, int(waited.total_seconds()))
        look_after = kind.at_most
        for step in kind.steps:
            if waited < step.after < look_after:
                look_after = step.after
        group, waits = stage.groups[0], stage.expected
        position = group.waiting = group.waiting + 1
        while position >= len(waits):
            waits.append(self.crowd.handling * len(waits) / len(stage.members))
        return KeepWaiting(
            call.call_id, call.waiting_since + look_after, stage.busy, position, waits[position], None
        )

    def _without_anybody(self, call: WaitingCall, stage: Stage, waited: timedelta) -> Decision:
        """Decide for a caller whom nobody at post may serve: perhaps somebody comes back."""
        if call.tried and stage.members.keys() <= call.tried.keys():
            return _overflow(call, Why.EVERYONE_TRIED, len(call.tried))
        why = explaining.why_nobody(stage)
        if waited >= self.policy.wait_for_someone:
            return _overflow(call, why)
        return KeepWaiting(call.call_id, call.waiting_since + self.policy.wait_for_someone, (Reason(why),))


def _overflow(call: WaitingCall, why: Why, amount: int = 0) -> Overflow:
    return Overflow(call.call_id, to_fallback=call.has_fallback, reasons=(Reason(why, amount),))

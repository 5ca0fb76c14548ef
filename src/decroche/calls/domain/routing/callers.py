"""Know those who wait: of which kind each is, which team steps are open to him, who may serve him.

A caller's case stays open from one decision to the next, and is looked at again when time, or somebody's post, may
have changed it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter, eq, itemgetter
from typing import Final

from decroche.calls.domain.routing.cases import Case, Group, Kind, Line, People, Stage
from decroche.calls.domain.routing.decisions import GIVEN, Why
from decroche.calls.domain.routing.explaining import why_he_presses, why_him
from decroche.calls.domain.routing.facts import TeamPlan, TeamStep, Urgency, WaitingCall
from decroche.calls.domain.routing.people import LONG_AGO, Crowd
from decroche.calls.domain.routing.turn import gains_rank_at, turn_of

EVERYBODY: Final = TeamPlan()
KEPT_WAITS: Final = 2000  # numbers of people whose waits are kept
SPARE: Final = 64  # callers who may be gone before they are forgotten, besides as many as there are
_FIELDS: Final = WaitingCall._fields.index
_ALIKE: Final = itemgetter(*map(_FIELDS, ("practice_id", "line_id", "required", "preferred")))
_SINCE: Final = attrgetter("since")
_AGE: Final = attrgetter("since", "call.call_id")
_EMERGENCY: Final = Urgency.EMERGENCY  # members of an enumeration are slow to look up on it
_EVERYONE_BUSY: Final = GIVEN[Why.EVERYONE_BUSY]
_WAITS: Final[dict[tuple[timedelta, int], list[timedelta]]] = {}  # grown at need: a division is slow


def expected_waits(handling: timedelta, people: int) -> list[timedelta]:
    """Return how long callers may have to wait for so many people, by position, as far as it was reckoned."""
    if len(_WAITS) > KEPT_WAITS:
        _WAITS.clear()
    return _WAITS.setdefault((handling, people), [timedelta()])


class Callers:
    """Keep the cases of those who wait, and what they have in common."""

    def __init__(
        self, crowd: Crowd, mandates: Mapping[int, frozenset[int]], teams: Mapping[int, TeamPlan]
    ) -> None:
        self.crowd, self.policy, self.now = crowd, crowd.policy, LONG_AGO
        self.mandates, self.teams = mandates, teams
        self.line_teams: Mapping[int, TeamPlan] = {}
        self.handling = self.policy.typical_talk + self.policy.typical_wrap_up
        self._cases: dict[int, Case] = {}  # by identity of the call, which is his as long as it is kept
        self._met = crowd.changes
        self._lines: dict[tuple[int, int | None], Line] = {}
        self._kinds: dict[object, Kind] = {}
        self._groups: dict[object, Group] = {}

    def see(
        self, calls: Sequence[WaitingCall], line_teams: Mapping[int, TeamPlan], now: datetime
    ) -> list[Case]:
        """Return the cases of these callers, who waits longest first: they are opened, looked at again, or stay."""
        self.now = now
        self._meet(calls, line_teams)
        seen, met, watchful, cases = self._cases, self._met, bool(self.crowd.protected), []
        for call in calls:
            case = seen.get(id(call))
            if case is None:
                case = seen[id(call)] = self._open(call)
            elif case.holds_until <= now:
                self._look(case)
            elif (case.minds or watchful) and case.met != met:
                self._look_who_may(case) if not case.kind.joins else self._look(case)
            case.is_open, case.decision = True, None
            case.kind.line.waiting += 1
            cases.append(case)
        cases.sort(key=_SINCE)
        times = [*map(_SINCE, cases)]
        if any(map(eq, times, times[1:])):
            cases.sort(key=_AGE)
        return cases

    def _meet(self, calls: Sequence[WaitingCall], line_teams: Mapping[int, TeamPlan]) -> None:
        """Drop what does not hold any more, and begin to count those who wait."""
        if len(self._cases) > 2 * len(calls) + SPARE:
            self._forget_who_is_gone(calls)
        if line_teams != self.line_teams:
            self._plan_anew(line_teams)
        if self._met != self.crowd.changes:
            self._meet_the_crowd()
        for group in self._groups.values():
            group.left = group.waiting = 0
        for line in self._lines.values():
            line.waiting, line.room = 0, None

    def lines(self) -> list[Line]:
        """Return the lines on which somebody waits."""
        return [line for line in self._lines.values() if line.waiting]

    # --- what does not hold any more -----------------------------------------------------

    def _forget_who_is_gone(self, calls: Sequence[WaitingCall]) -> None:
        there = {*map(id, calls)}
        self._cases = {key: case for key, case in self._cases.items() if key in there}
        kinds = {case.kind for case in self._cases.values()}
        groups = {group for kind in kinds for group in kind.groups}
        self._kinds = {key: kind for key, kind in self._kinds.items() if kind in kinds}
        self._groups = {key: group for key, group in self._groups.items() if group in groups}
        lines = {kind.line for kind in kinds}
        self._lines = {key: line for key, line in self._lines.items() if line in lines}
        self.crowd.keep_knowing({kind.like.practice_id for kind in kinds})

    def _plan_anew(self, line_teams: Mapping[int, TeamPlan]) -> None:
        """Forget the kinds of callers who are to be answered by another team than before."""
        self.line_teams = dict(line_teams)
        self._kinds = {key: kind for key, kind in self._kinds.items() if kind.plan == self._plan(kind.like)}
        kept = {*self._kinds.values()}
        self._cases = {key: case for key, case in self._cases.items() if case.kind in kept}

    def _meet_the_crowd(self) -> None:
        """Find anew who is in each group; a step joins at once when nobody before it can serve a caller."""
        self._met = self.crowd.changes
        for group in self._groups.values():
            self._gather(group)
        anew = set[Kind]()
        for kind in self._kinds.values():
            for stage in kind.stages:
                self._count(stage)
            if len(kind.stages) > 1 and (joins := self._joins(kind)) != kind.joins:
                kind.joins = joins
                anew.add(kind)
        if anew:
            for case in self._cases.values():
                if case.kind in anew:
                    case.holds_until = LONG_AGO

    # --- cases --------------------------------------------------------------------------

    def _open(self, call: WaitingCall) -> Case:
        unbarred = call.urgency is _EMERGENCY and self.crowd.bars
        kind = self._kinds.get(key := (_ALIKE(call), unbarred))
        if kind is None:
            kind = self._kinds[key] = self._kind(call, unbarred=unbarred)
        since, is_plain = call.waiting_since, not call.preferred and call.held_since is None
        overflows_at = since + kind.at_most
        case = Case(call, kind, since, overflows_at, is_plain, why_he_presses(call), why_him(call))
        self._look(case)
        return case

    def _look(self, case: Case) -> None:
        """Find what may have changed about a caller, and until when that holds."""
        call, kind, now, since = case.call, case.kind, self.now, case.since
        case.holds_until = gains_rank_at(call, now, self.policy)
        case.turn = turn_of(call, now, self.policy)
        self._look_who_may(case)
        waited, never = now - since, case.tried | case.protected
        joins = kind.joins if not never or kind.groups[0].able & ~never else self._joins(kind, never)
        open_steps = 0
        while open_steps < len(joins) and waited >= joins[open_steps]:
            open_steps += 1
        case.stage = kind.stages[open_steps]
        if open_steps < len(joins):
            case.holds_until = min(case.holds_until, since + joins[open_steps])
        case.look_at = case.overflows_at
        for after in kind.looks:
            if waited < after:
                case.look_at = since + after
                case.holds_until = min(case.holds_until, case.look_at)
                break

    def _look_who_may(self, case: Case) -> None:
        """Find who did not answer this caller, who of them is let rest, and who is protected from him."""
        crowd, rest, tried_at = self.crowd, self.policy.retry_same_after, case.call.tried
        case.protected = crowd.protected.get(case.call.caller_number, 0) if crowd.protected else 0
        tried = rests = 0
        for user_id, at in tried_at.items():
            bit = crowd.bit.get(user_id, 0)
            tried |= bit
            if self.now < at + rest:
                rests |= bit
                case.holds_until = min(case.holds_until, at + rest)
        case.tried, case.rests, case.barred = tried, rests, rests | case.protected
        case.met, case.minds = self._met, bool(tried_at or case.protected)

    # --- kinds and stages ---------------------------------------------------------------

    def _kind(self, call: WaitingCall, *, unbarred: bool) -> Kind:
        plan, policy = self._plan(call), self.policy
        at_most = policy.wait_at_most if plan.overflow_after is None else plan.overflow_after
        line = self._lines.get(key := (call.practice_id, call.line_id))
        if line is None:
            line = self._lines[key] = Line(*key)
        groups = [self._group(call, step, unbarred=unbarred) for step in plan.steps]
        stages = [Stage(tuple(groups[: count + 1])) for count in range(len(groups))]
        for stage in stages:
            self._count(stage)
        looks = sorted(step.after for step in plan.steps if step.after < at_most)
        kind = Kind(call, line, plan, at_most, self.crowd.knowing(call.practice_id), groups, stages, looks)
        kind.joins = self._joins(kind)
        return kind

    def _plan(self, call: WaitingCall) -> TeamPlan:
        """Return who should answer a caller, in steps."""
        found = self.line_teams.get(call.line_id) if call.line_id is not None else None
        if found is None:
            found = self.teams.get(call.practice_id, EVERYBODY)
        return found if found.steps else EVERYBODY

    def _joins(self, kind: Kind, never: People = 0) -> list[timedelta]:
        """Return after what wait each step but the first is open to callers whom some people are not to serve."""
        joins, latest, served = [], timedelta.min, 0
        for group, step in zip(kind.groups, kind.plan.steps[1:], strict=False):
            served |= group.able & ~never
            if served:
                latest = max(latest, step.after)
            joins.append(latest)
        return joins

    def _count(self, stage: Stage) -> None:
        members = able = 0
        for group in stage.groups:
            members |= group.members
            able |= group.able
        stage.members, stage.able, people = members, able, members.bit_count()
        if people != stage.count or not stage.busy:
            stage.count, stage.busy = people, (_EVERYONE_BUSY[people],)
            stage.expected = expected_waits(self.handling, people)

    # --- groups -------------------------------------------------------------------------

    def _group(self, call: WaitingCall, step: TeamStep, *, unbarred: bool) -> Group:
        """Return the people of a step who may serve callers like this one."""
        mandated = self.mandates.get(call.practice_id, frozenset())
        key = (mandated, step.user_ids, step.secretariat_id, call.required, call.preferred, unbarred)
        group = self._groups.get(key)
        if group is None:
            wanted = mandated if step.secretariat_id is None else mandated & {step.secretariat_id}
            group = self._groups[key] = Group(wanted, step.user_ids, call.required, call.preferred, unbarred)
            self._gather(group)
        return group

    def _gather(self, group: Group) -> None:
        crowd = self.crowd
        people = crowd.of_secretariats(group.secretariat_ids)
        if group.user_ids:
            people &= crowd.of(group.user_ids)
        group.members = people & crowd.having(group.required) if group.required else people
        group.lacks_skill = group.members != people
        group.able = group.members
        if crowd.bars and not group.unbarred:
            group.able &= ~crowd.above
        group.levels = crowd.by_wishes(group.preferred)

"""Open the cases of those who wait: of which kind each is, which team steps are open to him, who may serve him."""

from datetime import UTC, datetime, timedelta
from operator import eq, itemgetter
from typing import Final

from decroche.calls.domain.routing.cases import Case, Group, Kind, Line, People, Rung, Stage
from decroche.calls.domain.routing.decisions import GIVEN, Why
from decroche.calls.domain.routing.facts import Acquaintance, Facts, TeamPlan, TeamStep, Urgency, WaitingCall
from decroche.calls.domain.routing.people import Crowd

EVERYBODY: Final = TeamPlan()
ANYBODY: Final[tuple[tuple[int, People], ...]] = ((0, -1),)  # nothing is wished
ALWAYS: Final = datetime.max.replace(tzinfo=UTC)
KEPT_WAITS: Final = 2000  # numbers of people whose waits are kept
_FIELDS: Final = WaitingCall._fields.index
_TRIED: Final = itemgetter(_FIELDS("tried"))
_ALIKE: Final = itemgetter(*map(_FIELDS, ("practice_id", "line_id", "required", "preferred")))
_SINCE: Final = itemgetter(_FIELDS("waiting_since"))
_AGE: Final = itemgetter(*map(_FIELDS, ("waiting_since", "call_id")))
# Members of an enumeration are slow to look up on it.
_NONE: Final = Acquaintance.NONE
_SOME: Final = Acquaintance.SOME
_GOOD: Final = Acquaintance.GOOD
_EMERGENCY: Final = Urgency.EMERGENCY
_EVERYONE_BUSY: Final = GIVEN[Why.EVERYONE_BUSY]
_WAITS: Final[dict[tuple[timedelta, int], list[timedelta]]] = {}  # grown at need: a division is slow


def expected_waits(handling: timedelta, people: int) -> list[timedelta]:
    """Return how long callers may have to wait for so many people, by position, as far as it was reckoned."""
    if len(_WAITS) > KEPT_WAITS:
        _WAITS.clear()
    return _WAITS.setdefault((handling, people), [timedelta()])


class Callers:
    """Find what the callers of one decision have in common, each thing when it is first needed."""

    def __init__(self, facts: Facts, crowd: Crowd) -> None:
        self.facts, self.crowd, self.policy, self.now = facts, crowd, facts.policy, facts.now
        self.handling = self.policy.typical_talk + self.policy.typical_wrap_up
        self.lines: dict[tuple[int, int | None], Line] = {}
        self._kinds: dict[object, Kind] = {}
        self._urgent_kinds: dict[object, Kind] = {}
        self._groups: dict[object, Group] = {}
        self._waits: dict[int, list[timedelta]] = {}  # by number of people

    def by_age(self) -> list[Case]:
        """Open the case of every caller, who waits longest first."""
        calls = sorted(self.facts.calls, key=_SINCE)
        times = [*map(_SINCE, calls)]
        if any(map(eq, times, times[1:])):
            calls.sort(key=_AGE)
        bars, protects = self.crowd.bars, self.crowd.protected
        cases: list[Case] = []
        for call, since, tried in zip(calls, times, map(_TRIED, calls), strict=True):
            unbarred = bars and call.urgency is _EMERGENCY
            kinds = self._urgent_kinds if unbarred else self._kinds
            kind = kinds.get(key := _ALIKE(call))
            if kind is None:
                kind = kinds[key] = self._kind(call, unbarred=unbarred)
            kind.line.waiting += 1
            if tried or protects:
                cases.append(self._case(call, kind))
            else:
                cases.append(Case(call, kind, kind.only or self._stage_since(kind, since), since))
        return cases

    def _case(self, call: WaitingCall, kind: Kind) -> Case:
        """Open the case of a caller to whom something happened, or might."""
        crowd, since, tried_at = self.crowd, call.waiting_since, call.tried
        protected = crowd.protected.get(call.caller_number, 0)
        tried = rests = 0
        retry_before = self.now - self.policy.retry_same_after
        for user_id, at in tried_at.items():
            bit = crowd.bit.get(user_id, 0)
            tried |= bit
            if at > retry_before:
                rests |= bit
        never = tried | protected
        if never and not self._group(kind, 0).able & ~never:
            stage = self._stage(kind, self._steps_open_without(kind, since, never))
        else:
            stage = self._stage_since(kind, since)
        return Case(call, kind, stage, since, tried, rests, protected, rests | protected)

    # --- kinds and stages ---------------------------------------------------------------

    def _kind(self, call: WaitingCall, *, unbarred: bool) -> Kind:
        plan, policy = self._plan(call), self.policy
        at_most = policy.wait_at_most if plan.overflow_after is None else plan.overflow_after
        knowers = self.crowd.familiarity.knowers(call.practice_id, policy.knows_well_from)
        line = self.lines.get(key := (call.practice_id, call.line_id))
        if line is None:
            line = self.lines[key] = Line(*key)
        kind = Kind(call, line, unbarred, plan.steps, at_most, self.now - at_most, knowers)
        if len(plan.steps) == 1:
            kind.only = self._stage(kind, 1)
        return kind

    def _plan(self, call: WaitingCall) -> TeamPlan:
        """Return who should answer a caller, in steps."""
        facts = self.facts
        found = facts.line_teams.get(call.line_id) if facts.line_teams and call.line_id is not None else None
        if found is None:
            found = facts.teams.get(call.practice_id, EVERYBODY)
        return found if found.steps else EVERYBODY

    def _stage_since(self, kind: Kind, since: datetime) -> Stage:
        """Return the stage of a caller to whom nothing happened since he waits."""
        count = 1
        for joined in self._joined(kind) if kind.joined is None else kind.joined:
            if since > joined:
                break
            count += 1
        return kind.stages[count - 1] if count <= len(kind.stages) else self._stage(kind, count)

    def _joined(self, kind: Kind) -> list[datetime]:
        """Find when each step joins; a later one joins at once when nobody before it can serve a caller."""
        kind.joined = joined = []
        if len(kind.steps) > 1:
            latest, served = ALWAYS, False
            for index, step in enumerate(kind.steps[1:]):
                served = served or self._group(kind, index).able > 0
                if served:
                    latest = min(latest, self.now - step.after)
                joined.append(latest)
        return joined

    def _steps_open_without(self, kind: Kind, since: datetime, never: People) -> int:
        """Count the steps open by now to a caller whom some people are not to serve."""
        steps, count, waited = kind.steps, 1, self.now - since
        served = self._group(kind, 0).able & ~never
        while count < len(steps) and not (served and steps[count].after > waited):
            served |= self._group(kind, count).able & ~never
            count += 1
        return count

    def _stage(self, kind: Kind, count: int) -> Stage:
        stages = kind.stages
        while len(stages) < count:
            group = self._group(kind, len(stages))
            groups: tuple[Group, ...] = (group,)
            members, able = group.members, group.able
            if stages:
                before = stages[-1]
                groups, members, able = (*before.groups, group), before.members | members, before.able | able
            people = members.bit_count()
            busy, waits = (_EVERYONE_BUSY[people],), self._waits.get(people) or self._expected(people)
            stages.append(Stage(groups, members, able, people, busy, waits))
        return stages[count - 1]

    def _expected(self, people: int) -> list[timedelta]:
        waits = self._waits[people] = expected_waits(self.handling, people)
        return waits

    def ladder(self, kind: Kind, stage: Stage) -> tuple[Rung, ...]:
        """Return whom to offer callers to: by ceiling, step, wished skills, acquaintance; rungs of nobody left out."""
        well, some = self.crowd.knowing(kind.like.practice_id)
        rungs: list[Rung] = []
        for tier in (0, 1) if self.crowd.above else (0,):
            for step, group in enumerate(stage.groups):
                if not (free := group.free[tier]):
                    continue
                for _, having in group.levels:
                    alike = free & having
                    if people := alike & well:
                        rungs.append((people, alike, group, _GOOD, tier, step))
                    if people := alike & some:
                        rungs.append((people, alike, group, _SOME, tier, step))
                    rungs.append((alike, alike, group, _NONE, tier, step))
        stage.ladder = tuple(rungs)
        return stage.ladder

    def looks(self, kind: Kind) -> list[tuple[datetime, timedelta]]:
        """Return at what waits callers of a kind are looked at again because a step joins, the soonest first."""
        waits = sorted(step.after for step in kind.steps if step.after < kind.at_most)
        kind.looks = [(self.now - after, after) for after in waits]
        return kind.looks

    # --- groups -------------------------------------------------------------------------

    def _group(self, kind: Kind, index: int) -> Group:
        """Return the people of a step who may serve callers of a kind."""
        if index < len(kind.groups):
            return kind.groups[index]
        call, step = kind.like, kind.steps[index]
        mandated = self.facts.mandates.get(call.practice_id, frozenset())
        key = (mandated, step.user_ids, step.secretariat_id, call.required, call.preferred, kind.unbarred)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._gather(kind, self._step(step, mandated))
        kind.groups.append(group)
        return group

    def _gather(self, kind: Kind, people: People) -> Group:
        crowd, required, preferred = self.crowd, kind.like.required, kind.like.preferred
        able = people & crowd.having(required) if required else people
        barred = able & crowd.above if crowd.bars and not kind.unbarred else 0
        free, above = able & crowd.free, crowd.above
        return Group(
            preferred,
            able,
            able & ~barred,
            able != people,
            barred,
            (free & ~above, free & above & ~barred),
            crowd.by_wishes(preferred) if preferred else ANYBODY,
        )

    def _step(self, step: TeamStep, mandated: frozenset[int]) -> People:
        crowd = self.crowd
        wanted = mandated if step.secretariat_id is None else mandated & {step.secretariat_id}
        found = crowd.of_secretariats(wanted)
        return found & crowd.of(step.user_ids) if step.user_ids else found

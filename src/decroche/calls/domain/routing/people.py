"""Index those at their posts, and the callers who are alike, once for all callers of a decision.

A set of people is a number: its bit ``n`` stands for the ``n``-th of ``Crowd.people``, the free first, who has been
idle longest first. So the best of a set is its lowest bit, and who may serve a caller is found for all people at once.

Callers of one line, practice and skills are of one *kind*, people of the same mandates, team step and skills one
*group*: what is true of all of them is found once, and only when somebody needs it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing.decisions import Decision, PassedOver, Reason, Why
from decroche.calls.domain.routing.facts import (
    Acquaintance,
    Ceiling,
    Facts,
    Familiarity,
    Knowers,
    Policy,
    PostFact,
    TeamPlan,
    TeamStep,
    Urgency,
    WaitingCall,
)
from decroche.calls.domain.routing.holding import likely_free_at

People = int  # a set of them, a bit for each

EVERYBODY: Final = TeamPlan()
ANYBODY: Final[tuple[tuple[int, People], ...]] = ((0, -1),)  # nothing is wished
MINUTE: Final = 60
KEPT_WAITS: Final = 2000  # numbers of people whose waits are kept
FEW: Final = 32  # people whose acquaintances are sorted rather than looked for
_AVAILABLE: Final = PostState.AVAILABLE
_ON_CALL: Final = PostState.ON_CALL
_EMERGENCY: Final = Urgency.EMERGENCY
_IDLE_SINCE: Final = attrgetter("since", "user_id")
_ALIKE: Final = attrgetter("practice_id", "line_id", "required", "preferred")


@dataclass(slots=True, eq=False)
class Group:
    """Hold the people of one team step whom mandates and skills let serve a caller."""

    preferred: frozenset[str]
    members: People
    lacks_skill: bool  # somebody would be there, had she the skill
    barred: People  # whom their load ceiling keeps from this caller altogether
    free: tuple[People, People]  # below their load ceiling, and above it
    levels: tuple[tuple[int, People], ...]  # how many of the wished skills, who has so many; the most first
    serves: bool  # somebody may serve any of the callers, now or once she is free
    left: People = 0  # who was left of the free below their ceiling, when last looked at
    waiting: int = 0  # callers so far

    def wishes(self, post: PostFact) -> int:
        """Return how many of the wished skills she has."""
        return len(self.preferred & post.skills) if self.preferred else 0


@dataclass(slots=True, eq=False)
class Stage:
    """Hold the team steps that are open to some callers."""

    groups: tuple[Group, ...]
    members: People
    able: People  # who may serve any of the callers, now or once she is free
    count: int  # of the members
    busy: tuple[Reason, ...]  # what they are told whom nobody can take yet
    expected: list[timedelta]  # by position
    oldest: datetime | None = None  # since when the longest waiting waits, of those who stay waiting


@dataclass(slots=True, eq=False)
class Kind:
    """Hold what callers of one line, practice and skills have in common; ``like`` is one of them."""

    like: WaitingCall
    unbarred: bool  # emergencies, which no ceiling keeps out
    steps: tuple[TeamStep, ...]
    at_most: timedelta  # before the overflow
    knowers: Knowers
    groups: list[Group] = field(default_factory=list)  # of the steps looked at so far
    stages: dict[int, Stage] = field(default_factory=dict)  # by number of open steps
    opens: list[timedelta] | None = None  # after what wait each step but the first joins
    only: Stage | None = None  # there is but one step
    well: People | None = None  # the free who know the practice well …
    some: People | None = None  # … or somewhat; found when first needed


@dataclass(slots=True, eq=False)
class Case:
    """Hold one caller while it is decided."""

    call: WaitingCall
    kind: Kind
    stage: Stage
    tried: People = 0  # who did not answer this caller, whenever that was, …
    rests: People = 0  # … and of them whom he is not offered to again so soon
    protected: People = 0  # from this number
    is_open: bool = True
    place: int = 0  # of her who is offered the call …
    known: Acquaintance = Acquaintance.NONE  # … how well she knows, …
    tier: int = 0  # … whether she is above her load ceiling …
    step: int = 0  # … and of which team step she is
    decision: Decision | None = None


def acquaintance(count: int, policy: Policy) -> Acquaintance:
    """Say how well somebody who took ``count`` calls lately knows a practice."""
    if count >= policy.knows_well_from:
        return Acquaintance.GOOD
    return Acquaintance.SOME if count else Acquaintance.NONE


def above_ceiling(post: PostFact, policy: Policy, now: datetime) -> int:
    """Return by what figure a secretary is above her load ceiling (calls in the hour, or minutes); zero: she is not."""
    most = policy.calls_per_hour_at_most
    if most is not None and post.calls_last_hour >= most:
        return post.calls_last_hour
    longest = policy.without_pause_at_most
    if longest is not None and post.working_since is not None and now - post.working_since >= longest:
        return max(1, int((now - post.working_since).total_seconds()) // MINUTE)
    return 0


_WAITS: Final[dict[tuple[timedelta, int], list[timedelta]]] = {}  # grown at need: a division is slow


def expected_waits(handling: timedelta, people: int) -> list[timedelta]:
    """Return how long callers may have to wait for so many people, by position, as far as it was reckoned."""
    if len(_WAITS) > KEPT_WAITS:
        _WAITS.clear()
    return _WAITS.setdefault((handling, people), [timedelta()])


class Crowd:
    """Index the posts and the callers of one decision."""

    def __init__(self, facts: Facts) -> None:
        self.facts, self.policy, self.now = facts, facts.policy, facts.now
        policy, known = facts.policy, facts.familiarity
        self.familiarity = known if isinstance(known, Familiarity) else Familiarity(known)
        self.handling = policy.typical_talk + policy.typical_wrap_up
        at_post = [post for post in facts.posts if post.reachable and post.state in AT_POST]
        free = [post for post in at_post if post.state is _AVAILABLE]
        free.sort(key=_IDLE_SINCE)
        self.people = free + [post for post in at_post if post.state is not _AVAILABLE]
        self.free: People = (1 << len(free)) - 1
        self.bit = {post.user_id: 1 << place for place, post in enumerate(self.people)}
        self._free_ids = {post.user_id for post in free}
        self._soon_ids = self.bit.keys() - self._free_ids
        self.capped = policy.calls_per_hour_at_most is not None or policy.without_pause_at_most is not None
        self.above = self._above()
        self.bars = bool(self.above) and policy.above_ceiling is Ceiling.NOT_AT_ALL
        self._protected = self._protected_by_number()
        self._by_secretariat: dict[int, People] = {}
        for post, bit in zip(self.people, self.bit.values(), strict=True):
            self._by_secretariat[post.secretariat_id] = self._by_secretariat.get(post.secretariat_id, 0) | bit
        self._by_skills: dict[frozenset[str], People] | None = None
        self._levels: dict[frozenset[str], tuple[tuple[int, People], ...]] = {}
        self._kinds: dict[object, Kind] = {}
        self._urgent_kinds: dict[object, Kind] = {}
        self._groups: dict[object, Group] = {}
        self._stages: dict[tuple[Group, ...], Stage] = {}
        self._soon: dict[int, datetime | None] = {}
        self.passed: dict[int, PassedOver] = {}  # by user, of whom the same is said to every caller

    def of(self, user_ids: Iterable[int]) -> People:
        """Return the set of these users, all of them at their posts."""
        return sum(map(self.bit.__getitem__, user_ids))

    def _above(self) -> People:
        """Return those above their load ceiling."""
        if not self.capped:
            return 0
        policy, now = self.policy, self.now
        return self.of([post.user_id for post in self.people if above_ceiling(post, policy, now)])

    def _protected_by_number(self) -> dict[str, People]:
        found: dict[str, People] = {}
        for post in self.people:
            if post.protected_until is not None and self.now < post.protected_until:
                for number in post.protected_from:
                    found[number] = found.get(number, 0) | self.bit[post.user_id]
        return found

    # --- callers ------------------------------------------------------------------------

    def case(self, call: WaitingCall) -> Case:
        """Open the case of a caller."""
        unbarred = self.bars and call.urgency is _EMERGENCY
        kinds, key = self._urgent_kinds if unbarred else self._kinds, _ALIKE(call)
        kind = kinds.get(key)
        if kind is None:
            kind = kinds[key] = self._kind(call, unbarred)
        if not call.tried and not self._protected:
            return Case(call, kind, kind.only or self._open(kind, call, 0))
        protected = self._protected.get(call.caller_number, 0)
        tried = rests = 0
        retry_before = self.now - self.policy.retry_same_after
        for user_id, tried_at in call.tried.items():
            bit = self.bit.get(user_id, 0)
            tried |= bit
            if tried_at > retry_before:
                rests |= bit
        stage = kind.only or self._open(kind, call, tried | protected)
        return Case(call, kind, stage, tried, rests, protected)

    def _kind(self, call: WaitingCall, unbarred: bool) -> Kind:
        plan, policy = self._plan(call), self.policy
        at_most = policy.wait_at_most if plan.overflow_after is None else plan.overflow_after
        knowers = self.familiarity.knowers(call.practice_id, policy.knows_well_from)
        kind = Kind(call, unbarred, plan.steps, at_most, knowers)
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

    def _open(self, kind: Kind, call: WaitingCall, never: People) -> Stage:
        """Return the team steps open to a caller by now; a later one joins at once when nobody before it can."""
        waited, steps, count = self.now - call.waiting_since, kind.steps, 1
        if not never:
            for after in kind.opens or self._opens(kind):
                if waited < after:
                    break
                count += 1
        else:
            group = self._group(kind, 0)
            served = group.members & ~group.barred & ~never
            while count < len(steps) and not (served and steps[count].after > waited):
                group = self._group(kind, count)
                served |= group.members & ~group.barred & ~never
                count += 1
        return kind.stages.get(count) or self._stage(kind, count)

    def _opens(self, kind: Kind) -> list[timedelta]:
        """Return after what wait each step but the first joins, for callers to whom nothing happened yet."""
        kind.opens = opens = []
        latest, served = timedelta.min, self._group(kind, 0).serves
        for count, step in enumerate(kind.steps[1:], 1):
            latest = max(latest, step.after) if served else latest
            opens.append(latest)
            served = served or self._group(kind, count).serves
        return opens

    def _stage(self, kind: Kind, count: int) -> Stage:
        groups = tuple([self._group(kind, index) for index in range(count)])
        stage = self._stages.get(groups)
        if stage is None:
            members = barred = 0
            for group in groups:
                members, barred = members | group.members, barred | group.barred
            people = members.bit_count()
            busy, waits = (Reason(Why.EVERYONE_BUSY, people),), expected_waits(self.handling, people)
            stage = Stage(groups, members, members & ~barred, people, busy, waits)
            self._stages[groups] = stage
        kind.stages[count] = stage
        return stage

    # --- people -------------------------------------------------------------------------

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
        required, preferred = kind.like.required, kind.like.preferred
        able = people & self._having(required) if required else people
        barred = able & self.above if self.bars and not kind.unbarred else 0
        free, above = able & self.free, self.above
        return Group(
            preferred,
            able,
            able != people,
            barred,
            (free & ~above, free & above & ~barred),
            self._by_wishes(preferred) if preferred else ANYBODY,
            able != barred,
        )

    def _step(self, step: TeamStep, mandated: frozenset[int]) -> People:
        wanted = mandated if step.secretariat_id is None else mandated & {step.secretariat_id}
        found = 0
        for secretariat_id in wanted:
            found |= self._by_secretariat.get(secretariat_id, 0)
        return found & self.of(step.user_ids & self.bit.keys()) if step.user_ids else found

    def _skills(self) -> dict[frozenset[str], People]:
        """Return the people of each set of skills."""
        if self._by_skills is None:
            found = self._by_skills = {}
            for post, bit in zip(self.people, self.bit.values(), strict=True):
                found[post.skills] = found.get(post.skills, 0) | bit
        return self._by_skills

    def _having(self, required: frozenset[str]) -> People:
        return sum([people for skills, people in self._skills().items() if required <= skills])

    def _by_wishes(self, preferred: frozenset[str]) -> tuple[tuple[int, People], ...]:
        """Return who has how many of the wished skills, the most first."""
        if preferred not in self._levels:
            found: dict[int, People] = {}
            for skills, people in self._skills().items():
                wishes = len(preferred & skills)
                found[wishes] = found.get(wishes, 0) | people
            self._levels[preferred] = tuple(sorted(found.items(), reverse=True))
        return self._levels[preferred]

    def knowing_well(self, kind: Kind) -> People:
        """Return the free who know the practice well."""
        if kind.well is None:
            kind.well = self.of(kind.knowers.well & self._free_ids)
        return kind.well

    def knowing_some(self, kind: Kind) -> People:
        """Return the free who know the practice somewhat."""
        if kind.some is None:
            kind.some = self.of(kind.knowers.some & self._free_ids)
        return kind.some

    def knowers(self, case: Case, least: int) -> Iterator[PostFact]:
        """Give the members who took so many calls for the practice, whatever they do now, who took most first."""
        members, known, bits = case.stage.members, case.kind.knowers, self.bit
        order: Iterable[tuple[int, int]] = known.order
        if case.stage.count < FEW:
            counts = known.counts
            order = sorted([(-counts.get(p.user_id, 0), p.user_id) for p in self.each(members)])
        for count, user_id in order:
            if -count < least:
                return
            bit = bits.get(user_id, 0)
            if bit & members:
                yield self.people[bit.bit_length() - 1]

    def each(self, people: People) -> Iterator[PostFact]:
        """Give each of a set, the best first."""
        while people:
            bit = people & -people
            yield self.people[bit.bit_length() - 1]
            people ^= bit

    # --- who is soon free ---------------------------------------------------------------

    def soon_free(self, case: Case, until: datetime) -> Iterator[tuple[PostFact, datetime]]:
        """Give the busy members likely free by then who spoke last with the caller or know the practice well."""
        last = self.bit.get(case.call.last_spoken, 0) if case.call.last_spoken is not None else 0
        if last & case.stage.members:
            post = self.people[last.bit_length() - 1]
            if free_at := self._free_by(post, until):
                yield post, free_at
        if case.kind.knowers.well.isdisjoint(self._soon_ids):
            return
        for post in self.knowers(case, max(1, self.policy.knows_well_from)):
            if post.state is not _AVAILABLE and (free_at := self._free_by(post, until)):
                yield post, free_at

    def _free_by(self, post: PostFact, until: datetime) -> datetime | None:
        if self.bit[post.user_id] & self.above:
            return None
        if post.state is _ON_CALL and self.now + self.policy.typical_wrap_up > until:
            return None  # her wrap-up alone is too long
        if post.user_id not in self._soon:
            self._soon[post.user_id] = likely_free_at(post, self.policy, self.now)
        free_at = self._soon[post.user_id]
        return free_at if free_at is not None and free_at <= until else None

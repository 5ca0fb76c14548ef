"""Index those at their posts, and the callers who are alike, once for all callers of a decision.

Callers of many practices share the same people: those are ranked once per *group* (mandates, team step, skills), and
those of them who know a practice once for it, when somebody calls it. Callers of one line, practice and skills are of
one *kind*: what is true of all of them is found once. A ranking's head moves on as its people are taken, so that a
whole crowd is served in little more than one pass.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing.decisions import Decision, Reason, Why
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

EVERYBODY: Final = TeamPlan()
MINUTE: Final = 60
KEPT_WAITS: Final = 2000  # numbers of people whose waits are kept
_AVAILABLE: Final = PostState.AVAILABLE
_ON_CALL: Final = PostState.ON_CALL
_EMERGENCY: Final = Urgency.EMERGENCY
_IDLE_SINCE: Final = attrgetter("since", "user_id")
_PLACE: Final = attrgetter("place")


@dataclass(slots=True, eq=False)
class Idle:
    """Hold somebody who is free; ``place`` ranks who has been idle longest first."""

    place: int
    post: PostFact
    owes_turn: bool
    is_taken: bool = False
    refused: bool = False  # a caller, for a turn that she owes
    looked: int = 0  # how many callers by age she has looked through for it …
    found: bool = False  # … and whether the next one is hers


@dataclass(slots=True)
class Ranking:
    """Hold free people, the best first; those before ``head`` are taken."""

    people: list[Idle]
    user_ids: Collection[int]
    head: int = 0

    def first(self) -> Idle | None:
        """Return the best who is not taken."""
        people, head = self.people, self.head
        while head < len(people):
            if not people[head].is_taken:
                self.head = head
                return people[head]
            head += 1
        self.head = head
        return None


@dataclass(slots=True, eq=False)
class Group:
    """Hold the people of one team step whom mandates and skills let serve a caller.

    ``rankings``: of those below their load ceiling, and of those above; made when first needed.
    """

    preferred: frozenset[str]
    members: dict[int, PostFact]
    lacks_skill: bool = False  # somebody would be there, had she the skill
    above: set[int] = field(default_factory=set)  # their load ceiling
    barred: set[int] = field(default_factory=set)  # … which keeps them from this caller altogether
    rankings: tuple[Ranking, Ranking] | None = None
    knowing: dict[tuple[int, int, bool], Ranking] = field(default_factory=dict)  # practice, tier, well?
    serves: bool = False  # somebody may serve any of the callers, now or once she is free
    waiting: int = 0  # callers so far

    def wishes(self, idle: Idle) -> int:
        """Return how many of the wished skills she has."""
        return len(self.preferred & idle.post.skills) if self.preferred else 0


@dataclass(slots=True, eq=False)
class Stage:
    """Hold the team steps that are open to some callers."""

    groups: tuple[Group, ...]
    members: dict[int, PostFact]
    barred: set[int]
    serves: bool
    busy: tuple[Reason, ...]  # what they are told whom nobody can take yet
    expected: list[timedelta]  # by position
    oldest: datetime | None = None  # since when the longest waiting waits, of those who stay waiting
    # By practice, the members who know it: calls taken, the most first.
    knowers: dict[int, list[tuple[int, PostFact]]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Kind:
    """Hold what callers of one line, practice and skills have in common; ``like`` is one of them."""

    like: WaitingCall
    steps: tuple[TeamStep, ...]
    at_most: timedelta  # before the overflow
    knowers: Knowers
    groups: list[Group] = field(default_factory=list)  # of the steps looked at so far
    stages: dict[int, Stage] = field(default_factory=dict)  # by number of open steps
    opens: list[timedelta] | None = None  # after what wait each step but the first joins
    only: Stage | None = None  # there is but one step


@dataclass(slots=True, eq=False)
class Case:
    """Hold one caller while it is decided."""

    call: WaitingCall
    kind: Kind
    stage: Stage
    is_open: bool = True
    her: Idle | None = None  # who is offered the call …
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
        self.at_post = {p.user_id: p for p in facts.posts if p.reachable and p.state in AT_POST}
        self.free = self._free()
        self.protects = any(p.protected_until is not None for p in self.at_post.values())
        self.owing = any(idle.owes_turn for idle in self.free.values())
        self.capped = policy.calls_per_hour_at_most is not None or policy.without_pause_at_most is not None
        self.above = (
            {u for u, p in self.at_post.items() if above_ceiling(p, policy, facts.now)}
            if self.capped
            else set()
        )
        self.bars = bool(self.above) and policy.above_ceiling is Ceiling.NOT_AT_ALL
        self._by_secretariat: dict[int, dict[int, PostFact]] = {}
        for user_id, post in self.at_post.items():
            self._by_secretariat.setdefault(post.secretariat_id, {})[user_id] = post
        self._kinds: dict[object, Kind] = {}
        self._groups: dict[object, Group] = {}
        self._stages: dict[tuple[Group, ...], Stage] = {}
        self._soon: dict[int, datetime | None] = {}

    def _free(self) -> dict[int, Idle]:
        at_most = self.policy.out_of_turn_at_most
        free = [post for post in self.at_post.values() if post.state is _AVAILABLE]
        free.sort(key=_IDLE_SINCE)
        return {p.user_id: Idle(n, p, p.out_of_turn >= at_most) for n, p in enumerate(free)}

    # --- callers ------------------------------------------------------------------------

    def case(self, call: WaitingCall) -> Case:
        """Open the case of a caller."""
        unbarred = self.bars and call.urgency is _EMERGENCY
        key = (call.practice_id, call.line_id, call.required, call.preferred, unbarred)
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._kinds[key] = self._kind(call)
        return Case(call, kind, kind.only or self._open(kind, call))

    def _kind(self, call: WaitingCall) -> Kind:
        plan, policy = self._plan(call), self.policy
        at_most = policy.wait_at_most if plan.overflow_after is None else plan.overflow_after
        knowers = self.familiarity.knowers(call.practice_id, policy.knows_well_from)
        kind = Kind(call, plan.steps, at_most, knowers)
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

    def _open(self, kind: Kind, call: WaitingCall) -> Stage:
        """Return the team steps open to a caller by now; a later one joins at once when nobody before it can."""
        waited, steps, count = self.now - call.waiting_since, kind.steps, 1
        if not call.tried and not self.protects:
            if kind.opens is None:
                kind.opens = self._opens(kind)
            for after in kind.opens:
                if waited < after:
                    break
                count += 1
        else:
            served = self.anybody(call, self._group(kind, 0))
            while count < len(steps) and not (served and steps[count].after > waited):
                served = served or self.anybody(call, self._group(kind, count))
                count += 1
        return kind.stages.get(count) or self._stage(kind, count)

    def _opens(self, kind: Kind) -> list[timedelta]:
        """Return after what wait each step but the first joins, for callers to whom nothing happened yet."""
        opens: list[timedelta] = []
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
            members, barred = groups[0].members, groups[0].barred
            for group in groups[1:]:
                members, barred = members | group.members, barred | group.barred
            serves = any(group.serves for group in groups)
            busy = (Reason(Why.EVERYONE_BUSY, len(members)),)
            waits = expected_waits(self.handling, len(members))
            stage = self._stages[groups] = Stage(groups, members, barred, serves, busy, waits)
        kind.stages[count] = stage
        return stage

    def anybody(self, call: WaitingCall, group: Group) -> bool:
        """Say whether somebody at post may serve this caller, now or once she is free."""
        if not call.tried and not self.protects:
            return group.serves
        tried, barred = call.tried, group.barred
        for user_id, post in group.members.items():
            if user_id not in tried and user_id not in barred and not self.protected(call, post):
                return True
        return False

    def protected(self, call: WaitingCall, post: PostFact) -> bool:
        """Say whether this number was abusive to her."""
        until = post.protected_until
        return until is not None and self.now < until and call.caller_number in post.protected_from

    # --- people -------------------------------------------------------------------------

    def _group(self, kind: Kind, index: int) -> Group:
        """Return the people of a step who may serve callers of a kind."""
        if index < len(kind.groups):
            return kind.groups[index]
        call, step = kind.like, kind.steps[index]
        unbarred = self.bars and call.urgency is _EMERGENCY
        mandated = self.facts.mandates.get(call.practice_id, frozenset())
        key = (mandated, step.user_ids, step.secretariat_id, call.required, call.preferred, unbarred)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._gather(call, self._people(step, mandated))
        kind.groups.append(group)
        return group

    def _gather(self, call: WaitingCall, people: dict[int, PostFact]) -> Group:
        able = people
        if call.required:
            able = {user_id: post for user_id, post in people.items() if call.required <= post.skills}
        group = Group(call.preferred, able, len(able) < len(people))
        if self.above:
            group.above = self.above & able.keys()
            if self.bars and call.urgency is not _EMERGENCY:
                group.barred = group.above
        group.serves = len(able) > len(group.barred)
        return group

    def _people(self, step: TeamStep, mandated: frozenset[int]) -> dict[int, PostFact]:
        wanted = mandated if step.secretariat_id is None else mandated & {step.secretariat_id}
        if step.user_ids:
            named = (self.at_post.get(user_id) for user_id in step.user_ids)
            return {p.user_id: p for p in named if p is not None and p.secretariat_id in wanted}
        found: dict[int, PostFact] = {}
        for secretariat_id in wanted:
            found |= self._by_secretariat.get(secretariat_id, {})
        return found

    def ranking(self, group: Group, tier: int) -> Ranking:
        """Return the free people of a group below (0) or above (1) their load ceiling, the best first."""
        if group.rankings is None:
            free = group.members.keys() & self.free.keys()
            group.rankings = (
                self._rank(group, free - group.above),
                self._rank(group, (free & group.above) - group.barred),
            )
        return group.rankings[tier]

    def knowing(self, group: Group, kind: Kind, tier: int, *, well: bool) -> Ranking:
        """Return those of them who know the practice well, or somewhat, the best first."""
        key = (kind.like.practice_id, tier, well)
        found = group.knowing.get(key)
        if found is None:
            known = kind.knowers.well if well else kind.knowers.some
            found = group.knowing[key] = self._rank(
                group, known.intersection(self.ranking(group, tier).user_ids)
            )
        return found

    def _rank(self, group: Group, user_ids: Collection[int]) -> Ranking:
        people = sorted(map(self.free.__getitem__, user_ids), key=_PLACE)
        if group.preferred:
            people.sort(key=group.wishes, reverse=True)
        return Ranking(people, user_ids)

    def knowers(self, case: Case) -> list[tuple[int, PostFact]]:
        """Return the members who know the practice, whatever they do now, who took most calls for it first."""
        practice_id, members = case.call.practice_id, case.stage.members
        found = case.stage.knowers.get(practice_id)
        if found is None:
            known = case.kind.knowers
            if len(members) < len(known.order):
                few = sorted((-known.counts[u], u) for u in members if known.counts.get(u))
                found = [(-count, members[u]) for count, u in few]
            else:
                found = [(-count, members[u]) for count, u in known.order if u in members]
            case.stage.knowers[practice_id] = found
        return found

    # --- who is soon free ---------------------------------------------------------------

    def soon_free(self, case: Case, until: datetime) -> Iterator[tuple[PostFact, datetime]]:
        """Give the busy members likely free by then who spoke last with the caller or know the practice well."""
        members, least = case.stage.members, self.policy.knows_well_from
        last = members.get(case.call.last_spoken) if case.call.last_spoken is not None else None
        if last is not None and (free_at := self._free_by(last, until)):
            yield last, free_at
        for count, post in self.knowers(case):
            if count < least:
                return
            if post.state is not _AVAILABLE and (free_at := self._free_by(post, until)):
                yield post, free_at

    def _free_by(self, post: PostFact, until: datetime) -> datetime | None:
        if post.user_id in self.above:
            return None
        if post.state is _ON_CALL and self.now + self.policy.typical_wrap_up > until:
            return None  # her wrap-up alone is too long
        if post.user_id not in self._soon:
            self._soon[post.user_id] = likely_free_at(post, self.policy, self.now)
        free_at = self._soon[post.user_id]
        return free_at if free_at is not None and free_at <= until else None

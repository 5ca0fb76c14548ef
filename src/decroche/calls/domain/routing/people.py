"""Index those at their posts once for all callers: who may serve whom, the best first.

Callers of many practices share the same people, so people are sorted once per *group* (mandates, team step, skills)
and only those who know a practice are sorted for it, when somebody calls it. A ranking's head moves on as its people
are taken, so that a whole crowd is served in little more than one pass.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing.facts import (
    Acquaintance,
    Ceiling,
    Facts,
    Familiarity,
    Policy,
    PostFact,
    TeamPlan,
    TeamStep,
    Urgency,
    WaitingCall,
)

EVERYBODY: Final = TeamPlan()
MINUTE: Final = 60
# Minus the wished skills she has, minus the acquaintance, idle since, her id, her post: the smallest is rung.
Candidate = tuple[int, int, datetime, int, PostFact]


@dataclass(slots=True)
class Ranking:
    """Hold free people, the best first; those before ``head`` are taken."""

    people: list[Candidate]
    head: int = 0

    def first(self, taken: set[int]) -> Candidate | None:
        """Return the best who is not taken."""
        people = self.people
        while self.head < len(people) and people[self.head][3] in taken:
            self.head += 1
        return people[self.head] if self.head < len(people) else None

    def free(self, taken: set[int]) -> Iterator[Candidate]:
        """Give those who are not taken, the best first."""
        people = self.people
        self.first(taken)
        for index in range(self.head, len(people)):
            if people[index][3] not in taken:
                yield people[index]


@dataclass(slots=True)
class Group:
    """Hold the people of one team step whom mandates and skills let serve a caller.

    ``rankings``: of those below their load ceiling, and of those above; made when first needed.
    """

    preferred: frozenset[str]
    members: dict[int, PostFact] = field(default_factory=dict)
    above: set[int] = field(default_factory=set)  # their load ceiling
    barred: set[int] = field(default_factory=set)  # … which keeps them from this caller altogether
    lacks_skill: set[int] = field(default_factory=set)
    rankings: tuple[Ranking, Ranking] | None = None
    knowing: dict[int, tuple[Ranking, Ranking]] = field(default_factory=dict)  # by practice


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


class Crowd:
    """Index the posts of one decision."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        policy = facts.policy
        self.at_post = {p.user_id: p for p in facts.posts if p.state in AT_POST and p.reachable}
        self.free = {u: p for u, p in self.at_post.items() if p.state is PostState.AVAILABLE}
        self.protects = any(p.protected_until is not None for p in self.at_post.values())
        self.owing = any(p.out_of_turn >= policy.out_of_turn_at_most for p in self.free.values())
        self.capped = policy.calls_per_hour_at_most is not None or policy.without_pause_at_most is not None
        self._above = (
            {u for u, p in self.at_post.items() if above_ceiling(p, policy, facts.now)}
            if self.capped
            else set()
        )
        self._by_secretariat: dict[int, list[PostFact]] = {}
        for post in self.at_post.values():
            self._by_secretariat.setdefault(post.secretariat_id, []).append(post)
        self._groups: dict[object, Group] = {}
        self._counts: dict[int, dict[int, int]] | None = None
        self._knowers: dict[int, list[tuple[int, int]]] = {}

    def counts(self, practice_id: int) -> Mapping[int, int]:
        """Return who took how many calls for a practice lately."""
        known = self.facts.familiarity
        if isinstance(known, Familiarity):
            return known.of_practice(practice_id)
        if self._counts is None:
            self._counts = {call.practice_id: {} for call in self.facts.calls}
            for (user_id, practice), count in known.items():
                if practice in self._counts:
                    self._counts[practice][user_id] = count
        return self._counts[practice_id]

    def knowers(self, practice_id: int, *, from_count: int = 1) -> Iterator[int]:
        """Give those at post who know a practice, whatever they do now, the one who took most calls first."""
        found = self._knowers.get(practice_id)
        if found is None:
            counts, at_post = self.counts(practice_id), self.at_post
            found = sorted((-count, u) for u, count in counts.items() if count and u in at_post)
            self._knowers[practice_id] = found
        for count, user_id in found:
            if -count < from_count:
                return
            yield user_id

    def plan(self, call: WaitingCall) -> TeamPlan:
        """Return who should answer this caller, in steps."""
        facts = self.facts
        found = facts.line_teams.get(call.line_id) if facts.line_teams and call.line_id is not None else None
        if found is None:
            found = facts.teams.get(call.practice_id, EVERYBODY)
        return found if found.steps else EVERYBODY

    def group(self, call: WaitingCall, step: TeamStep) -> Group:
        """Return the people of a step who may serve this caller."""
        emergency = call.urgency is Urgency.EMERGENCY and self.capped
        mandated = self.facts.mandates.get(call.practice_id, frozenset())
        key = (mandated, step.user_ids, step.secretariat_id, call.required, call.preferred, emergency)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = self._gather(call, self._people(step, mandated))
        return group

    def _gather(self, call: WaitingCall, people: Iterable[PostFact]) -> Group:
        group, policy = Group(call.preferred), self.facts.policy
        barring = policy.above_ceiling is Ceiling.NOT_AT_ALL and call.urgency is not Urgency.EMERGENCY
        if call.required:
            people = list(people)
            group.lacks_skill = {post.user_id for post in people if not call.required <= post.skills}
            people = [post for post in people if post.user_id not in group.lacks_skill]
        group.members = {post.user_id: post for post in people}
        if self.capped:
            group.above = self._above & group.members.keys()
            group.barred = group.above if barring else set()
        return group

    def _people(self, step: TeamStep, mandated: frozenset[int]) -> Iterable[PostFact]:
        wanted = mandated if step.secretariat_id is None else mandated & {step.secretariat_id}
        if step.user_ids:
            named = (self.at_post.get(user_id) for user_id in step.user_ids)
            return [post for post in named if post is not None and post.secretariat_id in wanted]
        return [post for s in wanted for post in self._by_secretariat.get(s, ())]

    def ranking(self, group: Group, tier: int) -> Ranking:
        """Return the free people of a group below (0) or above (1) their load ceiling, the best first."""
        if group.rankings is None:
            free = [post for u, post in group.members.items() if u in self.free]
            group.rankings = self._rank(group, [(post, 0) for post in free])
        return group.rankings[tier]

    def knowing(self, group: Group, practice_id: int, tier: int) -> Ranking:
        """Return those of them who know a practice, the best first."""
        rankings = group.knowing.get(practice_id)
        if rankings is None:
            counts, well = self.counts(practice_id), self.facts.policy.knows_well_from
            free, members = self.free, group.members
            known = (u for u in min(counts, free, members, key=len) if u in free and u in members)
            knowing = [
                (free[u], -(Acquaintance.GOOD if counts[u] >= well else Acquaintance.SOME))
                for u in known
                if counts.get(u)
            ]
            rankings = group.knowing[practice_id] = self._rank(group, knowing)
        return rankings[tier]

    def _rank(self, group: Group, people: list[tuple[PostFact, int]]) -> tuple[Ranking, Ranking]:
        wished = group.preferred
        ranked: list[Candidate] = [
            (-len(wished & post.skills) if wished else 0, knows, post.since, post.user_id, post)
            for post, knows in people
        ]
        ranked.sort()
        if not group.above or not ranked:
            return Ranking(ranked), Ranking([])
        above = [c for c in ranked if c[3] in group.above and c[3] not in group.barred]
        return Ranking([c for c in ranked if c[3] not in group.above]), Ranking(above)

"""Hold what a decision finds out about the callers; what many of them have in common is found once.

Callers of one line, practice and skills are of one *kind*; callers of a kind to whom the same team steps are open are
at one *stage*; people of the same mandates, team step and skills are one *group*. All of them stay from one decision
to the next: see ``Standing``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from decroche.calls.domain.routing.decisions import Decision, Reason
from decroche.calls.domain.routing.facts import Acquaintance, Knowers, PostFact, TeamPlan, WaitingCall

People = int  # a set of them, a bit for each: see ``Crowd``
ANYBODY: Final[tuple[tuple[int, People], ...]] = ((0, -1),)  # nothing is wished


@dataclass(slots=True, eq=False)
class Knowing:
    """Hold who of those at their posts knows a practice well, and who somewhat."""

    knowers: Knowers
    well: People = 0
    some: People = 0


@dataclass(slots=True, eq=False)
class Group:
    """Hold the people of one team step whom mandates and skills let serve a caller."""

    secretariat_ids: frozenset[int]
    user_ids: frozenset[int]  # none: everybody of these secretariats
    required: frozenset[str]
    preferred: frozenset[str]
    unbarred: bool  # for emergencies, which no ceiling keeps out
    # As long as nobody's post changes:
    members: People = 0
    able: People = 0  # who may serve any of the callers, now or once she is free
    lacks_skill: bool = False  # somebody would be there, had she the skill
    levels: tuple[tuple[int, People], ...] = (
        ANYBODY  # how many of the wished skills, who has so many; the most first
    )
    # In one decision:
    left: People = 0  # who of all was left when this group was last looked at
    waiting: int = 0  # callers so far

    def wishes(self, post: PostFact) -> int:
        """Return how many of the wished skills she has."""
        return len(self.preferred & post.skills) if self.preferred else 0


@dataclass(slots=True, eq=False)
class Stage:
    """Hold the team steps that are open to some callers of a kind."""

    groups: tuple[Group, ...]
    members: People = 0
    able: People = 0  # who may serve any of the callers, now or once she is free
    count: int = 0  # of the members
    busy: tuple[Reason, ...] = ()  # what they are told whom nobody can take yet
    expected: list[timedelta] = field(default_factory=list)  # by position
    # By least number of calls: the first few members who took so many for the practice, as long as
    # neither who took how many nor who is there changes.
    knowers: dict[int, list[int]] = field(default_factory=dict)
    knowers_of: tuple[Knowers, int] | None = None


@dataclass(slots=True, eq=False)
class Line:
    """Count those who wait on one line of a practice."""

    practice_id: int
    line_id: int | None
    waiting: int = 0
    room: int | None = None  # a flooded line: how many more of its callers keep their place


@dataclass(slots=True, eq=False)
class Kind:
    """Hold what callers of one line, practice and skills have in common; ``like`` is one of them."""

    like: WaitingCall
    line: Line
    plan: TeamPlan
    at_most: timedelta  # before the overflow
    knowing: Knowing
    groups: list[Group]  # of each step
    stages: list[Stage]  # of one open step, of two, …
    looks: list[timedelta]  # after what waits a step joins in time, the shortest first
    joins: list[timedelta] = field(default_factory=list)  # by step but the first: after what wait it is open


@dataclass(slots=True, eq=False)
class Case:
    """Hold one caller as long as nothing about him changes."""

    call: WaitingCall
    kind: Kind
    since: datetime  # he waits
    overflows_at: datetime
    is_plain: bool  # he wishes nothing, and is kept for nobody
    presses: tuple[Reason, ...]  # why he comes before others: of what he is, …
    told: tuple[Reason, ...]  # … and of what happened to him
    # Until time, or somebody's post, changes it:
    stage: Stage = field(init=False)
    turn: int = 0  # the lower, the sooner he is looked at
    tried: People = 0  # who did not answer this caller, whenever that was, …
    rests: People = 0  # … and of them whom he is not offered to again so soon
    protected: People = 0  # from this number
    barred: People = 0  # who rests or is protected
    look_at: datetime = field(init=False)  # again: a step joins, or he has waited too long
    holds_until: datetime = field(init=False)  # when time alone changes something of this
    met: int = 0  # as ``Crowd.changes`` was then …
    minds: bool = False  # … and whether another changes something
    # In one decision:
    is_open: bool = True
    decision: Decision | None = None
    # Who spoke last with him, if she is at her post; known when somebody is free.
    last: People = field(init=False)
    place: int = field(init=False)  # of her who is offered the call …
    known: Acquaintance = field(init=False)  # … how well she knows, …
    tier: int = field(init=False)  # … whether she is above her load ceiling …
    step: int = field(init=False)  # … and of which team step she is

"""Hold what a decision finds out about the callers; what many of them have in common is found once.

Callers of one line, practice and skills are of one *kind*; callers of a kind to whom the same team steps are open are
at one *stage*; people of the same mandates, team step and skills are one *group*.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from decroche.calls.domain.routing.decisions import Decision, Reason
from decroche.calls.domain.routing.facts import Acquaintance, Knowers, PostFact, TeamStep, WaitingCall

People = int  # a set of them, a bit for each: see ``Crowd``


@dataclass(slots=True, eq=False)
class Group:
    """Hold the people of one team step whom mandates and skills let serve a caller."""

    preferred: frozenset[str]
    members: People
    able: People  # who may serve any of the callers, now or once she is free
    lacks_skill: bool  # somebody would be there, had she the skill
    barred: People  # whom their load ceiling keeps from this caller altogether
    free: tuple[People, People]  # below their load ceiling, and above it
    levels: tuple[tuple[int, People], ...]  # how many of the wished skills, who has so many; the most first
    left: People = 0  # who of all was left when this group was last looked at
    waiting: int = 0  # callers so far

    def wishes(self, post: PostFact) -> int:
        """Return how many of the wished skills she has."""
        return len(self.preferred & post.skills) if self.preferred else 0


# A rung: free people whom a caller would be offered to alike; they and who is only less known than they; their group;
# how well they know; whether they are above their load ceiling; the place of the group among those of the stage.
Rung = tuple[People, People, Group, Acquaintance, int, int]


@dataclass(slots=True, eq=False)
class Stage:
    """Hold the team steps that are open to some callers of a kind."""

    groups: tuple[Group, ...]
    members: People
    able: People  # who may serve any of the callers, now or once she is free
    count: int  # of the members
    busy: tuple[Reason, ...]  # what they are told whom nobody can take yet
    expected: list[timedelta]  # by position
    ladder: tuple[Rung, ...] | None = None  # whom to offer to, the best first; found when first needed
    # By least number of calls: the first few who took so many for the practice.
    knowers: dict[int, list[PostFact]] = field(default_factory=dict)
    oldest: datetime | None = None  # since when the longest waiting waits, of those who stay waiting


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
    unbarred: bool  # emergencies, which no ceiling keeps out
    steps: tuple[TeamStep, ...]
    at_most: timedelta  # before the overflow, …
    too_long: datetime  # … and since when its caller would wait for that
    knowers: Knowers
    groups: list[Group] = field(default_factory=list)  # of the steps looked at so far
    stages: list[Stage] = field(default_factory=list)  # of one open step, of two, …
    only: Stage | None = None  # there is but one step
    # By step but the first: who waits since then, or longer, has it open.
    joined: list[datetime] | None = None
    # By step that joins in time: the same moment, after what wait.
    looks: list[tuple[datetime, timedelta]] | None = None


@dataclass(slots=True, eq=False)
class Case:
    """Hold one caller while it is decided."""

    call: WaitingCall
    kind: Kind
    stage: Stage
    since: datetime  # he waits
    tried: People = 0  # who did not answer this caller, whenever that was, …
    rests: People = 0  # … and of them whom he is not offered to again so soon
    protected: People = 0  # from this number
    barred: People = 0  # who rests or is protected
    is_open: bool = True
    decision: Decision | None = None
    # Who spoke last with him, if she is at her post; known when somebody is free.
    last: People = field(init=False)
    place: int = field(init=False)  # of her who is offered the call …
    known: Acquaintance = field(init=False)  # … how well she knows, …
    tier: int = field(init=False)  # … whether she is above her load ceiling …
    step: int = field(init=False)  # … and of which team step she is

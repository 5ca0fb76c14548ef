"""Hold what a decision depends on, as frozen values; who builds them fills what it knows and leaves the rest.

Callers and posts are tuples, which cost a fifth of a frozen dataclass. Who has not changed since the last decision is best
described by the same object as then: see ``Standing``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from decroche.calls.domain.post import PostState


class Acquaintance(IntEnum):
    """Name how well a secretary knows a practice, or this very caller."""

    NONE = 0
    SOME = 1
    GOOD = 2
    CALLER = 3  # she spoke last with this caller


class Urgency(IntEnum):
    """Name how much a caller presses; the line says it, or a white list, never the caller id alone."""

    ROUTINE = 0
    COLLEAGUE = 1  # the doctors-only line, a laboratory, a hospital
    EMERGENCY = 2


class Ceiling(StrEnum):
    """Name what happens to a secretary above her load ceiling."""

    LAST = "last"  # offered when nobody else is free
    NOT_AT_ALL = "not_at_all"  # except an emergency, which is offered to her last


@dataclass(frozen=True, slots=True)
class Policy:
    """Hold the delays and ceilings that a supervisor chooses."""

    offer_for: timedelta = timedelta(seconds=15)
    retry_same_after: timedelta = timedelta(seconds=45)
    wait_for_someone: timedelta = timedelta(seconds=10)  # nobody at post: perhaps one comes back
    wait_at_most: timedelta = timedelta(minutes=3)  # everybody busy
    knows_well_from: int = 10  # calls in the familiarity window
    # Urgency first, without starving the others.
    gains_rank_after: timedelta = timedelta(seconds=60)  # a routine caller then ranks with colleagues
    out_of_turn_at_most: int = 4  # calls in a row that one secretary takes past somebody who waits longer
    flood_from: int = 10  # this many waiting on one line is a flood …
    flood_share: float = 0.5  # … which holds no more of those at post than this while others wait
    # Familiarity is worth a short wait.
    hold_at_most: timedelta = timedelta()  # zero: never hold a caller for whom he knows
    hold_if_likely: float = 0.5  # chance that she is free in time
    typical_talk: timedelta = timedelta(seconds=150)
    talk_spread: float = 0.8  # standard deviation over mean
    typical_wrap_up: timedelta = timedelta(seconds=45)
    # Those who answer are people.
    calls_per_hour_at_most: int | None = None
    without_pause_at_most: timedelta | None = None
    above_ceiling: Ceiling = Ceiling.LAST
    passed_over_at_most: int = 3  # how many "why not her" a decision keeps


class Knowers(NamedTuple):
    """Hold who knows a practice."""

    counts: Mapping[int, int]  # calls by user
    order: tuple[tuple[int, int], ...]  # minus the calls, user


class Familiarity(dict[tuple[int, int], int]):
    """Count calls taken lately by (user, practice), and keep from one decision to the next who knows which practice."""

    def __init__(self, counts: Mapping[tuple[int, int], int] | None = None) -> None:
        super().__init__()
        self._by_practice: dict[int, dict[int, int]] = {}
        self._knowers: dict[int, Knowers] = {}
        for key, count in (counts or {}).items():
            self[key] = count

    def __setitem__(self, key: tuple[int, int], count: int) -> None:
        super().__setitem__(key, count)
        user_id, practice_id = key
        self._by_practice.setdefault(practice_id, {})[user_id] = count
        self._knowers.pop(practice_id, None)

    def knowers(self, practice_id: int) -> Knowers:
        """Return who knows a practice: the same object as long as nobody has taken another call for it."""
        found = self._knowers.get(practice_id)
        if found is None:
            counts = self._by_practice.get(practice_id, {})
            order = sorted([(-count, user_id) for user_id, count in counts.items() if count])
            found = self._knowers[practice_id] = Knowers(counts, tuple(order))
        return found


@dataclass(frozen=True, slots=True)
class TeamStep:
    """Let these people answer once the caller has waited ``after``; sooner when nobody before them can.

    No users and no secretariat: everybody of every mandated secretariat. A secretariat: its people only.
    Users: they only. In every case only people of a secretariat with a mandate in force count.
    """

    after: timedelta = timedelta()
    user_ids: frozenset[int] = frozenset()
    secretariat_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """Say who answers, in order, and how long a caller may wait before fallback number and voicemail."""

    steps: tuple[TeamStep, ...] = (TeamStep(),)
    overflow_after: timedelta | None = None  # None: the policy's ``wait_at_most``


_NOBODY: Final[Mapping[int, datetime]] = MappingProxyType({})


class WaitingCall(NamedTuple):
    """Describe a caller who waits to be offered to somebody."""

    call_id: UUID
    practice_id: int
    waiting_since: datetime
    has_fallback: bool
    comes_first: bool = False
    tried: Mapping[int, datetime] = _NOBODY  # user → when the offer ended unanswered
    line_id: int | None = None
    urgency: Urgency = Urgency.ROUTINE
    required: frozenset[str] = frozenset()  # skills and languages ("lang:en"), without which nobody will do
    preferred: frozenset[str] = frozenset()
    caller_number: str = ""  # E.164, empty when hidden
    last_spoken: int | None = None  # the secretary who spoke last with this caller or patient
    held_for: int | None = None  # whom the last decisions kept this caller for …
    held_since: datetime | None = None  # … and since when


class PostFact(NamedTuple):
    """Describe a secretary's post."""

    user_id: int
    secretariat_id: int
    state: PostState
    since: datetime  # in this state, or idle since
    reachable: bool  # her phone can ring
    skills: frozenset[str] = frozenset()
    line_id: int | None = None  # of the call that she has in hand or ringing
    free_at: datetime | None = None  # when her wrap-up ends by itself
    calls_last_hour: int = 0
    working_since: datetime | None = None  # the end of her last pause
    out_of_turn: int = 0  # as the last ``Offer.out_of_turn`` to her said
    protected_from: frozenset[str] = frozenset()  # numbers; the empty one stands for hidden callers
    protected_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold everything that a decision may depend on."""

    now: datetime
    calls: tuple[WaitingCall, ...]
    posts: tuple[PostFact, ...]
    mandates: Mapping[int, frozenset[int]]  # practice → secretariats that may act for it now
    familiarity: Mapping[tuple[int, int], int]  # (user, practice) → calls taken lately; best a Familiarity
    policy: Policy = field(default_factory=Policy)
    teams: Mapping[int, TeamPlan] = field(default_factory=dict)  # practice → plan; none: all who are mandated
    line_teams: Mapping[int, TeamPlan] = field(default_factory=dict)  # line → plan, instead of its practice's

"""Hold what a decision depends on, as frozen values; who builds them fills what it knows and leaves the rest.

Callers and posts are described anew for every decision: as tuples, which cost a fifth of a frozen dataclass.
"""

from collections.abc import Iterable, Mapping
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
    well: frozenset[int]


class Board:
    """Hold who knows what: a row for each user, a column for each practice, a digit of ``Acquaintance`` in each place."""

    def __init__(self, well_from: int) -> None:
        self.well_from = well_from
        self.columns: dict[int, int] = {}  # by practice
        self.rows: dict[int, bytearray] = {}  # by user

    def note(self, user_id: int, practice_id: int, count: int) -> None:
        """Note how many calls for a practice somebody took."""
        column = self.columns.setdefault(practice_id, len(self.columns))
        row = self.rows.setdefault(user_id, bytearray())
        row.extend(b"0" * (column + 1 - len(row)))
        known = Acquaintance.GOOD if count >= self.well_from else Acquaintance.SOME
        row[column] = ord(b"0") + (known if count else Acquaintance.NONE)

    def of(self, user_ids: Iterable[int]) -> bytes:
        """Return the rows of some users one after the other, each as long as there are columns."""
        width, rows = len(self.columns), self.rows
        return b"".join([rows.get(user_id, b"").ljust(width, b"0") for user_id in user_ids])


class Familiarity(dict[tuple[int, int], int]):
    """Count calls taken lately by (user, practice), and keep from one decision to the next who knows which practice."""

    def __init__(self, counts: Mapping[tuple[int, int], int] | None = None) -> None:
        super().__init__()
        self._by_practice: dict[int, dict[int, int]] = {}
        self._knowers: dict[int, dict[int, Knowers]] = {}
        self._boards: dict[int, Board] = {}
        for key, count in (counts or {}).items():
            self[key] = count

    def __setitem__(self, key: tuple[int, int], count: int) -> None:
        super().__setitem__(key, count)
        user_id, practice_id = key
        self._by_practice.setdefault(practice_id, {})[user_id] = count
        self._knowers.pop(practice_id, None)
        for board in self._boards.values():
            board.note(user_id, practice_id, count)

    def knowers(self, practice_id: int, well_from: int) -> Knowers:
        """Return who knows a practice; well: from so many calls on."""
        by_count = self._knowers.setdefault(practice_id, {})
        found = by_count.get(well_from)
        if found is None:
            counts = self._by_practice.get(practice_id, {})
            order = sorted((-count, user_id) for user_id, count in counts.items() if count)
            well = frozenset(user_id for count, user_id in order if -count >= well_from)
            found = by_count[well_from] = Knowers(counts, tuple(order), well)
        return found

    def board(self, well_from: int) -> Board:
        """Return who knows which practice; well: from so many calls on."""
        found = self._boards.get(well_from)
        if found is None:
            found = self._boards[well_from] = Board(well_from)
            for (user_id, practice_id), count in self.items():
                found.note(user_id, practice_id, count)
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

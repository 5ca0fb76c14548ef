"""Index those at their posts, once for all callers of a decision.

A set of people is a number: its bit ``n`` stands for the ``n``-th of ``Crowd.people``, the free first, who has been
idle longest first. So the best of a set is its lowest bit, and who may serve a caller is found for all people at once.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from operator import eq, itemgetter
from typing import Final, TypeVar

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing.cases import Case, People
from decroche.calls.domain.routing.decisions import PassedOver
from decroche.calls.domain.routing.facts import (
    Acquaintance,
    Ceiling,
    Facts,
    Familiarity,
    Policy,
    PostFact,
)
from decroche.calls.domain.routing.holding import likely_free_at

Mark = TypeVar("Mark", bound=Hashable)
MINUTE: Final = 60
FEW: Final = 32  # people whose acquaintances are sorted rather than looked for
WELL: Final = bytes.maketrans(b"012", b"001")
SOME: Final = bytes.maketrans(b"012", b"010")
_AVAILABLE: Final = PostState.AVAILABLE
_ON_CALL: Final = PostState.ON_CALL
_FIELDS: Final = PostFact._fields.index
_USER: Final = itemgetter(_FIELDS("user_id"))
_SECRETARIAT: Final = itemgetter(_FIELDS("secretariat_id"))
_SKILLS: Final = itemgetter(_FIELDS("skills"))
_SINCE: Final = itemgetter(_FIELDS("since"))
_IDLE_SINCE: Final = itemgetter(_FIELDS("since"), _FIELDS("user_id"))


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
        self.policy, self.now = facts.policy, facts.now
        policy, known = facts.policy, facts.familiarity
        self.familiarity = known if isinstance(known, Familiarity) else Familiarity(known)
        at_post = [post for post in facts.posts if post.reachable and post.state in AT_POST]
        free = [post for post in at_post if post.state is _AVAILABLE]
        free.sort(key=_SINCE)
        times = [*map(_SINCE, free)]
        if any(map(eq, times, times[1:])):
            free.sort(key=_IDLE_SINCE)
        self.people = free + [post for post in at_post if post.state is not _AVAILABLE]
        self.free: People = (1 << len(free)) - 1
        user_ids = [*map(_USER, self.people)]
        self.bit = dict(zip(user_ids, [1 << place for place in range(len(user_ids))], strict=True))
        self._free_ids, self._busy_ids = user_ids[: len(free)], set(user_ids[len(free) :])
        self.capped = policy.calls_per_hour_at_most is not None or policy.without_pause_at_most is not None
        self.above = self._above() if self.capped else 0
        self.bars = bool(self.above) and policy.above_ceiling is Ceiling.NOT_AT_ALL
        self.protected = self._protected_by_number()
        self._by_secretariat = self._by(map(_SECRETARIAT, self.people))
        self._by_skills: dict[frozenset[str], People] | None = None
        self._having: dict[frozenset[str], People] = {}
        self._levels: dict[frozenset[str], tuple[tuple[int, People], ...]] = {}
        self._board: tuple[bytes, bytes] | None = None
        self._knowing: dict[int, tuple[People, People]] = {}  # by practice
        self._soon: dict[int, datetime | None] = {}
        self.passed: dict[int, PassedOver] = {}  # by user, of whom the same is said to every caller

    def of(self, user_ids: Iterable[int]) -> People:
        """Return the set of those of these users who are at their posts."""
        found, bits = 0, self.bit
        for user_id in user_ids:
            found |= bits.get(user_id, 0)
        return found

    def _by(self, marks: Iterable[Mark]) -> dict[Mark, People]:
        """Return the people of each mark, given the mark of everybody."""
        found: dict[Mark, People] = defaultdict(int)
        for mark, bit in zip(marks, self.bit.values(), strict=True):
            found[mark] |= bit
        return found

    def of_secretariats(self, secretariat_ids: Iterable[int]) -> People:
        """Return the people of these secretariats."""
        found = 0
        for secretariat_id in secretariat_ids:
            found |= self._by_secretariat.get(secretariat_id, 0)
        return found

    def _above(self) -> People:
        """Return those above their load ceiling."""
        policy, now = self.policy, self.now
        return self.of([post.user_id for post in self.people if above_ceiling(post, policy, now)])

    def _protected_by_number(self) -> dict[str, People]:
        found: dict[str, People] = {}
        for post in self.people:
            if post.protected_until is not None and self.now < post.protected_until:
                for number in post.protected_from:
                    found[number] = found.get(number, 0) | self.bit[post.user_id]
        return found

    # --- skills -------------------------------------------------------------------------

    def _skills(self) -> dict[frozenset[str], People]:
        """Return the people of each set of skills."""
        if self._by_skills is None:
            self._by_skills = self._by(map(_SKILLS, self.people))
        return self._by_skills

    def having(self, required: frozenset[str]) -> People:
        """Return who has all of these skills."""
        found = self._having.get(required)
        if found is None:
            having = [people for skills, people in self._skills().items() if required <= skills]
            found = self._having[required] = sum(having)
        return found

    def by_wishes(self, preferred: frozenset[str]) -> tuple[tuple[int, People], ...]:
        """Return who has how many of the wished skills, the most first."""
        if preferred not in self._levels:
            found: dict[int, People] = {}
            for skills, people in self._skills().items():
                wishes = len(preferred & skills)
                found[wishes] = found.get(wishes, 0) | people
            self._levels[preferred] = tuple(sorted(found.items(), reverse=True))
        return self._levels[preferred]

    # --- acquaintance -------------------------------------------------------------------

    def knowing(self, practice_id: int) -> tuple[People, People]:
        """Return the free who know a practice well, and those who know it somewhat: a column of the board is a set."""
        found = self._knowing.get(practice_id)
        if found is None:
            found = self._knowing[practice_id] = self._read(practice_id)
        return found

    def _read(self, practice_id: int) -> tuple[People, People]:
        board = self.familiarity.board(self.policy.knows_well_from)
        column, width = board.columns.get(practice_id), len(board.columns)
        if column is None or not self.free:
            return 0, 0
        if self._board is None:
            rows = board.of(reversed(self._free_ids))
            self._board = rows.translate(WELL), rows.translate(SOME)
        well, some = self._board
        return int(well[column::width], 2), int(some[column::width], 2)

    # --- one by one ---------------------------------------------------------------------

    def each(self, people: People) -> Iterator[PostFact]:
        """Give each of a set, the best first."""
        while people:
            bit = people & -people
            yield self.people[bit.bit_length() - 1]
            people ^= bit

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

    def soon_free(self, case: Case, until: datetime) -> Iterator[tuple[PostFact, datetime]]:
        """Give the busy members likely free by then who spoke last with the caller or know the practice well."""
        if case.last & case.stage.members:
            post = self.people[case.last.bit_length() - 1]
            if free_at := self._free_by(post, until):
                yield post, free_at
        if case.kind.knowers.well.isdisjoint(self._busy_ids):
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

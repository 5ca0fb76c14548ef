"""Index those at their posts, for all callers of a decision and from one decision to the next.

A set of people is a number: its bit ``n`` stands for ``Crowd.people[n]``. Whoever changes leaves her place and takes
the next one, so that of the free who has been idle longest comes first: the best of a set is its lowest bit, and who
may serve a caller is found for all people at once. When the places left empty are too many, or somebody would come out
of turn, all are placed anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Final

from decroche.calls.domain.post import AT_POST, PostState
from decroche.calls.domain.routing.cases import ANYBODY, Case, Knowing, People, Stage
from decroche.calls.domain.routing.decisions import PassedOver
from decroche.calls.domain.routing.facts import Acquaintance, Ceiling, Familiarity, Knowers, Policy, PostFact
from decroche.calls.domain.routing.holding import likely_free_at

MINUTE: Final = 60
FEW: Final = 32  # people whose acquaintances are sorted rather than looked for
SPARE: Final = 64  # places that may be left empty, besides as many as there are people
NEVER: Final = datetime.max.replace(tzinfo=UTC)
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_AVAILABLE: Final = PostState.AVAILABLE
_ON_CALL: Final = PostState.ON_CALL
_FIELDS: Final = PostFact._fields.index
_IDLE_SINCE: Final = itemgetter(_FIELDS("since"), _FIELDS("user_id"))
_WHO: Final = itemgetter(*map(_FIELDS, ("user_id", "secretariat_id", "skills")))


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
    """Index the posts; what is found holds until a post changes or, for ceilings and protection, time does."""

    def __init__(self, policy: Policy, familiarity: Familiarity) -> None:
        self.policy, self.familiarity, self.now = policy, familiarity, LONG_AGO
        self.capped = policy.calls_per_hour_at_most is not None or policy.without_pause_at_most is not None
        self.folk = 0  # another number when other people are there, not only in another state
        self.changes = 0  # another number whenever somebody's place is another, or what she may take
        self._posts: dict[int, PostFact] = {}  # by identity, which is theirs as long as they are kept
        self._knowing: dict[int, Knowing] = {}  # by practice
        self._soon: dict[int, datetime | None] = {}
        # In one decision:
        self.passed: dict[int, PassedOver] = {}  # by user, of whom the same is said to every caller
        # By how well she who is rung knows: why not who knows better, and who that is.
        self.told: list[dict[Stage, tuple[tuple[PassedOver, ...], People]]] = []
        self._forget()

    def _forget(self) -> None:
        self.people: list[PostFact] = []
        self.bit: dict[int, People] = {}  # by user
        self.free: People = 0
        self.owes: People = 0  # a turn, of the free
        self.above: People = 0  # their load ceiling
        self.protected: dict[str, People] = {}  # from a number
        self._by_secretariat: dict[int, People] = defaultdict(int)
        self._by_skills: dict[frozenset[str], People] = defaultdict(int)
        self._having: dict[frozenset[str], People] = {}
        self._levels: dict[frozenset[str], tuple[tuple[int, People], ...]] = {}
        self._latest = LONG_AGO, 0  # since when, and who, of those in the last place
        self._holds_until = NEVER  # time changes a ceiling or a protection then
        for known in self._knowing.values():
            known.well = known.some = 0

    @property
    def bars(self) -> bool:
        """Say whether a load ceiling keeps somebody from callers altogether."""
        return bool(self.above) and self.policy.above_ceiling is Ceiling.NOT_AT_ALL

    # --- from one decision to the next --------------------------------------------------

    def see(self, posts: Sequence[PostFact], now: datetime) -> None:
        """Take in what has changed since the last decision: the posts that are other objects than before."""
        self.now = now
        self.passed, self.told, self._soon = {}, [{}, {}], {}
        seen = self._posts
        fresh = [post for post in posts if id(post) not in seen]
        if fresh or len(posts) != len(seen):
            self._change(posts, fresh)
        elif now >= self._holds_until:
            self._place_anew()
        for practice_id, known in self._knowing.items():
            knowers = self.familiarity.knowers(practice_id)
            if knowers is not known.knowers:
                self._learn(known, knowers)

    def _change(self, posts: Sequence[PostFact], fresh: list[PostFact]) -> None:
        seen, there = self._posts, {*map(id, posts)}
        gone = [post for key, post in seen.items() if key not in there]
        for post in gone:
            del seen[id(post)]
        gone = [post for post in gone if post.user_id in self.bit]
        left = {_IDLE_SINCE(post): self.bit[post.user_id] for post in gone}
        for post in gone:
            self._leave(post)
        seen.update((id(post), post) for post in fresh)
        fresh = [post for post in fresh if post.reachable and post.state in AT_POST]
        self.folk += {*map(_WHO, gone)} != {*map(_WHO, fresh)}
        self._having, self._levels = {}, {}
        self.changes += 1
        back = [(post, bit) for post in fresh if (bit := left.get(_IDLE_SINCE(post), 0))]
        new = sorted([post for post in fresh if not left.get(_IDLE_SINCE(post))], key=_IDLE_SINCE)
        in_order = not new or self._latest < _IDLE_SINCE(new[0])
        if not in_order or len(self.people) > 2 * len(self.bit) + SPARE or self.now >= self._holds_until:
            self._place_anew()
            return
        for post, bit in back:
            self._come(post, bit)
        for post in new:
            self.people.append(post)
            self._come(post, 1 << len(self.people) - 1)

    def _place_anew(self) -> None:
        self._forget()
        self.changes += 1
        there = [post for post in self._posts.values() if post.reachable and post.state in AT_POST]
        self.people = sorted(there, key=_IDLE_SINCE)
        for place, post in enumerate(self.people):
            self._come(post, 1 << place)

    def _come(self, post: PostFact, bit: People) -> None:
        user_id = post.user_id
        self.people[bit.bit_length() - 1] = post
        self.bit[user_id] = bit
        self._latest = max(self._latest, _IDLE_SINCE(post))
        self._by_secretariat[post.secretariat_id] |= bit
        self._by_skills[post.skills] |= bit
        if post.state is _AVAILABLE:
            self.free |= bit
            if post.out_of_turn >= self.policy.out_of_turn_at_most:
                self.owes |= bit
        if self.capped:
            self._weigh(post, bit)
        if post.protected_until is not None and self.now < post.protected_until:
            self._holds_until = min(self._holds_until, post.protected_until)
            for number in post.protected_from:
                self.protected[number] = self.protected.get(number, 0) | bit
        well_from = self.policy.knows_well_from
        for known in self._knowing.values():
            if count := known.knowers.counts.get(user_id, 0):
                if count >= well_from:
                    known.well |= bit
                else:
                    known.some |= bit

    def _weigh(self, post: PostFact, bit: People) -> None:
        longest = self.policy.without_pause_at_most
        if above_ceiling(post, self.policy, self.now):
            self.above |= bit
        elif longest is not None and post.working_since is not None:
            self._holds_until = min(self._holds_until, post.working_since + longest)

    def _leave(self, post: PostFact) -> None:
        others = ~self.bit.pop(post.user_id)
        self.free &= others
        self.owes &= others
        self.above &= others
        self._by_secretariat[post.secretariat_id] &= others
        self._by_skills[post.skills] &= others
        if post.protected_until is not None:
            self.protected = {
                number: left for number, people in self.protected.items() if (left := people & others)
            }
        for known in self._knowing.values():
            known.well &= others
            known.some &= others

    # --- who ----------------------------------------------------------------------------

    def of(self, user_ids: Iterable[int]) -> People:
        """Return the set of those of these users who are at their posts."""
        found, bits = 0, self.bit
        for user_id in user_ids:
            found |= bits.get(user_id, 0)
        return found

    def of_secretariats(self, secretariat_ids: Iterable[int]) -> People:
        """Return the people of these secretariats."""
        found = 0
        for secretariat_id in secretariat_ids:
            found |= self._by_secretariat.get(secretariat_id, 0)
        return found

    def having(self, required: frozenset[str]) -> People:
        """Return who has all of these skills."""
        found = self._having.get(required)
        if found is None:
            having = [people for skills, people in self._by_skills.items() if required <= skills]
            found = self._having[required] = sum(having)
        return found

    def by_wishes(self, preferred: frozenset[str]) -> tuple[tuple[int, People], ...]:
        """Return who has how many of the wished skills, the most first."""
        if not preferred:
            return ANYBODY
        if preferred not in self._levels:
            found: dict[int, People] = {}
            for skills, people in self._by_skills.items():
                wishes = len(preferred & skills)
                found[wishes] = found.get(wishes, 0) | people
            self._levels[preferred] = tuple(sorted(found.items(), reverse=True))
        return self._levels[preferred]

    # --- acquaintance -------------------------------------------------------------------

    def knowing(self, practice_id: int) -> Knowing:
        """Return who knows a practice, kept up to date from now on."""
        found = self._knowing.get(practice_id)
        if found is None:
            knowers = self.familiarity.knowers(practice_id)
            found = self._knowing[practice_id] = Knowing(knowers)
            self._learn(found, knowers)
        return found

    def keep_knowing(self, practice_ids: set[int]) -> None:
        """Forget who knows any other practice."""
        self._knowing = {key: known for key, known in self._knowing.items() if key in practice_ids}

    def _learn(self, known: Knowing, knowers: Knowers) -> None:
        """Find anew who knows a practice."""
        known.knowers = knowers
        order, well_from = known.knowers.order, self.policy.knows_well_from
        known.well = self.of([user_id for count, user_id in order if -count >= well_from])
        known.some = self.of([user_id for count, user_id in order if -count < well_from])

    # --- one by one ---------------------------------------------------------------------

    def each(self, people: People) -> Iterator[PostFact]:
        """Give each of a set, the best first."""
        while people:
            bit = people & -people
            yield self.people[bit.bit_length() - 1]
            people ^= bit

    def knowers(self, case: Case, least: int) -> Iterator[PostFact]:
        """Give the members who took so many calls for the practice, whatever they do now, who took most first."""
        members, known, bits = case.stage.members, case.kind.knowing.knowers, self.bit
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
        members = case.stage.members
        if case.last & members:
            post = self.people[case.last.bit_length() - 1]
            if free_at := self._free_by(post, until):
                yield post, free_at
        if not case.kind.knowing.well & members & ~self.free:
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

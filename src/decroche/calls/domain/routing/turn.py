"""Say in which order callers are looked at.

Whoever was cut off comes first. Then the urgent: emergencies, then colleagues and the routine callers who have waited
``gains_rank_after``. Within a rank, who waits longest; but of a line that is flooded only as many callers as may hold
``flood_share`` of those at post keep their place, the others come after every other line's.

Order alone would let a stream of urgent callers starve a routine one. Against that each secretary counts the calls
that she took *out of turn*, that is past somebody who waits longer and whom she could have served; after
``out_of_turn_at_most`` of them in a row she owes a turn, and takes the one who has waited longest. So a caller with
``p`` callers before him is offered to somebody within ``(p + 1) × (out_of_turn_at_most + 1)`` offers of any one
secretary who may serve him, whatever else arrives.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from decroche.calls.domain.post import BUSY, PostState
from decroche.calls.domain.routing.facts import Facts, Policy, Urgency, WaitingCall

RANKS = len(Urgency)
_AGE = attrgetter("waiting_since", "call_id")
_LINE = attrgetter("practice_id", "line_id")


def rank(call: WaitingCall, now: datetime, policy: Policy) -> Urgency:
    """Return how much a caller presses now, his waiting included."""
    if call.urgency is Urgency.ROUTINE and now - call.waiting_since >= policy.gains_rank_after:
        return Urgency.COLLEAGUE
    return call.urgency


def by_age(facts: Facts) -> list[WaitingCall]:
    """Return the waiting callers, who waits longest first."""
    return sorted(facts.calls, key=_AGE)


def in_turn(facts: Facts, aged: list[WaitingCall]) -> list[WaitingCall]:
    """Return the callers of ``by_age``, the first to be served first."""
    beyond = _beyond_their_share(facts, aged)
    gained = facts.now - facts.policy.gains_rank_after
    places: list[list[WaitingCall]] = [[] for _ in range(4 * RANKS)]
    for age, call in enumerate(aged):
        pressing = call.urgency or call.waiting_since <= gained
        place = 2 * (RANKS - 1 - pressing)
        if not call.comes_first:
            place += 2 * RANKS
        if beyond and age in beyond:
            place += 1
        places[place].append(call)
    return [call for alike in places for call in alike]


def _beyond_their_share(facts: Facts, aged: Iterable[WaitingCall]) -> frozenset[int]:
    """Return which callers by age, of flooded lines, would hold more than their share of those at post."""
    policy = facts.policy
    if len(facts.calls) < policy.flood_from or not any(p.state is PostState.AVAILABLE for p in facts.posts):
        return frozenset()  # nobody to hold: their turn is looked at when somebody is free
    waiting = Counter(map(_LINE, facts.calls))
    flooded = {line for line, count in waiting.items() if count >= policy.flood_from}
    if not flooded or len(flooded) == len(waiting):  # nobody to keep room for
        return frozenset()
    busy = Counter(post.line_id for post in facts.posts if post.state in BUSY)
    at_post = Counter(post.secretariat_id for post in facts.posts if post.reachable)
    beyond: set[int] = set()
    room: dict[tuple[int, int | None], int] = {}
    for age, line in enumerate(map(_LINE, aged)):
        if line not in flooded:
            continue
        if line not in room:
            practice_id, line_id = line
            hers = sum([at_post[s] for s in facts.mandates.get(practice_id, frozenset())])
            room[line] = int(hers * policy.flood_share) - (busy[line_id] if line_id else 0)
        room[line] -= 1
        if room[line] < 0:
            beyond.add(age)
    return frozenset(beyond)

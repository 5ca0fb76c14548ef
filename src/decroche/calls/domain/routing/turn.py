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
from collections.abc import Collection
from datetime import datetime
from operator import attrgetter, itemgetter

from decroche.calls.domain.post import BUSY, PostState
from decroche.calls.domain.routing.callers import Callers
from decroche.calls.domain.routing.cases import Case, Line
from decroche.calls.domain.routing.facts import Policy, Urgency, WaitingCall

RANKS = len(Urgency)
_STATE = attrgetter("state")
_TURN = itemgetter(*map(WaitingCall._fields.index, ("comes_first", "urgency")))


def rank(call: WaitingCall, now: datetime, policy: Policy) -> Urgency:
    """Return how much a caller presses now, his waiting included."""
    if call.urgency is Urgency.ROUTINE and now - call.waiting_since >= policy.gains_rank_after:
        return Urgency.COLLEAGUE
    return call.urgency


def in_turn(aged: list[Case], callers: Callers) -> list[Case]:
    """Return the callers, given by age, the first to be served first."""
    facts = callers.facts
    _share_out(callers, callers.lines.values())
    gained = facts.now - facts.policy.gains_rank_after
    places: list[list[Case]] = [[] for _ in range(4 * RANKS)]
    for case in aged:
        comes_first, urgency = _TURN(case.call)
        line = case.kind.line
        place = 2 * (RANKS - 1 - (urgency or case.since <= gained))
        if not comes_first:
            place += 2 * RANKS
        if line.room is not None:
            place += line.room <= 0
            line.room -= 1
        places[place].append(case)
    return [case for alike in places for case in alike]


def _share_out(callers: Callers, lines: Collection[Line]) -> None:
    """Say of each flooded line how many of its callers keep their place: as many as may hold its share of those there."""
    facts, policy, crowd = callers.facts, callers.policy, callers.crowd
    flooded = [line for line in lines if line.waiting >= policy.flood_from]
    if not flooded or len(flooded) == len(lines):  # nobody to keep room for
        return
    if not crowd.free and PostState.AVAILABLE not in map(_STATE, facts.posts):
        return  # nobody to hold: their turn is looked at when somebody is free
    busy = Counter([post.line_id for post in facts.posts if post.state in BUSY])
    for line in flooded:
        hers = crowd.of_secretariats(facts.mandates.get(line.practice_id, frozenset())).bit_count()
        line.room = int(hers * policy.flood_share) - (busy[line.line_id] if line.line_id else 0)

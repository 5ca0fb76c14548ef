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
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from decroche.calls.domain.post import BUSY, PostState
from decroche.calls.domain.routing.cases import Case, Line
from decroche.calls.domain.routing.facts import Facts, Policy, Urgency, WaitingCall
from decroche.calls.domain.routing.people import NEVER, Crowd

RANKS = len(Urgency)
_STATE = attrgetter("state")


def rank(call: WaitingCall, now: datetime, policy: Policy) -> Urgency:
    """Return how much a caller presses now, his waiting included."""
    if call.urgency is Urgency.ROUTINE and now - call.waiting_since >= policy.gains_rank_after:
        return Urgency.COLLEAGUE
    return call.urgency


def gains_rank_at(call: WaitingCall, now: datetime, policy: Policy) -> datetime:
    """Return when a caller will press more than now because he waits."""
    gains = call.waiting_since + policy.gains_rank_after
    return gains if call.urgency is Urgency.ROUTINE and now < gains else NEVER


def turn_of(call: WaitingCall, now: datetime, policy: Policy) -> int:
    """Return which of the callers' files one is in, the first to be served being 0; who is beyond a flood, in the next."""
    pressing = RANKS - 1 - rank(call, now, policy)
    return 2 * (pressing if call.comes_first else RANKS + pressing)


def in_turn(aged: Sequence[Case], lines: Sequence[Line], facts: Facts, crowd: Crowd) -> list[Case]:
    """Return the callers, given by age, the first to be served first."""
    files: list[list[Case]] = [[] for _ in range(4 * RANKS)]
    if _is_room_short(lines, facts, crowd):
        for case in aged:
            line, beyond = case.kind.line, False
            if line.room is not None:
                beyond = line.room <= 0
                line.room -= 1
            files[case.turn + beyond].append(case)
    else:
        for case in aged:
            files[case.turn].append(case)
    return [case for alike in files for case in alike]


def _is_room_short(lines: Sequence[Line], facts: Facts, crowd: Crowd) -> bool:
    """Say of each flooded line how many of its callers keep their place: as many as may hold its share of those there."""
    policy = facts.policy
    flooded = [line for line in lines if line.waiting >= policy.flood_from]
    if not flooded or len(flooded) == len(lines):  # nobody to keep room for
        return False
    if not crowd.free and PostState.AVAILABLE not in map(_STATE, facts.posts):
        return False  # nobody to hold: their turn is looked at when somebody is free
    busy = Counter([post.line_id for post in facts.posts if post.state in BUSY])
    for line in flooded:
        hers = crowd.of_secretariats(facts.mandates.get(line.practice_id, frozenset())).bit_count()
        line.room = int(hers * policy.flood_share) - (busy[line.line_id] if line.line_id else 0)
    return True

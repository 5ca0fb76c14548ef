"""How many visits of a kind could still begin on each day? Pure.

The answer is that of `walking.proposals`, counted; where no rule that counts is at work, a gap is counted by one
division instead of being walked over, so that a month of thirty practitioners costs what its gaps cost.
"""

from collections import Counter
from collections.abc import Iterator

from decroche.scheduling.domain.availability import Minutes, aligned, carve, local_ordinal
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.verdicts import ALIGN
from decroche.scheduling.domain.walking import Walk, periods_of, proposals, proposals_of, walks_of

#: The wishes that refuse times one by one; the others only order them, or have cut the day already.
_REFUSING = frozenset({"max_in_a_row", "emergency"})


def free_per_day(judge: Judge, first: int, last: int) -> Counter[int]:
    """Count, by civil day of the site, what starts in `[first, last)` and could be booked; a session counts its seats."""
    found: Counter[int] = Counter()
    if judge.agenda.has_groups:
        for one in proposals(judge, first, last):
            found[local_ordinal(one.zone, one.start)] += one.seats_left
        return found
    for walk in walks_of(judge, first, last):
        if _is_plain(walk):
            _divide(walk, found)
        else:
            for one in proposals_of(walk):
                found[local_ordinal(one.zone, one.start)] += 1
    return found


def _is_plain(walk: Walk) -> bool:
    """Tell whether a gap is enough, and the grid along it even."""
    judge, terms = walk.judge, walk.terms
    if terms.counts or terms.needs_resource or judge.asker.is_new_patient is True:
        return False
    if any(wish.kind in _REFUSING for wish in judge.agenda.wishes):
        return False
    return terms.stride % ALIGN == 0


def _divide(walk: Walk, found: Counter[int]) -> None:
    zone, duration, stride = walk.zone, walk.terms.duration, walk.terms.stride
    for opening, closing in _gaps(walk):
        start = aligned(max(opening, walk.first), zone, ALIGN)
        final = min(closing - duration, walk.last - 1)
        if start > final:
            if start >= walk.last:
                return
            continue
        count = (final - start) // stride + 1
        day = local_ordinal(zone, start)
        if local_ordinal(zone, start + (count - 1) * stride) == day:
            found[day] += count
        else:  # past midnight
            for n in range(count):
                found[local_ordinal(zone, start + n * stride)] += 1


def _gaps(walk: Walk) -> Iterator[Minutes]:
    judge, terms = walk.judge, walk.terms
    opened = periods_of(walk)
    if judge.agenda.away:
        opened = carve(opened, judge.agenda.away)
    return carve(opened, judge.busy.padded(terms.before, terms.after))

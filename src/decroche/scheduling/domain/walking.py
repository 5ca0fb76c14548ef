"""Walk through an agenda and propose what can be booked, in order of time, lazily. Pure.

In each gap between what is closed, away or booked, cut at the first moment that may be booked, the first start is the
first minute at which the site's clock reads a multiple of five. After a free start the next stands `stride` later (the
visit and its buffers), so that all proposals of a gap could be booked together and none opens a useless hole; after one
that a counting rule refuses, the next five minutes are tried. New terms begin a new grid at midnight. Sessions of a
group stand every `stride` from the beginning of their opening.

`judging.Judge` finds every proposal free, and refuses every other start of that grid: the tests hold both to it.
"""

from collections.abc import Iterator
from heapq import merge as merge_sorted
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from decroche.scheduling.domain.availability import (
    Minutes,
    aligned,
    carve,
    local_ordinal,
    merge,
    wall_instant,
)
from decroche.scheduling.domain.judging import Judge
from decroche.scheduling.domain.openings import DAY, EPOCH_ORDINAL, Occurrence
from decroche.scheduling.domain.terms import FOREVER, Era, Terms
from decroche.scheduling.domain.verdicts import ALIGN, Verdict


class Proposal(NamedTuple):
    """A time that can be booked, in epoch minutes, and how; `lane` is a seat, None the whole practitioner."""

    start: int
    end: int
    site_id: int
    zone: ZoneInfo
    resource_id: int | None = None
    lane: int | None = None
    seats_left: int = 1


class Walk(NamedTuple):
    """One site in one era: what stays the same along the way."""

    judge: Judge
    site_id: int
    zone: ZoneInfo
    terms: Terms
    first: int
    last: int
    days: range


def proposals(judge: Judge, first: int, last: int) -> Iterator[Proposal]:
    """Yield all that starts in `[first, last)`, ascending; at one moment, in the order of the agenda's sites.

    Costs what is walked over: O(openings + appointments up to the last proposal taken).
    """
    streams = [stream for walk in walks_of(judge, first, last) for stream in _streams(walk)]
    if len(streams) == 1:
        return streams[0]
    rank = {site_id: index for index, site_id in enumerate(judge.agenda.sites)}
    ordered = merge_sorted(*streams, key=lambda one: (one.start, rank[one.site_id]))
    return (next(same) for _, same in groupby(ordered, key=itemgetter(0, 2)))


def walks_of(judge: Judge, first: int, last: int) -> list[Walk]:
    """Give what has to be walked over: each site in each era of the visit type."""
    return [
        walk
        for site_id, zone in judge.agenda.sites.items()
        for era in judge.agenda.eras(judge.visit_type_id)
        for walk in _walks(judge, site_id, zone, era, first, last)
    ]


def _walks(judge: Judge, site_id: int, zone: ZoneInfo, era: Era, first: int, last: int) -> Iterator[Walk]:
    """Cut `[first, last)` to what this asker may have in this era."""
    terms = era.terms
    if terms.refusal(judge.asker) is not None:
        return
    if not judge.relaxed:
        first = max(first, judge.now + terms.notice)
    if era.first_day > 1:
        first = max(first, wall_instant(zone, (era.first_day - EPOCH_ORDINAL) * DAY))
    horizon = judge.last_day(terms, zone)
    final = min(era.last_day, FOREVER if horizon is None else horizon)
    if final < FOREVER:
        last = min(last, wall_instant(zone, (final + 1 - EPOCH_ORDINAL) * DAY))
    if first < last:
        days = range(local_ordinal(zone, first) - 1, local_ordinal(zone, last) + 1)
        yield Walk(judge, site_id, zone, terms, first, last, days)


def _streams(walk: Walk) -> Iterator[Iterator[Proposal]]:
    """Sessions first: where both propose the same moment, the seat is meant."""
    if walk.judge.agenda.has_groups:
        yield _sessions(walk)
    yield proposals_of(walk)


def proposals_of(walk: Walk) -> Iterator[Proposal]:
    """Propose in the gaps of ordinary openings."""
    judge, site_id, zone, terms, first, last, _ = walk
    agenda, duration = judge.agenda, terms.duration
    careful = not judge.relaxed and (judge.limits.concern(terms) or judge.asker.is_new_patient is True)
    blocks = judge.busy.padded(terms.before, terms.after)
    periods: Iterator[Minutes] = carve(periods_of(walk), agenda.away) if agenda.away else periods_of(walk)
    for opening, closing in carve(periods, blocks):
        start = aligned(max(opening, first), zone, ALIGN)
        while start + duration <= closing:
            if start >= last:
                return
            if not careful:
                yield Proposal(start, start + duration, site_id, zone)
                start = aligned(start + terms.stride, zone, ALIGN)
                continue
            verdict = _asked(walk, start)
            if verdict.why is None:
                yield Proposal(start, start + duration, site_id, zone, verdict.resource_id)
            start = aligned(start + (ALIGN if verdict.why else terms.stride), zone, ALIGN)


def _asked(walk: Walk, start: int, capacity: int = 1) -> Verdict:
    """Ask what a gap does not tell: the wish for no new patients, and the rules that count."""
    judge, site_id, zone, terms = walk[:4]
    verdict = Verdict(None, start, start + terms.duration, site_id, zone, terms, capacity=capacity)
    day = local_ordinal(zone, start)
    return judge.wished(judge.limits.refuse(verdict, terms, zone, day), day)


def _openings(walk: Walk) -> Iterator[Occurrence]:
    """Yield, day by day, what is open at this site to this visit and asker."""
    judge, site_id, terms = walk.judge, walk.site_id, walk.terms
    for day in walk.days:
        for one in judge.agenda.occurrences(day):
            if one.end > one.start and one.rule.site_id == site_id and judge.shut(one, terms) is None:
                yield one


def periods_of(walk: Walk) -> Iterator[Minutes]:
    """Yield the ordinary openings merged; lazily, unless a locum's cut openings may come out of order."""
    plain = ((one.start, one.end) for one in _openings(walk) if one.rule.capacity == 1)
    if walk.judge.agenda.stand_ins:
        yield from merge(plain)
        return
    begun = ended = None
    for start, end in plain:
        if ended is None or start > ended:
            if ended is not None and begun is not None:
                yield begun, ended
            begun, ended = start, end
        elif end > ended:
            ended = end
    if begun is not None and ended is not None:
        yield begun, ended


def _sessions(walk: Walk) -> Iterator[Proposal]:
    """Propose the sessions of group openings that are not full."""
    groups = [one for one in _openings(walk) if one.rule.capacity > 1]
    capacities: dict[int, int] = {}
    for one in groups:
        for start in range(one.start, one.end - walk.terms.duration + 1, walk.terms.stride):
            if walk.first <= start < walk.last:
                capacities[start] = max(capacities.get(start, 0), one.rule.capacity)
    for start in sorted(capacities):
        found = _seat(walk, start, capacities[start])
        if found is not None:
            yield found


def _seat(walk: Walk, start: int, capacity: int) -> Proposal | None:
    judge, terms = walk.judge, walk.terms
    end = start + terms.duration
    if any(away[0] < end and start < away[1] for away in judge.agenda.away):
        return None
    seats = set()
    for row in judge.busy.touching(start - terms.before, end + terms.after):
        if not judge.is_same_session(row, start, end):
            return None
        seats.add(row.lane)
    lane = next((lane for lane in range(capacity) if lane not in seats), None)
    if lane is None:
        return None
    resource_id = None
    if not judge.relaxed:
        verdict = _asked(walk, start, capacity)
        if verdict.why is not None:
            return None
        resource_id = verdict.resource_id
    return Proposal(start, end, walk.site_id, walk.zone, resource_id, lane, capacity - len(seats))

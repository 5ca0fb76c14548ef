"""Read who does not receive."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from decroche.kernel.interval import Interval
from decroche.practices.models import Practitioner
from decroche.scheduling.models import Absence


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """Hold one absence as a list shows it; the instants are to be read in ``zone``, the practice's own."""

    absence_id: int
    practice_id: int
    practice_name: str
    practitioner_id: int
    practitioner_name: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    zone: ZoneInfo


def away(
    practice_ids: Collection[int], *, start: datetime, end: datetime, limit: int = 30
) -> list[AbsenceView]:
    """Return the absences that touch [start, end) in these practices, the earliest first (one query)."""
    rows = (
        Absence.objects.filter(practice_id__in=practice_ids, starts_at__lt=end, ends_at__gt=start)
        .select_related("practice", "practitioner")
        .order_by("starts_at", "practitioner__last_name")[:limit]
    )
    return [
        AbsenceView(
            absence_id=row.pk,
            practice_id=row.practice_id,
            practice_name=row.practice.name,
            practitioner_id=row.practitioner_id,
            practitioner_name=row.practitioner.display_name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            reason=row.reason,
            zone=row.practice.zone,
        )
        for row in rows
    ]


def nobody_receives(
    practice_ids: Collection[int], *, start: datetime, end: datetime
) -> dict[int, tuple[Interval, ...]]:
    """Return when every practitioner of a practice is away and nobody stands in, within [start, end); two queries."""
    people: dict[int, set[int]] = defaultdict(set)
    for practice_id, pk in Practitioner.objects.filter(
        practice_id__in=practice_ids, is_active=True
    ).values_list("practice_id", "pk"):
        people[practice_id].add(pk)
    spans: dict[int, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    rows = Absence.objects.filter(
        practice_id__in=practice_ids, locum=None, starts_at__lt=end, ends_at__gt=start
    ).order_by("starts_at")
    for row in rows:
        span = Interval(max(row.starts_at, start), min(row.ends_at, end))
        spans[row.practice_id][row.practitioner_id].append(span)
    return {practice_id: _all_of(people[practice_id], spans[practice_id]) for practice_id in spans}


def _all_of(people: set[int], away_: dict[int, list[Interval]]) -> tuple[Interval, ...]:
    """Return when all of these people are away at once."""
    bounds = sorted({bound for spans in away_.values() for span in spans for bound in (span.start, span.end)})
    found: list[Interval] = []
    for start, end in pairwise(bounds):
        if not people or any(not any(s.contains(start) for s in away_.get(one, ())) for one in people):
            continue
        if found and found[-1].end == start:
            found[-1] = Interval(found[-1].start, end)
        else:
            found.append(Interval(start, end))
    return tuple(found)

"""Read who does not receive."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from decroche.scheduling.models import Absence


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """Hold one absence as a list shows it; the instants are to be read in ``zone``, the practice's own."""

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

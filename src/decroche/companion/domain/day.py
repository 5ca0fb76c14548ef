"""Say who is with the practitioner and who is next. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

AWAITED = frozenset({"booked", "arrived"})
INSIDE = "in_consultation"
OVER = frozenset({"done", "no_show"})


class Visit(Protocol):
    """What is needed of an appointment; times are aware."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Look:
    """Ids of the appointment going on and of the one after it, where there are any."""

    current_id: int | None
    next_id: int | None


def look(visits: Sequence[Visit], now: datetime) -> Look:
    """Find who is inside and who comes next among visits in order of time.

    Someone marked "in consultation" is inside, whatever the clock says. Where nobody marks
    anything, the one whose time it is counts as inside. Someone who has arrived is next before
    those who have not, even when the clock has passed their time.
    """
    inside = [visit for visit in visits if visit.status == INSIDE]
    if not inside:
        inside = [
            visit for visit in visits if visit.status in AWAITED and visit.starts_at <= now < visit.ends_at
        ]
    current = max(inside, key=lambda visit: visit.starts_at, default=None)
    waiting = [visit for visit in visits if visit.status in AWAITED and visit is not current]
    here = [visit for visit in waiting if visit.status == "arrived"]
    coming = [visit for visit in waiting if visit.starts_at >= now]
    following = min(here, key=lambda visit: visit.starts_at, default=None) or min(
        coming, key=lambda visit: visit.starts_at, default=None
    )
    return Look(current.id if current else None, following.id if following else None)


def is_past(visit: Visit, now: datetime) -> bool:
    """Tell whether nothing more is expected of the visit."""
    return visit.status in OVER or (visit.ends_at <= now and visit.status == "booked")

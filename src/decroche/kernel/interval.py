"""Half-open, aware periods of time."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Hold ``[start, end)``; both aware; ``end`` later than ``start``.

    Raises:
        ValueError: a naive bound, or an end that is not after the start.

    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval's bounds are aware")
        if self.end <= self.start:
            raise ValueError("an interval ends after it starts")

    @property
    def duration(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def local_day(day: date, zone: ZoneInfo) -> Interval:
    """Return the civil day in its zone: 23, 24 or 25 hours long."""
    start = datetime.combine(day, time.min, tzinfo=zone)
    return Interval(start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone))

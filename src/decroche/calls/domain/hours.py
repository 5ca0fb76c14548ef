"""Say what a line is at a moment: open, at lunch, closed, on a holiday, or its practitioner on leave."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from decroche.kernel.interval import Interval


class LineMoment(StrEnum):
    """Name what a line is at a moment."""

    OPEN = "open"
    LUNCH = "lunch"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Hold ``[starts, ends)`` of one weekday, on the practice's clock; an end not after its start is of the next day."""

    weekday: int  # Monday is 0
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class LineHours:
    """Hold a line's calendar. No weekly hours at all: open round the clock."""

    zone: ZoneInfo
    weekly: tuple[WeeklyHours, ...] = ()
    lunch: tuple[WeeklyHours, ...] = ()
    closures: tuple[Interval, ...] = ()
    holidays: frozenset[date] = frozenset()
    open_on_holidays: bool = False
    leaves: tuple[Interval, ...] = ()  # of the practitioner whose line it is


@dataclass(frozen=True, slots=True)
class Moment:
    """Say what the line is, and until when; None: nothing ahead changes it."""

    what: LineMoment
    until: datetime | None

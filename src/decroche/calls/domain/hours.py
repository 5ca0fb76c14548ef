"""Say what a line is at a moment: open, at lunch, closed, on a holiday, or its practitioner on leave."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from decroche.kernel.interval import Interval, local_day

LOOK_AHEAD_DAYS: Final = 8  # beyond the last date that is set: one whole week decides


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


def moment_at(hours: LineHours, now: datetime) -> Moment:
    """Say what the line is at ``now``, and until when.

    Leave silences everything, then holidays, then exceptional closures, then lunch, then the weekly hours.
    """
    what = _what(hours, now)
    for bound in _bounds(hours, now):
        if _what(hours, bound) is not what:
            return Moment(what, bound)
    return Moment(what, None)


def next_opening(hours: LineHours, now: datetime) -> datetime | None:
    """Return when the line is open next: ``now`` when it is; None when nothing ahead opens it."""
    if _what(hours, now) is LineMoment.OPEN:
        return now
    return next((bound for bound in _bounds(hours, now) if _what(hours, bound) is LineMoment.OPEN), None)


def _what(hours: LineHours, at: datetime) -> LineMoment:
    day = at.astimezone(hours.zone).date()
    if any(leave.contains(at) for leave in hours.leaves):
        return LineMoment.LEAVE
    if day in hours.holidays and not hours.open_on_holidays:
        return LineMoment.HOLIDAY
    if any(closure.contains(at) for closure in hours.closures):
        return LineMoment.CLOSED
    if any(span.contains(at) for span in _spans(hours.zone, hours.lunch, day)):
        return LineMoment.LUNCH
    if not hours.weekly or any(span.contains(at) for span in _spans(hours.zone, hours.weekly, day)):
        return LineMoment.OPEN
    return LineMoment.CLOSED


def _spans(zone: ZoneInfo, weekly: tuple[WeeklyHours, ...], day: date) -> Iterator[Interval]:
    """Give the hours that may touch a day: its own, and those of the day before that pass midnight.

    Bounds become instants before they are compared: an hour that the clocks skip or repeat is no special case.
    """
    for first in (day - timedelta(days=1), day):
        for hours in weekly:
            if hours.weekday != first.weekday():
                continue
            last = first if hours.ends > hours.starts else first + timedelta(days=1)
            starts = datetime.combine(first, hours.starts, tzinfo=zone).astimezone(UTC)
            ends = datetime.combine(last, hours.ends, tzinfo=zone).astimezone(UTC)
            if ends > starts:  # else the clocks jumped over it
                yield Interval(starts, ends)


def _bounds(hours: LineHours, now: datetime) -> Iterator[datetime]:
    """Give, in order, every later instant at which the line may change; all of them within a week of the last date."""
    dated = [*hours.closures, *hours.leaves]
    ends = [interval.end.astimezone(hours.zone).date() for interval in dated] + list(hours.holidays)
    day = now.astimezone(hours.zone).date()
    last = max([day, *ends]) + timedelta(days=LOOK_AHEAD_DAYS)
    while day <= last:
        today = local_day(day, hours.zone)
        spans = [*dated, *_spans(hours.zone, hours.weekly, day), *_spans(hours.zone, hours.lunch, day)]
        found = {bound for span in spans for bound in (span.start, span.end)} | {today.start}
        yield from sorted(bound for bound in found if bound > now and today.contains(bound))
        day += timedelta(days=1)

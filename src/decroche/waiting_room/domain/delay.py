"""How late a practitioner runs, measured and not guessed; and when each person who waits may expect to pass. Pure.

What is announced is the larger of two things:

- the median lateness of the last three consultations that began (the running one among them). A patient's own lateness
  is not the practitioner's: it is counted from the hour or from the arrival, whichever came last. One long visit among
  three weighs nothing: when the next ones begin on time, nothing more is said of it;
- what is true already: how long past their hour those who are here have been waiting. Nobody who has waited for half an
  hour reads "on time" on the wall.

Rounded to five minutes; under ten, it is on time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

RECENT = 3
STEP_MINUTES = 5
ON_TIME_UNDER_MINUTES = 10
_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Began:
    """A consultation of today that began: when it was due, when the patient came (if known), when it began."""

    due: datetime
    began: datetime
    arrived: datetime | None = None

    @property
    def late(self) -> timedelta:
        ready = max(self.due, self.arrived) if self.arrived else self.due
        return max(_NONE, self.began - ready)


@dataclass(frozen=True, slots=True)
class Running:
    """The consultation in hand: since when, and how long it was planned for."""

    since: datetime
    planned: timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits, in the order of passage; `due` is their hour, or their arrival when they came after it."""

    id: int
    due: datetime
    planned: timedelta


def delay_minutes(began: Iterable[Began], waiting: Iterable[Waiting], *, now: datetime) -> int:
    """Give the delay to announce, in minutes: 0 (on time), 10, 15, 20…."""
    last = sorted(began, key=lambda each: each.began)[-RECENT:]
    usual = timedelta(seconds=median(each.late.total_seconds() for each in last)) if last else _NONE
    already = max((now - each.due for each in waiting), default=_NONE)
    return announced(max(usual, already, _NONE))


def announced(late: timedelta) -> int:
    """Round to five minutes, halves up; what is under ten is on time."""
    minutes = int((late / timedelta(minutes=1) + STEP_MINUTES / 2) // STEP_MINUTES) * STEP_MINUTES
    return minutes if minutes >= ON_TIME_UNDER_MINUTES else 0


def expected_times(
    waiting: Sequence[Waiting], running: Running | None, *, now: datetime
) -> dict[int, datetime]:
    """Say when each may expect to pass: after those before them, and never before their own hour."""
    free = max(now, running.since + running.planned) if running else now
    expected = {}
    for each in waiting:
        expected[each.id] = max(free, each.due)
        free = expected[each.id] + each.planned
    return expected

"""The shapes of the texts, and the replacing of their dates."""

import datetime as dt
import re
from dataclasses import dataclass

from decroche.demo.typography import day, typeset

_DATE = re.compile(r"\{([+-])(\d+)\}")


@dataclass(frozen=True)
class Order:
    """An instruction: ``since`` days ago (fractions for hours), ``until`` days ahead, or ``ended`` days ago."""

    kind: str
    body: str
    doctor: int | None = None
    since: float = 30
    until: int | None = None
    ended: float | None = None
    away: tuple[int, int] | None = None
    """For an absence: first working day from today, and how many working days."""
    from_hour: str = ""
    """From when the day is closed, local time."""
    on: int = 0
    """Which working day from today ``from_hour`` means."""


@dataclass(frozen=True)
class Step:
    """One step of a protocol: ``kind`` is ask, say or do; ``number`` something to dial."""

    kind: str
    text: str
    number: str = ""


@dataclass(frozen=True)
class Protocol:
    """A practice's written emergency protocol, or one practitioner's."""

    title: str
    steps: tuple[Step, ...]
    doctor: int | None = None


@dataclass(frozen=True)
class Note:
    """A message for a practitioner; ``{patient}`` and ``{age}`` come from the patient it is about."""

    category: str
    body: str
    answer: str = ""
    urgent: bool = False
    from_colleague: str = ""
    """Who calls, when it is not the patient."""


def working_day(today: dt.date, offset: int) -> dt.date:
    """Return the working day ``offset`` after (or before) today; 0 is today, or Monday on a week-end."""
    date = today
    while date.weekday() > 4:
        date += dt.timedelta(days=1)
    for _ in range(abs(offset)):
        date += dt.timedelta(days=1 if offset > 0 else -1)
        while date.weekday() > 4:
            date += dt.timedelta(days=1 if offset > 0 else -1)
    return date


def dated(text: str, today: dt.date) -> str:
    """Write the dates of a text in full, relative to ``today``, and set it in French typography."""

    def full(match: re.Match[str]) -> str:
        return day(working_day(today, int(match[2]) * (1 if match[1] == "+" else -1)))

    return typeset(_DATE.sub(full, text))

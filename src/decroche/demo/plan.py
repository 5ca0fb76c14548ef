"""The shapes in which the demo world is described before it is generated."""

import datetime as dt
import re
from dataclasses import dataclass, field

_WEEKDAYS = {"lun": 0, "mar": 1, "mer": 2, "jeu": 3, "ven": 4, "sam": 5, "dim": 6}
_HOURS = re.compile(
    r"(?P<days>[a-z]{3}(?:[-,][a-z]{3})*) (?P<starts>\d{1,2}:\d\d)-(?P<ends>\d{1,2}:\d\d)(?: @(?P<site>\d))?"
    r"(?: \[(?P<only>[^\]]+)\])?$"
)


@dataclass(frozen=True)
class Visit:
    """A visit type; ``weight`` is its share of the agenda, ``colour`` 1 to 12."""

    name: str
    short: str
    colour: int
    minutes: int
    weight: float
    urgent: bool = False
    series: bool = False


@dataclass(frozen=True)
class Hours:
    """A weekly opening: local times of the site; ``only`` names the visit types allowed, empty for all."""

    weekday: int
    starts: dt.time
    ends: dt.time
    site: int = 0
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doctor:
    """A practitioner; ``hours`` in the notation of ``hours()``; ``pace`` multiplies the usual durations."""

    civility: str
    first: str
    last: str
    speciality: str
    hours: str
    pace: float = 1.0
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    later_hours: str = ""
    """What replaces ``hours`` from the first Monday of the third month ahead, when the timetable changes."""


@dataclass(frozen=True)
class Place:
    """A site with the words that help a caller find the door."""

    name: str
    address: str
    postcode: str
    city: str
    landmark: str
    door: str
    floor: str
    parking: str
    transport: str
    step_free: str
    notes: str = ""


@dataclass(frozen=True)
class PhoneLine:
    """A called number: what it is for and what to say first."""

    label: str
    greeting: str
    kind: str = "main"
    """Whom it is for: "main", "colleagues", "emergency"."""


@dataclass(frozen=True)
class Cabinet:
    """A practice of the demo world, everything but its words and its people."""

    key: str
    name: str
    kind: str
    speciality: str
    zone: str
    department: str
    region: str
    area: str
    mix: str
    share: float
    """Share of the patients."""
    wait_days: int
    """Median days before an ordinary appointment."""
    fill: float
    """How much of a past day is taken, 0 to 1."""
    ages: str
    visits: tuple[Visit, ...]
    doctors: tuple[Doctor, ...]
    places: tuple[Place, ...]
    lines: tuple[PhoneLine, ...]
    works_holidays: bool = False
    staff: tuple[tuple[str, str, str], ...] = field(default=())
    """On-site people: civility, first and last name."""


def hours(notation: str) -> tuple[Hours, ...]:
    """Read "lun-ven 9:00-12:00; mar,jeu 14:00-18:30 @1 [Bilan|Contrôle]" into opening rules.

    Raises:
        ValueError: the notation does not parse.

    """
    found: list[Hours] = []
    for part in filter(None, (piece.strip() for piece in notation.split(";"))):
        match = _HOURS.match(part)
        if match is None:
            raise ValueError(part)
        starts, ends = (dt.time.fromisoformat(match[name].zfill(5)) for name in ("starts", "ends"))
        only = tuple(match["only"].split("|")) if match["only"] else ()
        found += [Hours(day, starts, ends, int(match["site"] or 0), only) for day in _weekdays(match["days"])]
    return tuple(found)


def _weekdays(notation: str) -> list[int]:
    days: list[int] = []
    for part in notation.split(","):
        first, _, last = part.partition("-")
        days += range(_WEEKDAYS[first], _WEEKDAYS[last or first] + 1)
    return days

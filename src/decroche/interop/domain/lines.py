"""What a file of another agenda says, one occurrence a line, before anything is decided. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

#: More than a busy practitioner's two years; beyond, choose a shorter period.
MOST_LINES = 5000
MOST_BYTES = 10 * 2**20
#: Beyond, nobody waits in front of a page for the file to be read.
LONG = 500
#: Events as they stand in a calendar, whatever their dates; beyond, it is not even opened.
MOST_EVENTS = 4 * MOST_LINES
_EVENT, _REPEATS = b"BEGIN:VEVENT", (b"\nRRULE", b"\nRDATE")


class Flaw(StrEnum):
    """Say what is wrong with one line, or why it is left aside."""

    NO_DATE = "no-date"
    BAD_DATE = "bad-date"
    ENDS_BEFORE = "ends-before"
    TOO_LONG = "too-long"
    TOO_FINE = "too-fine"
    OUT_OF_PERIOD = "out-of-period"
    CANCELLED = "cancelled"
    FREE = "free"


class FileFlaw(StrEnum):
    """Say why a file cannot be read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    NOT_A_CALENDAR = "not-a-calendar"
    NOT_A_TABLE = "not-a-table"


class Unreadable(Exception):
    """The file cannot be read; `flaw` says why."""

    def __init__(self, flaw: FileFlaw) -> None:
        """Keep the reason, for the door to word."""
        super().__init__(flaw.value)
        self.flaw = flaw


def is_calendar(data: bytes) -> bool:
    """Tell a calendar from a table."""
    return b"BEGIN:VCALENDAR" in data[:4096].upper().replace(b"\x00", b"")


def is_long(data: bytes) -> bool:
    """Tell whether reading takes longer than a person waits: many lines, or a calendar whose events repeat."""
    if not is_calendar(data):
        return data.count(b"\n") > LONG
    return data.count(_EVENT) > LONG or any(each in data for each in _REPEATS)


def glance(data: bytes) -> None:
    """Refuse what can be refused without reading. Raises `Unreadable`."""
    if len(data) > MOST_BYTES:
        raise Unreadable(FileFlaw.TOO_LARGE)
    if is_calendar(data):
        events = data.count(_EVENT)
        if events > MOST_EVENTS:
            raise Unreadable(FileFlaw.TOO_MANY)
    elif data.count(b"\n") > MOST_EVENTS:
        raise Unreadable(FileFlaw.TOO_MANY)


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a line is about, as far as it says."""

    last_name: str
    first_names: str
    birth_date: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One occurrence as the file words it; times are aware."""

    title: str
    starts_at: datetime | None
    ends_at: datetime | None
    is_all_day: bool = False
    person: Person | None = None
    visit_type: str = ""
    practitioner: str = ""
    status: str = ""  # "", "done", "no_show" or "cancelled"
    is_free: bool = False
    flaw: Flaw | None = None

"""What a file of another agenda says, one occurrence a line, before anything is decided. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

#: More than a busy practitioner's two years; beyond, choose a shorter period.
MOST_LINES = 5000
MOST_BYTES = 10 * 2**20


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

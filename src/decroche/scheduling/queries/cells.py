"""What stands in a column of the agenda: bands, visits, sessions, free cells."""

from dataclasses import dataclass, field
from datetime import date

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.wishes import NO_WISH, DayWishes
from decroche.scheduling.queries.openings import AbsenceShown, OpeningShown
from decroche.scheduling.queries.visits import Visit

ROW_MINUTES = 5

Span = tuple[int, int]  # wall minutes of the day, half-open


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a column: `row` from the top, `rows` high, at least one; `first` and `last` are wall minutes."""

    row: int
    rows: int
    first: int
    last: int
    opening: OpeningShown | None = None
    absence: AbsenceShown | None = None
    is_kept: bool = False

    @property
    def label(self) -> str:
        return self.absence.reason if self.absence else ""


@dataclass(slots=True)
class Placed:
    """An appointment and where it stands: in the `lane`-th of `lanes` parts of the column's width.

    `first` is the wall minute of the day at which it begins.
    """

    appointment: Visit
    row: int
    rows: int
    first: int
    is_past: bool
    in_absence: bool
    lane: int = 1
    lanes: int = 1


@dataclass(slots=True)
class Session:
    """A group session with those who have a seat in it."""

    row: int
    rows: int
    first: int
    capacity: int
    is_past: bool
    seats: list[Placed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FreeCell:
    """A time that could be held, as a button: `key` is practitioner.site.epochminute."""

    row: int
    rows: int
    first: int
    key: str
    seats_left: int = 1


@dataclass(slots=True)
class Column:
    """One practitioner on one day."""

    index: int
    practitioner: Practitioner
    day: date
    is_today: bool
    rows: int = 0
    first_minute: int = 0
    open: list[Band] = field(default_factory=list)
    closed: list[Band] = field(default_factory=list)
    absences: list[Band] = field(default_factory=list)
    kept: list[Band] = field(default_factory=list)  # for emergencies
    buffers: list[Span] = field(default_factory=list)  # (row, rows)
    appointments: list[Placed] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    free: list[FreeCell] = field(default_factory=list)
    wishes: DayWishes = NO_WISH

    @property
    def key(self) -> str:
        return f"{self.practitioner.pk}-{self.day.isoformat()}"

    @property
    def items(self) -> list["Placed | Session | FreeCell | Band"]:
        """Give all that can be acted on in order of time, as a reader or a keyboard meets it."""
        found: list[Placed | Session | FreeCell | Band] = [
            *self.appointments,
            *self.sessions,
            *self.free,
            *self.absences,
            *self.closed,
            *self.kept,
        ]
        found.sort(key=lambda item: item.row)
        return found

    @property
    def booked(self) -> int:
        """Count the appointments, holds excepted."""
        seated = sum(len(session.seats) for session in self.sessions)
        return seated + sum(not placed.appointment.is_held for placed in self.appointments)

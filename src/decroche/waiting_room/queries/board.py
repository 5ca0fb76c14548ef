"""The board: for each practitioner who is in, who comes next, who waits, who is still to come, how late it is."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.waiting_room.domain.delay import delay_minutes, expected_times
from decroche.waiting_room.domain.passage import is_late, order_of_passage
from decroche.waiting_room.models import ConsultingRoom, WaitingRoomSettings
from decroche.waiting_room.queries.passages import Entry, passages

__all__ = ["Board", "Column", "Entry", "board_of", "next_of"]
INSIDE = {Status.CALLED, Status.IN_CONSULTATION}
BEGUN = INSIDE | {Status.DONE}
OVER = {Status.DONE, Status.LEFT, Status.NO_SHOW}


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody who was called or went in, and how many minutes ago."""

    entry: Entry
    minutes: int


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits: for how many minutes, when they may expect to pass, whether they came late."""

    entry: Entry
    minutes: int
    expected: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody still to come; `is_late` once the tolerance is over."""

    entry: Entry
    is_late: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One practitioner's passages of the day."""

    practitioner: Practitioner
    room: str
    delay: int  # minutes, 0 when on time
    inside: tuple[Inside, ...]
    waiting: tuple[Place, ...]
    coming: tuple[Coming, ...]
    over: tuple[Entry, ...]

    @property
    def next(self) -> Place | None:
        return self.waiting[0] if self.waiting else None

    @property
    def then(self) -> tuple[Place, ...]:
        return self.waiting[1:]

    @property
    def is_empty(self) -> bool:
        return not (self.inside or self.waiting or self.coming or self.over)


@dataclass(frozen=True, slots=True)
class Board:
    """A practice's waiting room at one moment."""

    practice: Practice
    day: date
    now: datetime
    tolerance: timedelta
    columns: tuple[Column, ...]
    away: tuple[Practitioner, ...] = field(default=())  # nobody comes to see them today

    @property
    def waiting(self) -> int:
        return sum(len(column.waiting) for column in self.columns)

    @property
    def patient_ids(self) -> list[int]:
        return [
            entry.patient_id
            for column in self.columns
            for entry in (
                *(inside.entry for inside in column.inside),
                *(place.entry for place in column.waiting),
                *(coming.entry for coming in column.coming),
                *column.over,
            )
            if entry.patient_id
        ]


def board_of(practice: Practice, *, now: datetime, practitioner_id: int | None = None) -> Board:
    """Lay out the waiting room of a practice, or of one practitioner of it; 4 queries whatever its length."""
    zone = ZoneInfo(practice.timezone)
    day = now.astimezone(zone).date()
    tolerance = tolerance_of(practice.pk)
    only = {} if practitioner_id is None else {"practitioner_id": practitioner_id}
    entries = passages(practice_id=practice.pk, day=day, zone=zone, **only)
    people = Practitioner.objects.filter(practice_id=practice.pk, is_active=True)
    if practitioner_id is not None:
        people = people.filter(pk=practitioner_id)
    rooms = rooms_of(practice.pk)
    columns = [
        column_of(
            person,
            rooms.get(person.pk, ""),
            [e for e in entries if e.practitioner_id == person.pk],
            tolerance,
            now,
        )
        for person in people
    ]
    return Board(
        practice,
        day,
        now,
        tolerance,
        tuple(column for column in columns if practitioner_id or not column.is_empty),
        tuple(column.practitioner for column in columns if not practitioner_id and column.is_empty),
    )


def column_of(
    practitioner: Practitioner, room: str, entries: list[Entry], tolerance: timedelta, now: datetime
) -> Column:
    """Sort one practitioner's entries into those inside, waiting in order, still to come, and gone."""
    inside = tuple(
        Inside(entry, _minutes(entry.began_at or entry.starts_at, now))
        for entry in entries
        if entry.status in INSIDE
    )
    here = {entry.id: entry for entry in entries if entry.status == Status.ARRIVED}
    order = order_of_passage([entry.present for entry in here.values()], tolerance=tolerance)
    late = {present.id: is_late(present, tolerance) for present in order}
    waiting = [here[present.id].waiting(late=late[present.id]) for present in order]
    running = max((each.entry.running() for each in inside), key=lambda r: r.since + r.planned, default=None)
    expected = expected_times(waiting, running, now=now)
    begun = [began for entry in entries if entry.status in BEGUN and (began := entry.began())]
    return Column(
        practitioner,
        room,
        delay_minutes(begun, waiting, now=now),
        inside,
        tuple(Place(here[p.id], _minutes(p.arrived, now), expected[p.id], late[p.id]) for p in order),
        tuple(
            Coming(entry, now > entry.starts_at + tolerance)
            for entry in entries
            if entry.status == Status.BOOKED
        ),
        tuple(entry for entry in entries if entry.status in OVER),
    )


def _minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))


def next_of(practitioner: Practitioner, *, now: datetime) -> Column:
    """Read one practitioner's column, with whom to call first; 3 queries (and the practice's)."""
    practice = practitioner.practice
    zone = ZoneInfo(practice.timezone)
    entries = passages(
        practice_id=practice.pk, day=now.astimezone(zone).date(), zone=zone, practitioner_id=practitioner.pk
    )
    return column_of(practitioner, "", entries, tolerance_of(practice.pk), now)


def tolerance_of(practice_id: int) -> timedelta:
    """Say how late one may be and keep one's turn in this practice; 1 query."""
    chosen = (
        WaitingRoomSettings.objects.filter(practice_id=practice_id)
        .values_list("tolerance_minutes", flat=True)
        .first()
    )
    return timedelta(minutes=WaitingRoomSettings.TOLERANCE if chosen is None else chosen)


def rooms_of(practice_id: int) -> dict[int, str]:
    """Say where each practitioner of a practice receives; 1 query."""
    rows = ConsultingRoom.objects.filter(practitioner__practice_id=practice_id)
    return dict(rows.values_list("practitioner_id", "name"))

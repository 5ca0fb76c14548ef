"""Lay a day or a week out for the screen: columns, rows of five minutes, what is open, booked and free.

What is open, reserved, kept back or free is the engine's answer (`openings_of`); nothing here reads a rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zlib import crc32
from zoneinfo import ZoneInfo

from decroche.kernel.interval import local_day
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.availability import ceil_minute, floor_minute, to_datetime
from decroche.scheduling.models import VisitType
from decroche.scheduling.queries.cells import ROW_MINUTES, Band, Column, FreeCell, Placed, Session, Span
from decroche.scheduling.queries.openings import DayOpenings, openings_of
from decroche.scheduling.queries.visits import Visit, visits_between

_DAY_MINUTES = 24 * 60
#: What is shown when nothing is open or booked outside of it.
_USUAL = (8 * 60, 19 * 60)
#: More than four side by side could not be read: the others lie under the fourth.
_WIDEST = 4


@dataclass(frozen=True, slots=True)
class AgendaView:
    """What the grid shows. `now_row` is None when now is not in it."""

    practice: Practice
    mode: str
    day: date
    days: tuple[date, ...]
    timezone: str
    first_row: int
    rows: int
    hours: tuple[tuple[int, int], ...]  # (row, hour)
    columns: tuple[Column, ...]
    first_minute: int  # of the day, on the wall clock: what the top row stands for
    now_row: int | None
    keys: tuple[str, ...]  # of every column of the screen, whether read again or not

    @property
    def last_day(self) -> date:
        return self.days[-1]

    @property
    def frame(self) -> str:
        """Name the frame: while it stays, columns can be exchanged one by one."""
        return frame_of(self.first_minute, self.rows, self.keys)


def frame_of(first_minute: int, rows: int, keys: Iterable[str]) -> str:
    """Name what a screen shows by its edges and its columns."""
    return f"{first_minute}-{rows}-{crc32(','.join(keys).encode()):08x}"


@dataclass(frozen=True, slots=True)
class Again:
    """What a screen that is already there asks to read again: some columns, within the edges it has."""

    first_minute: int
    rows: int
    only: frozenset[str] | None = None  # keys of columns; None: all

    @property
    def edges(self) -> Span:
        return self.first_minute, self.first_minute + self.rows * ROW_MINUTES


def day_view(
    *,
    practice: Practice,
    day: date,
    now: datetime,
    visit_type: VisitType | None = None,
    shown: Sequence[int] = (),
    people: Sequence[Practitioner] | None = None,
    again: Again | None = None,
) -> AgendaView:
    """Lay out a day with the practice's practitioners as columns (only `shown` ones if given).

    One query for what is booked, those of `openings_of`, and one for the practitioners unless `people` are given.
    Free cells are as long as `visit_type` takes, or a quarter of an hour.
    """
    everyone = Practitioner.objects.filter(practice=practice, is_active=True) if people is None else people
    columns = [(person, day) for person in everyone if not shown or person.pk in shown]
    return _lay_out(practice, "day", day, columns, now, visit_type, again)


def week_view(
    *,
    practitioner: Practitioner,
    day: date,
    now: datetime,
    visit_type: VisitType | None = None,
    again: Again | None = None,
) -> AgendaView:
    """Lay out the week of `day`, from Monday to Sunday, for one practitioner; the queries of a day."""
    monday = day - timedelta(days=day.weekday())
    columns = [(practitioner, monday + timedelta(days=n)) for n in range(7)]
    return _lay_out(practitioner.practice, "week", day, columns, now, visit_type, again)


class WallDay:
    """A civil day's clock: turn epoch minutes into minutes after its midnight, cut to 0…1440.

    Where the hour changes, the wall clock is read minute by minute; everywhere else it is a subtraction.
    """

    def __init__(self, day: date, zone: ZoneInfo) -> None:
        """Find when the day begins, and whether it has 24 hours."""
        civil = local_day(day, zone)
        self.day, self.zone = day, zone
        self.first, self.last = floor_minute(civil.start), ceil_minute(civil.end)
        self.is_steady = self.last - self.first == _DAY_MINUTES

    def read(self, minute: int) -> int:
        """Give the wall minute at an epoch minute."""
        if minute <= self.first:
            return 0
        if minute >= self.last:
            return _DAY_MINUTES
        if self.is_steady:
            return minute - self.first
        local = to_datetime(minute).astimezone(self.zone)
        return local.hour * 60 + local.minute

    def span(self, start: datetime, end: datetime) -> Span:
        """Cut a period to the day and read it on the wall clock."""
        return self.read(floor_minute(start)), self.read(ceil_minute(end))


def _lay_out(
    practice: Practice,
    mode: str,
    day: date,
    wanted: list[tuple[Practitioner, date]],
    now: datetime,
    visit_type: VisitType | None,
    again: Again | None,
) -> AgendaView:
    zone = ZoneInfo(practice.timezone)
    days = tuple(dict.fromkeys(on for _, on in wanted)) or (day,)
    today = now.astimezone(zone).date()
    columns = [Column(index, who, on, on == today) for index, (who, on) in enumerate(wanted, start=1)]
    keys = tuple(column.key for column in columns)
    if again and again.only is not None:
        columns = [column for column in columns if column.key in again.only]
    clocks = {on: WallDay(on, zone) for on in days}
    sheets = _read(columns, clocks, zone, now, visit_type)
    low, high = _bounds(sheets)
    if again and again.edges[0] <= low and high <= again.edges[1]:
        low, high = again.edges
    for sheet in sheets:
        sheet.fill(low, high, now)
    minute = clocks[today].read(floor_minute(now)) if today in clocks else -1
    return AgendaView(
        practice=practice,
        mode=mode,
        day=day,
        days=days,
        timezone=practice.timezone,
        first_row=low // ROW_MINUTES,
        rows=(high - low) // ROW_MINUTES,
        hours=tuple(((at - low) // ROW_MINUTES, at // 60 % 24) for at in range(low, high, 60)),
        columns=tuple(columns),
        first_minute=low,
        now_row=(minute - low) // ROW_MINUTES if low <= minute < high else None,
        keys=keys,
    )


def _read(
    columns: list[Column],
    clocks: dict[date, "WallDay"],
    zone: ZoneInfo,
    now: datetime,
    visit_type: VisitType | None,
) -> list["_Sheet"]:
    """Ask the engine what is open and the database what is booked, for these columns and no others."""
    if not columns:
        return []
    ids = list({column.practitioner.pk: None for column in columns})
    first, last = min(column.day for column in columns), max(column.day for column in columns)
    shown = openings_of(ids, first, last, now, visit_type)
    booked = visits_between(
        practitioner_ids=ids, start=local_day(first, zone).start, end=local_day(last, zone).end, now=now
    )
    return [
        _Sheet(
            column,
            clocks[column.day],
            shown.get((column.practitioner.pk, column.day))
            or DayOpenings(column.practitioner.pk, column.day),
            booked[column.practitioner.pk],
        )
        for column in columns
    ]


def _bounds(sheets: Iterable["_Sheet"]) -> Span:
    """Choose the first and last whole hour shown, so that nothing open or booked is left out."""
    low, high = _USUAL
    for sheet in sheets:
        for start, end, _ in sheet.opened:
            low, high = min(low, start), max(high, end)
        for start, end, _ in sheet.taken:
            low, high = min(low, start), max(high, end)
    return low // 60 * 60, -(-high // 60) * 60


class _Sheet:
    """One column while it is being laid out: everything cut to its day, on the wall clock."""

    def __init__(self, column: Column, clock: WallDay, day: DayOpenings, visits: list[Visit]) -> None:
        self.column, self.clock, self.day = column, clock, day
        opened = [(*clock.span(each.starts_at, each.ends_at), each) for each in day.openings]
        self.opened = [each for each in opened if each[1] > each[0]]
        absent = [(*clock.span(each.starts_at, each.ends_at), each) for each in day.absences]
        self.absent = [each for each in absent if each[1] > each[0]]
        self.taken = [
            (clock.read(visit.first), clock.read(visit.last), visit)
            for visit in visits
            if visit.first < clock.last and visit.last > clock.first
        ]
        self.low = self.high = 0

    def fill(self, low: int, high: int, now: datetime) -> None:
        """Place everything between two whole hours."""
        self.low, self.high = low, high
        column = self.column
        column.first_minute, column.rows = low, (high - low) // ROW_MINUTES
        column.open = [
            Band(*self._rows(start, end), start, end, opening=each) for start, end, each in self.opened
        ]
        column.absences = [
            Band(*self._rows(start, end), max(start, low), min(end, high), absence=each)
            for start, end, each in self.absent
            if end > low and start < high
        ]
        self._place_visits(floor_minute(now))
        column.closed = list(self._closed())
        column.wishes = self.day.wishes
        for start, end in (self.clock.span(*each) for each in self.day.kept):
            if end > start:
                column.kept.append(Band(*self._rows(start, end), start, end, is_kept=True))
        for cell in self.day.free:
            start, end = self.clock.span(cell.starts_at, cell.ends_at)
            key = f"{column.practitioner.pk}.{cell.site_id}.{floor_minute(cell.starts_at)}"
            column.free.append(FreeCell(*self._rows(start, end), start, key, cell.seats_left))

    def _rows(self, start: int, end: int) -> Span:
        """Turn wall minutes into a row and a height within what is shown."""
        start, end = max(start, self.low), min(end, self.high)
        row = (start - self.low) // ROW_MINUTES
        return row, max(1, -(-(end - self.low) // ROW_MINUTES) - row)

    def _place_visits(self, now: int) -> None:
        column = self.column
        sessions: dict[Span, Session] = {}
        beside: list[tuple[int, int, Placed]] = []
        reach, overlaps = -1, False
        for start, end, visit in self.taken:
            away = bool(self.absent) and visit.status == Status.BOOKED and self._is_away(start, end)
            placed = Placed(visit, *self._rows(start, end), start, visit.last <= now, away)
            if visit.before:
                column.buffers.append(self._rows(start - visit.before, start))
            if visit.after:
                column.buffers.append(self._rows(end, end + visit.after))
            if visit.is_seat:
                session = sessions.get((start, end))
                if session is None:
                    session = sessions[start, end] = Session(
                        placed.row, placed.rows, start, self._capacity(start), placed.is_past
                    )
                    column.sessions.append(session)
                session.seats.append(placed)
                continue
            overlaps = overlaps or start < reach
            reach = max(reach, end)
            beside.append((start, end, placed))
            column.appointments.append(placed)
        if overlaps:
            _share_width(beside)

    def _is_away(self, start: int, end: int) -> bool:
        return any(first < end and start < last for first, last, _ in self.absent)

    def _capacity(self, start: int) -> int:
        """Give how many a session beginning at this minute can receive."""
        return max((each.capacity for a, b, each in self.opened if a <= start < b), default=1)

    def _closed(self) -> Iterable[Band]:
        """Give what no opening covers, in the hours shown: the engine says why, when asked."""
        cursor = self.low
        covered = sorted([(a, b) for a, b, _ in self.opened] + [(a, b) for a, b, _ in self.absent])
        for start, end in [*covered, (self.high, self.high)]:
            if min(start, self.high) - cursor >= ROW_MINUTES:
                stop = min(start, self.high)
                yield Band(*self._rows(cursor, stop), cursor, stop)
            cursor = max(cursor, end)


def _share_width(visits: list[tuple[int, int, Placed]]) -> None:
    """Let visits that overlap stand side by side, each as wide as the most crowded moment of its cluster allows."""
    cluster: list[Placed] = []
    ends: list[int] = []  # of the last visit in each lane
    for start, end, placed in sorted(visits, key=lambda each: (each[0], each[2].appointment.is_forced)):
        if ends and start >= max(ends):
            cluster, ends = [], []
        lane = next((n for n, until in enumerate(ends) if until <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        cluster.append(placed)
        placed.lane = min(lane + 1, _WIDEST)
        for each in cluster:
            each.lanes = min(len(ends), _WIDEST)

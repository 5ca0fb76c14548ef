"""What a wall shows: who is called, to which room, and how late each practitioner runs. Nothing else leaves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.waiting_room.domain.display import Shows, shown_name
from decroche.waiting_room.models import Device
from decroche.waiting_room.queries.board import INSIDE, Column, column_of, rooms_of, tolerance_of
from decroche.waiting_room.queries.passages import Entry, passages

CALLS_SHOWN = 5
PEOPLE_SHOWN = 8
FRESH = timedelta(seconds=45)
#: Who went in long ago is no news to those who wait.
SHOWN_INSIDE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class WallCall:
    """One call, as everybody in the room may read it; `key` changes with each call, and names nobody."""

    key: str
    who: str
    room: str
    practitioner: str
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class WallDelay:
    """How late a practitioner runs, 0 when on time; how many wait before one's turn is not said."""

    practitioner: str
    room: str
    minutes: int


@dataclass(frozen=True, slots=True)
class WallView:
    """Everything that is on a wall."""

    now: datetime
    calls: tuple[WallCall, ...]
    delays: tuple[WallDelay, ...]

    @property
    def timezone(self) -> str:
        return str(self.now.tzinfo)


def wall_of(device: Device, *, now: datetime) -> WallView:
    """Read what one wall shows; 4 queries. The scope is the device's practice."""
    zone = ZoneInfo(device.site.timezone)
    day = now.astimezone(zone).date()
    entries = passages(practice_id=device.practice_id, day=day, zone=zone, site_id=device.site_id)
    people = list(Practitioner.objects.filter(practice_id=device.practice_id, is_active=True))
    rooms, tolerance = rooms_of(device.practice_id), tolerance_of(device.practice_id)
    columns = [
        column_of(p, rooms.get(p.pk, ""), [e for e in entries if e.practitioner_id == p.pk], tolerance, now)
        for p in people
    ]
    return WallView(now.astimezone(zone), _calls(device, columns, now), _delays(columns))


def _calls(device: Device, columns: list[Column], now: datetime) -> tuple[WallCall, ...]:
    called = [
        (inside.entry, column)
        for column in columns
        for inside in column.inside
        if _is_shown(inside.entry, now)
    ]
    called.sort(key=lambda pair: pair[0].called_at or now, reverse=True)
    shows = Shows(device.shows)
    return tuple(
        WallCall(
            key=f"{entry.ticket}-{entry.called_at:%H%M%S}".replace("\u00a0", ""),
            who=shown_name(
                shows, ticket=entry.ticket, first_names=entry.first_names, last_name=entry.last_name
            ),
            room=column.room,
            practitioner=column.practitioner.display_name,
            is_fresh=entry.status == Status.CALLED and now - (entry.called_at or now) < FRESH,
        )
        for entry, column in called[:CALLS_SHOWN]
    )


def _is_shown(entry: Entry, now: datetime) -> bool:
    """Show who is called until they went in, and a little longer; whoever has no ticket yet has a moment to get one."""
    if entry.status not in INSIDE or entry.called_at is None or not entry.ticket:
        return False
    return entry.status == Status.CALLED or now - entry.called_at < SHOWN_INSIDE


def _delays(columns: list[Column]) -> tuple[WallDelay, ...]:
    """Keep to those whom somebody still comes to see, in the order of the practice."""
    seen = [column for column in columns if column.inside or column.waiting or column.coming]
    return tuple(
        WallDelay(column.practitioner.display_name, column.room, column.delay)
        for column in seen[:PEOPLE_SHOWN]
    )

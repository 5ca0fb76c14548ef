"""Read one day's passages of a practice, in one query of plain values."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from decroche.kernel.interval import local_day
from decroche.kernel.names import written
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from decroche.waiting_room.domain.delay import Began, Running, Waiting
from decroche.waiting_room.domain.passage import Kind, Present

NOT_OF_THE_DAY = [Status.HELD, Status.RELEASED, Status.CANCELLED]
#: A forced appointment made so shortly before the arrival was made at the counter: a walk-in.
MADE_ON_ARRIVAL = timedelta(minutes=10)
_COLUMNS = (
    "pk", "practitioner_id", "site_id", "site__timezone", "status", "version", "starts_at", "ends_at", "arrived_at", "called_at",
    "seen_at", "created_at", "is_forced", "lane", "visit_type_id", "visit_type__name", "visit_type__short_name",
    "visit_type__colour", "visit_type__emergency", "patient_id", "patient__used_name", "patient__birth_name",
    "patient__first_names", "waiting_ticket__letter", "waiting_ticket__number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One patient's passage, as the board shows it; `starts_at` is aware in the site's zone."""

    id: int
    version: int
    practitioner_id: int
    patient_id: int | None
    last_name: str
    first_names: str
    ticket: str
    status: Status
    kind: Kind
    starts_at: datetime
    planned: timedelta
    arrived_at: datetime | None
    called_at: datetime | None
    seen_at: datetime | None
    session: tuple[datetime, int] | None  # the group session that it is a seat of
    visit_type: str
    visit_short: str
    colour: int

    @property
    def name(self) -> str:
        return written(self.last_name, self.first_names)

    @property
    def began_at(self) -> datetime | None:
        """Tell when it began: when the patient went in, or at least when they were called."""
        return self.seen_at or self.called_at

    @property
    def present(self) -> Present:
        return Present(self.id, self.starts_at, self.arrived_at or self.starts_at, self.kind)

    def began(self) -> Began | None:
        """Give what the measure of the delay needs, once it began."""
        return Began(self.starts_at, self.began_at, self.arrived_at) if self.began_at else None

    def running(self) -> Running:
        return Running(self.began_at or self.starts_at, self.planned)

    def waiting(self, *, late: bool) -> Waiting:
        own_hour = self.kind in {Kind.APPOINTMENT, Kind.FORCED} and not late
        return Waiting(
            self.id, self.starts_at if own_hour else self.arrived_at or self.starts_at, self.planned
        )


def passages(
    *, practice_id: int, day: date, zone: ZoneInfo, site_id: int | None = None, **only: Any
) -> list[Entry]:
    """Read a civil day's passages in order of their hour; 1 query."""
    civil = local_day(day, zone)
    rows = Appointment.objects.filter(
        practice_id=practice_id, starts_at__gte=civil.start, starts_at__lt=civil.end, **only
    ).exclude(status__in=NOT_OF_THE_DAY)
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    return [_entry(row) for row in rows.order_by("starts_at", "pk").values_list(*_COLUMNS, named=True)]


def _entry(row: Any) -> Entry:
    number = row.waiting_ticket__number
    return Entry(
        id=row.pk,
        version=row.version,
        practitioner_id=row.practitioner_id,
        patient_id=row.patient_id,
        last_name=row.patient__used_name or row.patient__birth_name or "",
        first_names=row.patient__first_names or "",
        ticket=f"{row.waiting_ticket__letter}\u00a0{number}" if number else "",
        status=Status(row.status),
        kind=_kind(row),
        starts_at=row.starts_at.astimezone(ZoneInfo(row.site__timezone)),
        planned=row.ends_at - row.starts_at,
        arrived_at=row.arrived_at,
        called_at=row.called_at,
        seen_at=row.seen_at,
        session=(row.starts_at, row.visit_type_id) if row.lane is not None and row.lane < 1000 else None,  # noqa: PLR2004
        visit_type=row.visit_type__name,
        visit_short=row.visit_type__short_name or row.visit_type__name,
        colour=row.visit_type__colour,
    )


def _kind(row: Any) -> Kind:
    if row.visit_type__emergency:
        return Kind.EMERGENCY
    if not row.is_forced:
        return Kind.APPOINTMENT
    at_the_counter = row.arrived_at is not None and row.arrived_at - row.created_at <= MADE_ON_ARRIVAL
    return Kind.WALK_IN if at_the_counter else Kind.FORCED

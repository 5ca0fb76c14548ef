"""Lay a day or a week out for the screen: columns, rows of five minutes, what is open, booked and free."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from decroche.kernel.interval import local_day
from decroche.practices.models import Practice, Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.availability import (
    Minutes,
    WeeklyRule,
    ceil_minute,
    expand_rules,
    floor_minute,
    merge,
    sweep,
    to_datetime,
)
from decroche.scheduling.models import (
    LONGEST,
    OCCUPYING_STATES,
    Absence,
    Appointment,
    OpeningRule,
    VisitOffer,
    VisitType,
)
from decroche.scheduling.queries.appointments import AppointmentView, views_of

ROW_MINUTES = 5
_DAY_MINUTES = 24 * 60
#: What is shown when nothing is open or booked outside of it.
_USUAL = (8 * 60, 19 * 60)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a column: `row` from the top, `rows` high, at least one."""

    row: int
    rows: int
    label: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """An appointment and where it stands."""

    appointment: AppointmentView
    row: int
    rows: int
    is_past: bool
    in_absence: bool


@dataclass(frozen=True, slots=True)
class FreeCell:
    """A time that could be held, as a button: `key` is practitioner.site.epochminute."""

    row: int
    rows: int
    key: str
    starts_at: datetime


@dataclass(slots=True)
class Column:
    """One practitioner on one day."""

    index: int
    practitioner: Practitioner
    day: date
    is_today: bool
    open: list[Band] = field(default_factory=list)
    absences: list[Band] = field(default_factory=list)
    appointments: list[Placed] = field(default_factory=list)
    free: list[FreeCell] = field(default_factory=list)

    @property
    def items(self) -> list[Placed | FreeCell]:
        """Give appointments and free cells in order of time, as a reader or a keyboard meets them."""
        return sorted([*self.appointments, *self.free], key=lambda item: item.row)


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

    @property
    def last_day(self) -> date:
        return self.days[-1]


def day_view(
    *,
    practice: Practice,
    day: date,
    now: datetime,
    visit_type: VisitType | None = None,
    shown: Sequence[int] = (),
) -> AgendaView:
    """Lay out a day with the practice's practitioners as columns (only `shown` ones if given); 6 queries.

    Free cells are as long as `visit_type` takes, or a quarter of an hour.
    """
    practitioners = Practitioner.objects.filter(practice=practice, is_active=True)
    if shown:
        practitioners = practitioners.filter(pk__in=shown)
    columns = [(practitioner, day) for practitioner in practitioners]
    return _lay_out(practice, "day", day, columns, now, visit_type)


def week_view(
    *, practitioner: Practitioner, day: date, now: datetime, visit_type: VisitType | None = None
) -> AgendaView:
    """Lay out the week of `day`, from Monday to Sunday, for one practitioner; 5 queries."""
    monday = day - timedelta(days=day.weekday())
    columns = [(practitioner, monday + timedelta(days=n)) for n in range(7)]
    return _lay_out(practitioner.practice, "week", day, columns, now, visit_type)


@dataclass(slots=True)
class _Facts:
    """What the database says about these practitioners in these days."""

    rules: dict[int, dict[int, list[WeeklyRule]]]  # practitioner → site → rules
    suiting: dict[int, dict[int, list[WeeklyRule]]]  # the same, only where the visit type is received
    site_zones: dict[int, ZoneInfo]
    absences: dict[int, list[Absence]]
    appointments: dict[int, list[AppointmentView]]
    durations: dict[int, int]


def _lay_out(
    practice: Practice,
    mode: str,
    day: date,
    wanted: list[tuple[Practitioner, date]],
    now: datetime,
    visit_type: VisitType | None,
) -> AgendaView:
    zone = ZoneInfo(practice.timezone)
    days = tuple(dict.fromkeys(day for _, day in wanted)) or (day,)
    facts = _read({p.pk for p, _ in wanted}, days[0], days[-1], zone, now, visit_type)
    today = now.astimezone(zone).date()
    raw = [
        (Column(index, who, on, on == today), *_spans(facts, who.pk, on, zone))
        for index, (who, on) in enumerate(wanted, start=1)
    ]
    low, high = _bounds(raw, facts, zone)
    for column, opened, absent in raw:
        _fill(column, opened, absent, facts, zone, now, low, high)
    local_now = now.astimezone(zone)
    minute = local_now.hour * 60 + local_now.minute
    visible = local_now.date() in days and low <= minute < high
    return AgendaView(
        practice=practice,
        mode=mode,
        day=day,
        days=days,
        timezone=practice.timezone,
        first_row=low // ROW_MINUTES,
        rows=(high - low) // ROW_MINUTES,
        hours=tuple(((at - low) // ROW_MINUTES, at // 60 % 24) for at in range(low, high, 60)),
        columns=tuple(column for column, _, _ in raw),
        first_minute=low,
        now_row=(minute - low) // ROW_MINUTES if visible else None,
    )


def _read(
    ids: set[int],
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
    visit_type: VisitType | None,
) -> _Facts:
    start, end = local_day(first, zone).start, local_day(last, zone).end
    facts = _Facts({}, {}, {}, {}, {}, {})
    _read_rules(facts, ids, first, last, visit_type)
    for absence in Absence.objects.filter(practitioner_id__in=ids, ends_at__gt=start, starts_at__lt=end):
        facts.absences.setdefault(absence.practitioner_id, []).append(absence)
    rows = Appointment.objects.filter(
        Q(hold_expires_at__isnull=True) | Q(hold_expires_at__gt=now),
        practitioner_id__in=ids,
        status__in=OCCUPYING_STATES,
        starts_at__gt=start - LONGEST,
        starts_at__lt=end,
        ends_at__gt=start,
    )
    for view in views_of(rows.order_by("starts_at")):
        facts.appointments.setdefault(view.practitioner_id, []).append(view)
    _read_durations(facts, ids, visit_type)
    return facts


def _read_rules(facts: _Facts, ids: set[int], first: date, last: date, visit_type: VisitType | None) -> None:
    """Read the rules in force in these days; keep apart those that receive for the visit type."""
    rules = OpeningRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=first - timedelta(days=1)),
        practitioner_id__in=ids,
        valid_from__lte=last,
    )
    suiting = None
    if visit_type is not None:
        suits = Q(visit_types__isnull=True) | Q(visit_types=visit_type)
        suiting = set(rules.filter(suits).values_list("pk", flat=True))
    columns = (
        "practitioner_id",
        "site_id",
        "site__timezone",
        "weekday",
        "starts",
        "ends",
        "valid_from",
        "valid_until",
    )
    for row in rules.values_list("pk", *columns, named=True):
        weekly = WeeklyRule(row.weekday, row.starts, row.ends, row.valid_from, row.valid_until)
        facts.site_zones[row.site_id] = ZoneInfo(row.site__timezone)
        facts.rules.setdefault(row.practitioner_id, {}).setdefault(row.site_id, []).append(weekly)
        if suiting is None or row.pk in suiting:
            facts.suiting.setdefault(row.practitioner_id, {}).setdefault(row.site_id, []).append(weekly)


def _read_durations(facts: _Facts, ids: set[int], visit_type: VisitType | None) -> None:
    """Keep how long each practitioner takes; forget the openings of those who do not receive for this type."""
    if visit_type is None:
        facts.durations = dict.fromkeys(ids, 15)
        return
    facts.durations = dict.fromkeys(ids, visit_type.duration_minutes)
    offers: dict[int, dict[int, int | None]] = {}
    for practitioner_id, kind, minutes in VisitOffer.objects.filter(practitioner_id__in=ids).values_list(
        "practitioner_id", "visit_type_id", "duration_minutes"
    ):
        offers.setdefault(practitioner_id, {})[kind] = minutes
    for practitioner_id, kinds in offers.items():
        if visit_type.pk not in kinds:
            facts.suiting.pop(practitioner_id, None)
        elif own := kinds[visit_type.pk]:
            facts.durations[practitioner_id] = own


def _spans(
    facts: _Facts, practitioner_id: int, day: date, zone: ZoneInfo
) -> tuple[list[tuple[int, int]], list[tuple[int, int, Absence]]]:
    """Give the wall minutes of the day at which it is open, and its absences."""
    opened: list[Minutes] = []
    for site_id, rules in facts.rules.get(practitioner_id, {}).items():
        opened += expand_rules(
            rules, first_day=day - timedelta(days=1), last_day=day, zone=facts.site_zones[site_id]
        )
    walls = [_wall(to_datetime(a), to_datetime(b), day, zone) for a, b in merge(opened)]
    absences = [
        (*_wall(absence.starts_at, absence.ends_at, day, zone), absence)
        for absence in facts.absences.get(practitioner_id, [])
    ]
    return [wall for wall in walls if wall[1] > wall[0]], [wall for wall in absences if wall[1] > wall[0]]


def _wall(start: datetime, end: datetime, day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Cut a period to a civil day and read it on the wall clock: minutes after midnight, 0 to 1440."""

    def read(moment: datetime) -> int:
        local = moment.astimezone(zone)
        if local.date() != day:
            return 0 if local.date() < day else _DAY_MINUTES
        return local.hour * 60 + local.minute

    return read(start), read(end)


def _bounds(
    raw: Iterable[tuple[Column, list[tuple[int, int]], list[tuple[int, int, Absence]]]],
    facts: _Facts,
    zone: ZoneInfo,
) -> tuple[int, int]:
    """Choose the first and last whole hour shown, so that nothing open or booked is left out."""
    low, high = _USUAL
    for column, opened, _ in raw:
        for start, end in opened:
            low, high = min(low, start), max(high, end)
        for appointment in facts.appointments.get(column.practitioner.pk, []):
            start, end = _wall(appointment.starts_at, appointment.ends_at, column.day, zone)
            if end > start:
                low, high = min(low, start), max(high, end)
    return low // 60 * 60, -(-high // 60) * 60


def _band(start: int, end: int, low: int, high: int) -> tuple[int, int]:
    """Turn wall minutes into a row and a height within `[low, high)`."""
    start, end = max(start, low), min(end, high)
    row = (start - low) // ROW_MINUTES
    return row, max(1, -(-(end - low) // ROW_MINUTES) - row)


def _fill(
    column: Column,
    opened: list[tuple[int, int]],
    absent: list[tuple[int, int, Absence]],
    facts: _Facts,
    zone: ZoneInfo,
    now: datetime,
    low: int,
    high: int,
) -> None:
    column.open = [Band(*_band(start, end, low, high)) for start, end in opened]
    for start, end, absence in absent:
        if end > low and start < high:
            band = _band(start, end, low, high)
            column.absences.append(
                Band(
                    *band,
                    absence.reason,
                    absence.starts_at.astimezone(zone),
                    absence.ends_at.astimezone(zone),
                )
            )
    for view in facts.appointments.get(column.practitioner.pk, []):
        start, end = _wall(view.starts_at, view.ends_at, column.day, zone)
        if end <= start:
            continue
        in_absence = view.status == Status.BOOKED and any(a < end and start < b for a, b, _ in absent)
        column.appointments.append(
            Placed(view, *_band(start, end, low, high), view.ends_at <= now, in_absence)
        )
    column.free = list(_free_cells(column, facts, zone, now, low, high))


def _free_cells(
    column: Column, facts: _Facts, zone: ZoneInfo, now: datetime, low: int, high: int
) -> Iterable[FreeCell]:
    """Offer what is still ahead, cut to the visit type's length."""
    who = column.practitioner.pk
    civil = local_day(column.day, zone)
    if civil.end <= now:
        return
    busy = [(floor_minute(a.starts_at), ceil_minute(a.ends_at)) for a in facts.absences.get(who, [])]
    busy += [(floor_minute(a.starts_at), ceil_minute(a.ends_at)) for a in facts.appointments.get(who, [])]
    minutes = facts.durations[who]
    first, last = floor_minute(civil.start.astimezone(UTC)), ceil_minute(civil.end.astimezone(UTC))
    for site_id, rules in facts.suiting.get(who, {}).items():
        site_zone = facts.site_zones[site_id]
        free = expand_rules(
            rules,
            first_day=column.day - timedelta(days=1),
            last_day=column.day + timedelta(days=1),
            zone=site_zone,
        )
        starts = sweep(
            free,
            busy,
            duration=minutes,
            step=minutes,
            earliest=max(ceil_minute(now), first),
            zone=site_zone,
            align=ROW_MINUTES,
        )
        for start in starts:
            if start >= last:
                break
            begins = to_datetime(start).astimezone(zone)
            top = begins.hour * 60 + begins.minute
            yield FreeCell(*_band(top, top + minutes, low, high), f"{who}.{site_id}.{start}", begins)

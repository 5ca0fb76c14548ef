"""Read a day or a week as the practice's own staff wants it on paper: who comes, when, where, how to reach them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from decroche.kernel.interval import local_day
from decroche.patients.models import PatientPhone
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Appointment, Place
from decroche.scheduling.queries.openings import OpeningShown, openings_of


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment on paper; times on the site's clock."""

    starts_at: datetime
    ends_at: datetime
    patient_name: str
    birth_date: date | None
    phone: str
    kind: str
    place: str
    status: str  # "" while it is only planned
    is_forced: bool
    accompanied_by: str


@dataclass(slots=True)
class Sheet:
    """One practitioner's day."""

    practitioner: Practitioner
    day: date
    openings: tuple[OpeningShown, ...] = ()
    absences: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)


def sheets_of(
    *,
    practitioners: Sequence[Practitioner],
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime,
) -> list[Sheet]:
    """Give a sheet for each practitioner and day that has anything to show; 2 queries and those of `openings_of`."""
    ids = [person.pk for person in practitioners]
    shown = openings_of(ids, first, last, now, with_free=False)
    booked: dict[tuple[int, date], list[Line]] = {}
    for appointment in _appointments(ids, first, last, zone):
        line = _line(appointment)
        booked.setdefault((appointment.practitioner_id, line.starts_at.date()), []).append(line)
    sheets = []
    for person in practitioners:
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            openings = shown.get((person.pk, day))
            sheet = Sheet(person, day, lines=booked.get((person.pk, day), []))
            if openings is not None:
                sheet.openings = openings.openings
                sheet.absences = tuple(absence.reason for absence in openings.absences)
            if sheet.lines or sheet.openings or first == last:
                sheets.append(sheet)
    return sheets


def _appointments(ids: Sequence[int], first: date, last: date, zone: ZoneInfo) -> Iterable[Appointment]:
    start, end = local_day(first, zone).start, local_day(last, zone).end
    phones = Prefetch("patient__phones", queryset=PatientPhone.objects.order_by("position", "id"))
    rows: Iterable[Appointment] = (
        Appointment.objects.filter(
            practitioner_id__in=ids,
            status__in=OCCUPYING_STATES,
            starts_at__gt=start - LONGEST,
            starts_at__lt=end,
            ends_at__gt=start,
        )
        .exclude(status=Status.HELD)
        .select_related("patient", "visit_type", "site", "home_visit")
        .prefetch_related(phones)
        .order_by("starts_at", "pk")
    )
    return rows


def _line(appointment: Appointment) -> Line:
    patient = appointment.patient
    numbers = list(patient.phones.all()) if patient else []
    return Line(
        starts_at=appointment.starts_at.astimezone(appointment.zone),
        ends_at=appointment.ends_at.astimezone(appointment.zone),
        patient_name=patient.display_name if patient else "",
        birth_date=patient.birth_date if patient else None,
        phone=numbers[0].number if numbers else "",
        kind=appointment.visit_type.short_name,
        place=_place(appointment),
        status="" if appointment.status == Status.BOOKED else appointment.get_status_display(),
        is_forced=appointment.is_forced,
        accompanied_by=appointment.accompanied_by,
    )


def _place(appointment: Appointment) -> str:
    """Say where: the address of a visit at home, "par téléphone", or the site."""
    home = getattr(appointment, "home_visit", None)
    if home is not None:
        return ", ".join(filter(None, (f"{home.address_line}, {home.postcode} {home.city}", home.access)))
    if appointment.visit_type.place != Place.SITE:
        return str(Place(appointment.visit_type.place).label)
    return str(appointment.site.name)

"""Gather a practice's next fortnight: all that the people at the counter need when the line is dead."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from decroche.kernel.interval import local_day
from decroche.patients.models import PatientPhone
from decroche.practices.models import Practice, Practitioner, Site
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import LONGEST, OCCUPYING_STATES, Absence, Appointment, VisitType
from decroche.ui.formats import phone

DAYS = 14
#: Bounds the page: a practice of ten practitioners with forty visits a day has 4,000.
MOST_APPOINTMENTS = 12_000


@dataclass(frozen=True, slots=True)
class Fortnight:
    """The content of the page, ready to be written as JSON, and how much of it there is."""

    first_day: date
    appointments: int
    content: dict[str, Any]


def fortnight_of(practice: Practice, *, now: datetime) -> Fortnight:
    """Read the fortnight that begins today on the practice's clock; 6 queries, whatever its size."""
    zone = ZoneInfo(practice.timezone)
    first = now.astimezone(zone).date()
    start, end = local_day(first, zone).start, local_day(first + timedelta(days=DAYS - 1), zone).end
    people = list(Practitioner.objects.filter(practice=practice, is_active=True))
    rows = _rows(practice, start, end)
    phones = _phones(row.patient_id for row in rows if row.patient_id)
    content = {
        "practice": _practice(practice),
        "madeAt": now.isoformat(),
        "firstDay": first.isoformat(),
        "days": DAYS,
        "practitioners": [{"id": person.pk, "name": person.display_name} for person in people],
        "types": [
            {"id": kind.pk, "name": kind.name, "minutes": kind.duration_minutes}
            for kind in VisitType.objects.filter(practice=practice, is_active=True)
        ],
        "appointments": [_line(row, zone, phones) for row in rows],
        "absences": [
            {
                "practitioner": absence.practitioner_id,
                "start": absence.starts_at.astimezone(zone).isoformat(),
                "end": absence.ends_at.astimezone(zone).isoformat(),
                "reason": absence.reason,
            }
            for absence in Absence.objects.filter(practice=practice, ends_at__gt=start, starts_at__lt=end)
        ],
    }
    return Fortnight(first, len(rows), content)


def _practice(practice: Practice) -> dict[str, Any]:
    site = Site.objects.filter(practice=practice, is_main=True).first()
    return {
        "id": practice.pk,
        "name": practice.name,
        "phone": practice.phone,
        "timezone": practice.timezone,
        "address": f"{site.address_line}, {site.postcode} {site.city}" if site else "",
    }


def _rows(practice: Practice, start: datetime, end: datetime) -> list[Appointment]:
    """Read what takes place, holds excepted: they are over before the page is read."""
    found = (
        Appointment.objects.filter(
            practice=practice,
            practitioner__is_active=True,
            status__in=OCCUPYING_STATES,
            patient__isnull=False,
            starts_at__gt=start - LONGEST,
            starts_at__lt=end,
            ends_at__gt=start,
        )
        .exclude(status=Status.HELD)
        .select_related("patient", "visit_type", "site")
        .order_by("starts_at", "practitioner_id")
    )
    return list(found[:MOST_APPOINTMENTS])


def _phones(patient_ids: Any) -> dict[int, str]:
    rows = PatientPhone.objects.filter(patient_id__in=set(patient_ids)).order_by("-position", "-pk")
    return dict(rows.values_list("patient_id", "number"))  # the first number comes last, and stays


def _line(row: Appointment, zone: ZoneInfo, phones: dict[int, str]) -> dict[str, Any]:
    patient = row.patient
    return {
        "id": row.pk,
        "version": row.version,
        "practitioner": row.practitioner_id,
        "start": row.starts_at.astimezone(zone).isoformat(),
        "minutes": int((row.ends_at - row.starts_at).total_seconds() // 60),
        "status": row.status,
        "type": row.visit_type.short_name or row.visit_type.name,
        "site": row.site.name,
        "patient": patient.display_name if patient else "",
        "born": patient.birth_date.isoformat() if patient else "",
        "phone": phone(phones[row.patient_id]) if row.patient_id in phones else "",
        "forced": row.is_forced,
        "with": row.accompanied_by,
    }

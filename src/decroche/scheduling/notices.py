"""Write to a patient about an appointment: when, with whom, where; never why, never a speciality.

Texts are in French, in the site's own time: who reads them is the practice's patient.
"""

from datetime import datetime
from typing import Final

from django.utils import translation

from decroche.notifications.actions.queue_notice import queue_notice
from decroche.patients.models import PatientPhone
from decroche.practices.models import Line
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment
from decroche.ui.formats import clock, phone, short_date

BOOKED: Final = "Rendez-vous noté {when} avec {who}, {where}. Un empêchement\u202f? Appelez le {number}."
MOVED: Final = (
    "Votre rendez-vous est déplacé {when} avec {who}, {where}. Un empêchement\u202f? Appelez le {number}."
)
CANCELLED: Final = (
    "Votre rendez-vous {when} avec {who} est annulé. Pour en reprendre un, appelez le {number}."
)
REMINDER: Final = (
    "Rappel\u202f: rendez-vous {when} avec {who}, {where}. Un empêchement\u202f? Appelez le {number}."
)


def write(appointment: Appointment, *, text: str, kind: str, now: datetime) -> bool:
    """Queue one text to the patient's first number; False when there is nobody to write to or it was written.

    The fact is this appointment in this version, so an order repeated by a crash sends nothing twice.
    """
    number = _mobile(appointment)
    if number is None:
        return False
    _, is_new = queue_notice(
        practice=appointment.practice,
        fact=f"appointment:{appointment.pk}:{appointment.version}",
        kind=kind,
        to=number,
        body=word(appointment, text, now=now),
        now=now,
    )
    return is_new


def word(appointment: Appointment, text: str, *, now: datetime) -> str:
    """Fill in a text, on the site's wall clock."""
    local = appointment.local_start
    line = Line.objects.filter(practice=appointment.practice_id, is_active=True).order_by("pk").first()
    with translation.override("fr"):
        return text.format(
            when=f"le {short_date(local.date(), this_year=now.year)} à {clock(local)}",
            who=appointment.practitioner.display_name,
            where=f"{appointment.site.address_line}, {appointment.site.city}",
            number=phone(line.number if line else appointment.practice.phone),
        )


def read(appointment_id: int, *, version: int | None) -> Appointment | None:
    """Read the appointment if it is still as the event said; a later event speaks for itself."""
    found: Appointment | None = (
        Appointment.objects.select_related("practice", "practitioner", "site")
        .filter(pk=appointment_id, patient__isnull=False)
        .first()
    )
    return found if found is not None and version in {None, found.version} else None


def is_worth_it(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether a patient can still use the news."""
    return appointment.starts_at > now and appointment.status in {Status.BOOKED, Status.CANCELLED}


def _mobile(appointment: Appointment) -> str | None:
    """Give the patient's first mobile number."""
    numbers = PatientPhone.objects.filter(patient_id=appointment.patient_id or 0).values_list(
        "number", flat=True
    )
    return next((number for number in numbers if _is_mobile(number)), None)


def _is_mobile(number: str) -> bool:
    """Tell a French mobile (mainland 06 and 07, overseas 069x) or any foreign number, which we cannot judge."""
    if number.startswith("+33"):
        return number[3:4] in {"6", "7"}
    overseas = ("+590", "+594", "+596", "+262", "+508")
    return number[4:6] in {"69", "63", "70"} if number.startswith(overseas) else number.startswith("+")

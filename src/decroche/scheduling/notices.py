"""Write to a patient about an appointment: when, with whom, where; never why, never a speciality.

Texts are in French, in the site's own time: who reads them is the practice's patient.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from django.utils import translation

from decroche.kernel.phone import NotAPhoneNumber
from decroche.notifications.actions.queue_notice import queue_notice
from decroche.notifications.domain.content import LONGEST_SMS, MedicalContent, TooLongForSms
from decroche.patients.models import PatientPhone
from decroche.practices.models import Line, Practice
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import Appointment, WaitingListOffer
from decroche.scheduling.ports import arrivals
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
MOVED_UP: Final = (
    "Votre rendez-vous est avancé {when} avec {who}, {where}. Celui qui était prévu {old} est annulé."
    " Un empêchement\u202f? Appelez le {number}."
)
OFFERED: Final = (
    "Un rendez-vous se libère {when} avec {who}, {where}. Pour le prendre, appelez le {number} avant {until}."
    " Il vous est gardé jusque-là."
)
AWAY_MOVED: Final = (
    "{absent} ne pourra pas vous recevoir {old}. Votre rendez-vous est déplacé {when} avec {who}, {where}."
    " Un empêchement\u202f? Appelez le {number}."
)
AWAY_CANCELLED: Final = (
    "{absent} ne pourra pas vous recevoir {old}\u202f: votre rendez-vous est annulé."
    " Pour en reprendre un, appelez le {number}."
)
LATE: Final = (
    "{who} a environ {delay} de retard aujourd’hui. Votre rendez-vous de {at} est maintenu, comptez {later}."
    " Une question\u202f? Appelez le {number}."
)


def write(appointment: Appointment, *, text: str, kind: str, now: datetime, **more: str) -> bool:
    """Queue one text to the patient's first number; False when there is nobody to write to or it was written.

    The fact is this appointment in this version, so an order repeated by a crash sends nothing twice.
    """
    number = mobile_of(appointment.patient_id)
    if number is None:
        return False
    _, is_new = queue_notice(
        practice=appointment.practice,
        fact=fact_of(appointment.pk, appointment.version),
        kind=kind,
        to=number,
        body=word(appointment, text, now=now, **more),
        now=now,
    )
    return is_new


def remind(appointment: Appointment, *, now: datetime) -> bool:
    """Queue the reminder, with the code by which the patient says "I am here" where the place takes it."""
    number = mobile_of(appointment.patient_id)
    if number is None:
        return False
    body = word(appointment, REMINDER, now=now)
    arrival = arrivals().words_for(appointment)
    whole = f"{body} {arrival}" if arrival and len(body) + len(arrival) < LONGEST_SMS else body
    fact = fact_of(appointment.pk, appointment.version)
    return tell(practice=appointment.practice, to=number, fact=fact, kind="reminder", body=whole, now=now)


def fact_of(appointment_id: int, version: int) -> str:
    """Name the appointment as it stands: it is written about once."""
    return f"appointment:{appointment_id}:{version}"


def write_offer(offer: WaitingListOffer, *, now: datetime) -> bool:
    """Propose a freed slot by text; False when the person has to be called instead.

    They read it in the practice's time, as they would hear it. Whatever keeps the text from leaving leaves a call to make.
    """
    appointment, practice = offer.hold, offer.entry.practice
    number = mobile_of(offer.entry.patient_id)
    if number is None:
        return False
    until = offer.expires_at.astimezone(appointment.zone)
    same_day = until.date() == now.astimezone(appointment.zone).date()
    with in_french():
        limit = clock(until) if same_day else at_words(until, now=now)
    return tell(
        practice=practice,
        to=number,
        fact=f"waiting-offer:{offer.pk}",
        kind="offer",
        body=word(appointment, OFFERED, now=now, until=limit),
        now=now,
    )


def write_or_call(
    appointment: Appointment,
    *,
    text: str,
    fact: str,
    kind: str,
    now: datetime,
    is_awaited: bool = False,
    **more: str,
) -> bool:
    """Write to the patient's mobile, once for the fact; False when the person has to be called instead."""
    number = mobile_of(appointment.patient_id)
    return number is not None and tell(
        practice=appointment.practice,
        to=number,
        fact=fact,
        kind=kind,
        body=word(appointment, text, now=now, **more),
        now=now,
        is_awaited=is_awaited,
    )


def tell(
    *, practice: Practice, to: str, fact: str, kind: str, body: str, now: datetime, is_awaited: bool = False
) -> bool:
    """Queue a text once for its fact; False when it may not or cannot leave, and somebody must call."""
    try:
        queue_notice(
            practice=practice, fact=fact, kind=kind, to=to, body=body, now=now, is_awaited=is_awaited
        )
    except (MedicalContent, TooLongForSms, NotAPhoneNumber):
        return False
    return True


def in_french() -> AbstractContextManager[None]:
    """Read and write as the practice's patients do, whatever language the screen speaks."""
    return translation.override("fr")


def at_words(moment: datetime, *, now: datetime) -> str:
    """Give "le mar. 24 nov. à 14 h 30"; the moment is on the clock to be read."""
    with in_french():
        return f"le {short_date(moment.date(), this_year=now.year)} à {clock(moment)}"


def word(appointment: Appointment, text: str, *, now: datetime, **more: str) -> str:
    """Fill in a text, on the site's wall clock."""
    local = appointment.local_start
    line = Line.objects.filter(practice=appointment.practice_id, is_active=True).order_by("pk").first()
    with in_french():
        return text.format(
            when=at_words(local, now=now),
            who=appointment.practitioner.display_name,
            where=f"{appointment.site.address_line}, {appointment.site.city}",
            number=phone(line.number if line else appointment.practice.phone),
            **more,
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


def mobile_of(patient_id: int | None) -> str | None:
    """Give the patient's first mobile number."""
    numbers = PatientPhone.objects.filter(patient_id=patient_id or 0).values_list("number", flat=True)
    return next((number for number in numbers if is_mobile(number)), None)


def is_mobile(number: str) -> bool:
    """Tell a French mobile (mainland 06 and 07, overseas 069x) or any foreign number, which we cannot judge."""
    if number.startswith("+33"):
        return number[3:4] in {"6", "7"}
    overseas = ("+590", "+594", "+596", "+262", "+508")
    return number[4:6] in {"69", "63", "70"} if number.startswith(overseas) else number.startswith("+")

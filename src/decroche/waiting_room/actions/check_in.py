"""Let a patient say "I am here" without being read by anybody: by code, or by name and birth date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce

from decroche.kernel.names import normalised
from decroche.notifications.queries import has_left
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.domain.refusals import Refusal
from decroche.scheduling.models import Appointment
from decroche.scheduling.notices import fact_of
from decroche.waiting_room.actions.give_ticket import give_ticket
from decroche.waiting_room.actions.say_status import say_status
from decroche.waiting_room.models import Device, Ticket
from decroche.waiting_room.queries.codes import appointment_of_code, code_for

#: A page that found nobody so many times in so long falls silent: it says what it says to strangers.
MOST_MISSES, WITHIN = 20, timedelta(minutes=10)
#: How long before and after the hour one may check in alone; outside, the front desk decides.
EARLIEST, LATEST = timedelta(hours=2), timedelta(hours=3)
MAY_CHECK_IN = [Status.BOOKED, Status.ARRIVED, Status.CALLED]


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody typed: a code, or a name and a birth date."""

    code: str = ""
    name: str = ""
    birth_date: date | None = None


def check_in(*, device: Device, identity: Identity, now: datetime, own_phone: bool = False) -> Ticket | None:
    """Note the arrival and give the number; asked again, give the same one.

    Nothing at all comes back for whoever is not expected here about now, for whatever reason: unknown, another day,
    another place, cancelled, gone, two people alike, or too many attempts. Only the front desk tells them apart.

    On somebody's `own_phone`, which may be anywhere, a name says nothing of whoever was sent a code: that code is in
    their hand already, and the answer is the one that strangers get.
    """
    if _is_silent(device, now):
        return None
    appointment = _expected(device, identity, now)
    if appointment is None or (own_phone and not identity.code and _has_a_code(appointment)):
        _note_miss(device, now)
        return None
    try:
        with transaction.atomic():
            if appointment.status == Status.BOOKED:
                say_status(
                    appointment_id=appointment.pk, status=Status.ARRIVED, version=None, by=None, now=now
                )
            return give_ticket(appointment=appointment, now=now)
    except Refusal:
        return None


def _expected(device: Device, identity: Identity, now: datetime) -> Appointment | None:
    """Find the one appointment that this can be; of several of one patient, the first to come that is not over."""
    rows = Appointment.objects.filter(
        practice_id=device.practice_id,
        site_id=device.site_id,
        status__in=MAY_CHECK_IN,
        starts_at__gt=now - LATEST,
        starts_at__lt=now + EARLIEST,
    ).select_related("patient", "practice")
    if identity.code:
        return rows.filter(pk=appointment_of_code(identity.code) or 0).first()
    if not identity.name or identity.birth_date is None:
        return None
    typed = _letters(identity.name)
    if not typed:
        return None
    alike = [
        row
        for row in rows.filter(patient__birth_date=identity.birth_date).order_by("starts_at", "pk")
        if row.patient and typed in {_letters(row.patient.birth_name), _letters(row.patient.used_name)}
    ]
    return alike[0] if len({row.patient_id for row in alike}) == 1 else None


def _has_a_code(appointment: Appointment) -> bool:
    """Tell whether a reminder of this appointment left with its code."""
    facts = [fact_of(appointment.pk, version) for version in range(1, appointment.version + 1)]
    return has_left(facts=facts, kind="reminder", saying=code_for(appointment))


def _letters(name: str) -> str:
    """Fold case, accents, hyphens and spaces."""
    return "".join(each for each in normalised(name) if each.isalnum())


def _is_silent(device: Device, now: datetime) -> bool:
    current = Device.objects.filter(pk=device.pk, misses__gte=MOST_MISSES, misses_since__gt=now - WITHIN)
    return current.exists()


def _note_miss(device: Device, now: datetime) -> None:
    """Count one more miss, in one statement: several pages may be at it."""
    recent = Q(misses_since__gt=now - WITHIN)
    Device.objects.filter(pk=device.pk).update(
        misses=Case(When(recent, then=F("misses") + 1), default=1),
        misses_since=Case(When(recent, then=Coalesce(F("misses_since"), now)), default=now),
    )

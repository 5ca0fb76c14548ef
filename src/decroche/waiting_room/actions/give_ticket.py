"""Give the number by which somebody will be called."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Max

from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.models import Appointment
from decroche.waiting_room.domain.display import letter_of
from decroche.waiting_room.models import Ticket

_LOCK_SPACE = 0x5449434B  # "TICK"


def give_ticket(*, appointment: Appointment, now: datetime) -> Ticket:
    """Return the appointment's ticket, made now if it has none: the practitioner's letter, the day's next number.

    Tickets of one practice are given one at a time, so that no number is given twice and none is skipped.
    """
    known: Ticket | None = Ticket.objects.filter(appointment_id=appointment.pk).first()
    if known is not None:
        return known
    day = now.astimezone(ZoneInfo(appointment.practice.timezone)).date()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, appointment.practice_id % 2**31]
            )
        meanwhile: Ticket | None = Ticket.objects.filter(appointment_id=appointment.pk).first()
        if meanwhile is not None:
            return meanwhile
        letter = _letter(appointment)
        given = Ticket.objects.filter(practice_id=appointment.practice_id, day=day, letter=letter)
        number = (given.aggregate(last=Max("number"))["last"] or 0) + 1
        ticket: Ticket = Ticket.objects.create(
            practice_id=appointment.practice_id,
            appointment=appointment,
            day=day,
            letter=letter,
            number=number,
        )
        hint("waiting-room", practice_id=appointment.practice_id)
        return ticket


def _letter(appointment: Appointment) -> str:
    colleagues = Practitioner.objects.filter(practice_id=appointment.practice_id).values_list("pk", flat=True)
    return letter_of(list(colleagues).index(appointment.practitioner_id))

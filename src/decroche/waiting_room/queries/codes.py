"""The code of an appointment, for a reminder, a confirmation or a QR to carry."""

from django.utils.crypto import salted_hmac

from decroche.scheduling.models import Appointment
from decroche.waiting_room.domain.codes import seal, unseal


def code_for(appointment: Appointment) -> str:
    """Give the code by which the patient says "I am here": opaque, the same each time, good for this house only."""
    return seal(appointment.pk, key=_key())


def appointment_of_code(code: str) -> int | None:
    """Give the id that a code was made for, or nothing; whether it exists, and where, is the caller's to look up."""
    return unseal(code, key=_key())


def _key() -> bytes:
    return salted_hmac("decroche.waiting_room.code", b"", algorithm="sha256").digest()

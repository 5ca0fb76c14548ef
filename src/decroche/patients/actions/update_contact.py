"""Change how a patient is reached, and the practical note about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.kernel import phone as phones
from decroche.patients.events import PatientChanged
from decroche.patients.models import Patient, PatientPhone

MOST_NUMBERS = 4


@dataclass(frozen=True, slots=True)
class Reach:
    """One number, as typed or in E.164, and whose it is ("domicile", "sa mère")."""

    number: str
    label: str = ""


def update_contact(
    *, patient: Patient, reaches: Sequence[Reach], email: str, notes_allowed: str, now: datetime
) -> Patient:
    """Replace the numbers, the address and the note; the first number is the one to try first.

    Raises:
        NotAPhoneNumber: a number that cannot be one in the practice's region.

    """
    region = patient.practice.country_code
    wanted = {phones.parse(reach.number, region=region): reach.label for reach in reaches[:MOST_NUMBERS]}
    with transaction.atomic():
        Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
        PatientPhone.objects.filter(patient=patient).delete()
        PatientPhone.objects.bulk_create(
            PatientPhone(patient=patient, number=number, label=label, position=position)
            for position, (number, label) in enumerate(wanted.items())
        )
        patient.email, patient.notes_allowed, patient.updated_at = email, notes_allowed, now
        patient.save(update_fields=["email", "notes_allowed", "updated_at"], numbers=list(wanted))
        publish(PatientChanged(patient_id=patient.pk, practice_id=patient.practice_id, at=now))
        hint("patient", practice_id=patient.practice_id, patient_id=patient.pk)
    return patient

"""Make patients in one line."""

from datetime import date
from typing import Any

from decroche.patients.models import Patient, PatientPhone
from decroche.practices.models import Practice


def make_patient(*, practice: Practice, phones: tuple[str, ...] = (), **fields: Any) -> Patient:
    known = {"birth_name": "Morel", "first_names": "Jeanne", "birth_date": date(1984, 3, 12)}
    patient = Patient(practice=practice, **known | fields)
    patient.save(numbers=list(phones))
    PatientPhone.objects.bulk_create(
        PatientPhone(patient=patient, number=number, position=position)
        for position, number in enumerate(phones)
    )
    return patient

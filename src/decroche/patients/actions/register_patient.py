"""Open a record for somebody whom the practice did not know."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.kernel import phone as phones
from decroche.patients.domain.identity import clean_name
from decroche.patients.events import PatientRegistered
from decroche.patients.models import Patient, PatientPhone, Sex
from decroche.patients.queries import PatientHit, resembling
from decroche.practices.models import Practice


class ResemblingPatient(Exception):
    """Somebody born the same day has a name that sounds alike; ``hits`` says who."""

    def __init__(self, hits: Sequence[PatientHit]) -> None:
        super().__init__(f"{len(hits)} resembling")
        self.hits = list(hits)


def register_patient(
    *,
    practice: Practice,
    birth_name: str,
    used_name: str = "",
    first_names: str,
    birth_date: date,
    sex: str = Sex.UNKNOWN,
    phone: str = "",
    email: str = "",
    notes_allowed: str = "",
    created_by: User | None,
    now: datetime,
    is_another_person: bool = False,
) -> Patient:
    """Open a record; its identity stays provisional, since it was only heard.

    Raises:
        UnusableName: a name that cannot be one.
        NotAPhoneNumber: a number that cannot be one in the practice's region.
        ResemblingPatient: perhaps known already, and ``is_another_person`` was not said.

    """
    birth_name, first_names = clean_name(birth_name), clean_name(first_names)
    used_name = clean_name(used_name) if used_name.strip() else ""
    used_name = "" if used_name.casefold() == birth_name.casefold() else used_name
    number = phones.parse(phone, region=practice.country_code) if phone.strip() else ""
    if not is_another_person:
        hits = resembling(
            practice.pk,
            birth_name=birth_name,
            used_name=used_name,
            first_names=first_names,
            birth_date=birth_date,
        )
        if hits:
            raise ResemblingPatient(hits)
    patient = Patient(
        practice=practice,
        birth_name=birth_name,
        used_name=used_name,
        first_names=first_names,
        birth_date=birth_date,
        sex=sex,
        email=email,
        notes_allowed=notes_allowed,
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    with transaction.atomic():
        patient.save(numbers=[number] if number else [])
        if number:
            PatientPhone.objects.create(patient=patient, number=number)
        publish(PatientRegistered(patient_id=patient.pk, practice_id=practice.pk, at=now))
        hint("patient", practice_id=practice.pk, patient_id=patient.pk)
    return patient

"""Correct a name, a birth date or a sex that was misheard."""

from datetime import date, datetime

from django.db import transaction

from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.patients.domain.identity import clean_name
from decroche.patients.events import PatientChanged
from decroche.patients.models import IdentityStatus, Patient


class IdentityIsQualified(Exception):
    """The identity was verified against the national base; the telephone may not change it."""


def correct_identity(
    *,
    patient: Patient,
    birth_name: str,
    used_name: str,
    first_names: str,
    birth_date: date,
    sex: str,
    now: datetime,
) -> Patient:
    """Rewrite the traits of a provisional identity.

    Raises:
        UnusableName: a name that cannot be one.
        IdentityIsQualified: it is no longer ours to change.

    """
    with transaction.atomic():
        current = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
        if current.identity_status != IdentityStatus.PROVISIONAL:
            raise IdentityIsQualified
        current.birth_name, current.first_names = clean_name(birth_name), clean_name(first_names)
        current.used_name = clean_name(used_name) if used_name.strip() else ""
        if current.used_name.casefold() == current.birth_name.casefold():
            current.used_name = ""
        current.birth_date, current.sex, current.updated_at = birth_date, sex, now
        current.save()
        publish(PatientChanged(patient_id=current.pk, practice_id=current.practice_id, at=now))
        hint("patient", practice_id=current.practice_id, patient_id=current.pk)
    return current

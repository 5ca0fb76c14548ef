"""Keep when and with whom a patient would rather come."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.refusals import NotOfThisPractice
from decroche.scheduling.models import PatientPreference

LONGEST_NAME = 80
_SUNDAY = 6


def set_preference(
    *,
    patient: Patient,
    by: User,
    now: datetime,
    practitioner: Practitioner | None = None,
    half_day: str = "",
    weekdays: Iterable[int] = (),
    accompanied_by: str = "",
) -> PatientPreference:
    """Write it, in place of what was there; everything empty says that the patient does not mind.

    Raises `NotOfThisPractice`, or `ValueError` for a half-day or a weekday that is none.
    """
    del by, now
    days = sorted(set(weekdays))
    if half_day not in PatientPreference.HalfDay.values or any(not 0 <= day <= _SUNDAY for day in days):
        raise ValueError(f"no such half-day or weekday: {half_day!r}, {days}")
    if practitioner is not None and practitioner.practice_id != patient.practice_id:
        raise NotOfThisPractice
    with transaction.atomic():
        preference, _ = PatientPreference.objects.update_or_create(
            patient=patient,
            defaults={
                "practitioner": practitioner,
                "half_day": half_day,
                "weekdays": days,
                "accompanied_by": " ".join(accompanied_by.split())[:LONGEST_NAME],
            },
        )
        hint("patient", practice_id=patient.practice_id, patient_id=patient.pk)
    return preference

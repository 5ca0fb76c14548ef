"""Take back a record that was opened by mistake."""

from datetime import datetime

from django.db import transaction

from decroche.foundation.live import hint
from decroche.patients.models import Patient


def withdraw_patient(*, patient_id: int, opened_at: datetime) -> bool:
    """Delete the record if it is still as it was opened at `opened_at` and nothing speaks of it; tell whether it went."""
    with transaction.atomic():
        patient = (
            Patient.objects.select_for_update(of=("self",))
            .filter(pk=patient_id, created_at=opened_at, updated_at=opened_at)
            .first()
        )
        if patient is None or _is_spoken_of(patient):
            return False
        hint("patient", practice_id=patient.practice_id, patient_id=patient.pk)
        patient.delete()
    return True


def _is_spoken_of(patient: Patient) -> bool:
    """Look at every table that names patients, but for the record's own telephone numbers."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: patient}).exists()  # noqa: SLF001
        for relation in patient._meta.related_objects  # noqa: SLF001
        if relation.get_accessor_name() != "phones"
    )

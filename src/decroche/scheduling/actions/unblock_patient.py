"""Receive a patient again."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.block_patient import tell
from decroche.scheduling.domain.refusals import NotTheirDecision
from decroche.scheduling.models import PatientBlock


def unblock_patient(*, patient: Patient, practitioner: Practitioner, by: User, now: datetime) -> bool:
    """End the refusal in force, keeping that it was; False when there is none. Raises `NotTheirDecision`."""
    if practitioner.user_id != by.pk:
        raise NotTheirDecision
    with transaction.atomic():
        block = (
            PatientBlock.objects.select_for_update(of=("self",))
            .select_related("practitioner")
            .filter(patient=patient, practitioner=practitioner, ended_at__isnull=True)
            .first()
        )
        if block is None:
            return False
        block.ended_at, block.ended_by = now, by
        block.save(update_fields=["ended_at", "ended_by"])
        tell(block, is_blocked=False, by=by, now=now)
        return True

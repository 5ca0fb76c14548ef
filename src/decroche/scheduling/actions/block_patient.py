"""Refuse a patient from now on: a practitioner's own decision, never the software's."""

from datetime import datetime

from django.db import connection, transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.refusals import NotOfThisPractice, NotTheirDecision, ReasonMissing
from decroche.scheduling.events import PatientBlockChanged
from decroche.scheduling.models import PatientBlock

LONGEST_REASON = 120

_INSERT = """
INSERT INTO scheduling_patientblock (patient_id, practitioner_id, reason, since, decided_by_id)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""


def block_patient(
    *, patient: Patient, practitioner: Practitioner, reason: str, by: User, now: datetime
) -> PatientBlock:
    """Give the patient no more of the practitioner's appointments; those already given stay. Asked twice, once.

    Raises `NotTheirDecision` (only the practitioner decides), `ReasonMissing` or `NotOfThisPractice`.
    """
    if patient.practice_id != practitioner.practice_id:
        raise NotOfThisPractice
    if practitioner.user_id != by.pk:
        raise NotTheirDecision
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [patient.pk, practitioner.pk, reason, now, by.pk])
            is_new = cursor.rowcount == 1
        block: PatientBlock = PatientBlock.objects.get(
            patient=patient, practitioner=practitioner, ended_at__isnull=True
        )
        if is_new:
            tell(block, is_blocked=True, by=by, now=now)
        return block


def tell(block: PatientBlock, *, is_blocked: bool, by: User, now: datetime) -> None:
    """Publish the decision and let the screens that show the patient read again."""
    practice_id = block.practitioner.practice_id
    publish(
        PatientBlockChanged(
            practice_id=practice_id,
            practitioner_id=block.practitioner_id,
            patient_id=block.patient_id,
            is_blocked=is_blocked,
            by_id=by.pk,
            at=now,
        )
    )
    hint("patient", practice_id=practice_id, patient_id=block.patient_id)

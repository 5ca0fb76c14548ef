"""Give an absence other hours, another reason or another locum; the row stays the same one."""

from datetime import datetime
from typing import Any

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.events import publish
from decroche.foundation.live import hint
from decroche.practices.models import Practitioner
from decroche.scheduling.actions.record_absence import RecordedAbsence, check_absence, standing
from decroche.scheduling.events import AbsenceRecorded, AbsenceRemoved
from decroche.scheduling.models import Absence


def change_absence(
    *,
    absence_id: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    locum: Practitioner | None,
    by: User | None,
    now: datetime,
) -> RecordedAbsence:
    """Write the absence anew: what it leaves open is proposed as freed, what it now closes is given back to deal with.

    Raises `AbsenceEndsBeforeItStarts`, `NotOfThisPractice`, `OwnLocum` or `Absence.DoesNotExist`.
    """
    with transaction.atomic():
        absence = (
            Absence.objects.select_for_update(of=("self",)).select_related("practitioner").get(pk=absence_id)
        )
        check_absence(practitioner=absence.practitioner, starts_at=starts_at, ends_at=ends_at, locum=locum)
        known: dict[str, Any] = {
            "absence_id": absence.pk,
            "practice_id": absence.practice_id,
            "practitioner_id": absence.practitioner_id,
            "by_id": by.pk if by else None,
            "at": now,
        }
        publish(AbsenceRemoved(starts_at=absence.starts_at, ends_at=absence.ends_at, **known))
        absence.starts_at, absence.ends_at, absence.reason, absence.locum = starts_at, ends_at, reason, locum
        absence.save(update_fields=["starts_at", "ends_at", "reason", "locum"])
        touched = standing(absence.practitioner, starts_at, ends_at, now)
        touched_ids = tuple(appointment.pk for appointment in touched)
        publish(AbsenceRecorded(starts_at=starts_at, ends_at=ends_at, touched_ids=touched_ids, **known))
        hint("agenda", practice_id=absence.practice_id, practitioner_id=absence.practitioner_id)
    return RecordedAbsence(absence, touched)

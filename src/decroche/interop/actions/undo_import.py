"""Take an import back: what it made and nobody has touched since goes, the rest stays and says so."""

from datetime import datetime

from django.db import transaction

from decroche.foundation.live import hint
from decroche.interop.actions.run_import import BATCH, absence_words
from decroche.interop.models import ImportLine, ImportRun
from decroche.patients.actions.withdraw_patient import withdraw_patient
from decroche.scheduling.actions.remove_absence import remove_absence
from decroche.scheduling.actions.take_back_import import take_back_import
from decroche.scheduling.models import Absence

_TOUCHED = "touched"


def undo_import(*, run_id: int, now: datetime) -> bool:
    """Take the next batch back; False when nothing is left. Records that it opened go last, once nothing names them."""
    with transaction.atomic():
        run: ImportRun = (
            ImportRun.objects.select_for_update(of=("self",))
            .select_related("practice", "undone_by")
            .get(pk=run_id)
        )
        if run.state != ImportRun.State.UNDOING:
            return False
        lines = list(
            ImportLine.objects.filter(run=run, outcome=ImportLine.Outcome.DONE).order_by("position")[:BATCH]
        )
        if not lines:
            _withdraw_patients(run)
            run.state = ImportRun.State.UNDONE
            run.save(update_fields=["state"])
            return False
        _take_back(run, lines, now)
        run.done_count += len(lines)
        run.save(update_fields=["done_count"])
        hint("imports", practice_id=run.practice_id, run_id=run.pk)
    return True


def _take_back(run: ImportRun, lines: list[ImportLine], now: datetime) -> None:
    gone = take_back_import(
        practice=run.practice,
        appointment_ids=[line.appointment_id for line in lines if line.appointment_id is not None],
        by=run.undone_by,
        now=now,
    )
    absences = Absence.objects.in_bulk([line.absence_id for line in lines if line.absence_id is not None])
    for line in lines:
        if line.appointment_id in gone:
            line.outcome = ImportLine.Outcome.UNDONE
        elif line.absence_id is not None and _is_untouched(line, absences.get(line.absence_id)):
            remove_absence(absence_id=line.absence_id, by=run.undone_by, now=now)
            line.outcome = ImportLine.Outcome.UNDONE
        else:
            line.outcome, line.why = ImportLine.Outcome.KEPT, _TOUCHED
    ImportLine.objects.bulk_update(lines, ["outcome", "why"])


def _is_untouched(line: ImportLine, absence: Absence | None) -> bool:
    return absence is not None and (
        absence.practitioner_id,
        absence.starts_at,
        absence.ends_at,
        absence.reason,
        absence.kind,
        absence.locum_id,
    ) == (
        line.practitioner_id,
        line.starts_at,
        line.ends_at,
        absence_words(line),
        Absence.Kind.ABSENCE,
        None,
    )


def _withdraw_patients(run: ImportRun) -> None:
    """Delete the records that this import opened and that nothing speaks of any more."""
    if run.started_at is None:
        return
    opened = ImportLine.objects.filter(run=run, made_patient=True, patient__isnull=False)
    for patient_id in set(opened.values_list("patient_id", flat=True)):
        withdraw_patient(patient_id=patient_id, opened_at=run.started_at)

"""Let a person decide what a line of a draft becomes."""

from datetime import date

from django.db import transaction

from decroche.interop.actions.start_import import NotNow
from decroche.interop.domain.plan import Note
from decroche.interop.models import ImportLine, ImportRun


def decide_line(
    *,
    line_id: int,
    what: str,
    patient_id: int | None = None,
    born: date | None = None,
    visit_type_id: int | None = None,
) -> ImportLine:
    """Write the decision; the lines that name the same person follow it. Raises `NotNow` once the import has begun.

    `patient_id` names who comes; without it a visit opens a new record for the person born on `born`.
    """
    with transaction.atomic():
        line: ImportLine = (
            ImportLine.objects.select_for_update(of=("self",)).select_related("run").get(pk=line_id)
        )
        if line.run.state != ImportRun.State.DRAFT or line.starts_at is None or line.ends_at is None:
            raise NotNow
        _write(line, what, patient_id, born, visit_type_id or line.run.visit_type_id)
        if what == ImportLine.What.APPOINTMENT:
            same = ImportLine.objects.filter(
                run=line.run,
                who=ImportLine.Who.UNDECIDED,
                birth_name=line.birth_name,
                first_names=line.first_names,
                outcome="",
            )
            for other in same.exclude(pk=line.pk):
                if other.birth_date in {None, line.birth_date}:
                    _write(other, what, patient_id, born, other.visit_type_id)
    return line


def _write(
    line: ImportLine, what: str, patient_id: int | None, born: date | None, visit_type_id: int | None
) -> None:
    line.what = what
    if what == ImportLine.What.APPOINTMENT:
        line.practitioner_id = line.practitioner_id or line.run.practitioner_id
        line.visit_type_id = visit_type_id
        line.patient_id = patient_id
        line.who = ImportLine.Who.KNOWN if patient_id else ImportLine.Who.NEW
        line.birth_date = born or line.birth_date
    else:
        line.practitioner_id = line.practitioner_id or line.run.practitioner_id
        line.patient_id, line.who, line.visit_type_id = None, ImportLine.Who.NOBODY, None
    asked = {Note.ALIKE.value, Note.NO_BIRTH_DATE.value, Note.NAMESAKE.value, Note.BY_HAND.value}
    line.notes = [note for note in line.notes if note not in asked] + [Note.BY_HAND.value]
    line.save()

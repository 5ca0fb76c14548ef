"""Write an import into the agenda, batch by batch, and keep what became of each line."""

from datetime import datetime

from django.db import transaction

from decroche.accounts.models import User
from decroche.foundation.live import hint
from decroche.interop.actions._people import People
from decroche.interop.domain.lines import Person
from decroche.interop.models import ImportLine, ImportRun
from decroche.kernel.phone import NotAPhoneNumber
from decroche.patients.actions.register_patient import register_patient
from decroche.patients.domain.identity import UnusableName
from decroche.scheduling.actions.import_appointments import (
    IMPORTABLE,
    ImportedAppointment,
    import_appointments,
)
from decroche.scheduling.actions.record_absence import record_absence
from decroche.scheduling.domain.appointment import Status

#: Lines written in one transaction: their rows are locked together, and a killed worker loses at most these.
BATCH = 40
_TAKEN, _UNDECIDED, _BAD_NAME = "taken", "undecided", "bad-name"


def run_import(*, run_id: int, now: datetime) -> bool:
    """Write the next batch of a run that was started; False when nothing is left to write.

    Each batch is one transaction, so a job that died is simply run again: lines that have an outcome are not touched.
    """
    with transaction.atomic():
        run: ImportRun = (
            ImportRun.objects.select_for_update(of=("self",))
            .select_related("practice", "site", "created_by")
            .get(pk=run_id)
        )
        if run.state not in {ImportRun.State.QUEUED, ImportRun.State.RUNNING}:
            return False
        lines = list(
            ImportLine.objects.filter(run=run, outcome="")
            .select_related("practitioner", "patient")
            .order_by("position")[:BATCH]
        )
        if not lines:
            run.state, run.finished_at = ImportRun.State.DONE, now
            run.save(update_fields=["state", "finished_at"])
            return False
        _write(run, lines, run.created_by, now)
        run.state = ImportRun.State.RUNNING
        run.done_count += len(lines)
        run.save(update_fields=["state", "done_count"])
        hint("imports", practice_id=run.practice_id, run_id=run.pk)
    return True


def _write(run: ImportRun, lines: list[ImportLine], by: User | None, now: datetime) -> None:
    outcome = ImportLine.Outcome
    for line in lines:
        if line.what == ImportLine.What.IGNORED:
            line.outcome = outcome.IGNORED
        elif line.what == ImportLine.What.ABSENCE:
            _write_absence(line, by, now)
    _find_patients(run, lines, by)
    visits = [line for line in lines if line.what == ImportLine.What.APPOINTMENT and not line.outcome]
    made = import_appointments(
        practice=run.practice, rows=[_row(run, line) for line in visits], by=by, now=now
    )
    for line in visits:
        line.appointment_id = made.get(_key(line))
        line.outcome = outcome.REFUSED if line.appointment_id is None else outcome.DONE
        line.why = _TAKEN if line.appointment_id is None else ""
    ImportLine.objects.bulk_update(
        lines, ["outcome", "why", "appointment", "absence_id", "patient", "made_patient"]
    )


def _write_absence(line: ImportLine, by: User | None, now: datetime) -> None:
    if line.practitioner is None or line.starts_at is None or line.ends_at is None:
        line.outcome, line.why = ImportLine.Outcome.REFUSED, _UNDECIDED
        return
    recorded = record_absence(
        practitioner=line.practitioner,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        reason=absence_words(line),
        by=by,
        now=now,
    )
    line.absence_id, line.outcome = recorded.absence.pk, ImportLine.Outcome.DONE


def absence_words(line: ImportLine) -> str:
    """Give what an imported absence says: its title, unless that is somebody's name."""
    return "" if line.birth_name else line.title[:120]


def _find_patients(run: ImportRun, lines: list[ImportLine], by: User | None) -> None:
    """Give each visit its patient; open the record of who is new, once, however many lines name them."""
    undecided = [
        line
        for line in lines
        if line.what == ImportLine.What.APPOINTMENT
        and (line.who not in {ImportLine.Who.KNOWN, ImportLine.Who.NEW} or _is_short(line))
    ]
    for line in undecided:
        line.outcome, line.why = ImportLine.Outcome.REFUSED, _UNDECIDED
    new = [
        line
        for line in lines
        if line.who == ImportLine.Who.NEW and line.what == ImportLine.What.APPOINTMENT and not line.outcome
    ]
    opened: dict[tuple[str, object], int] = {}
    people = People(run.practice_id, [_person(line) for line in new])
    for line in new:
        person = _person(line)
        key = (f"{line.birth_name}|{line.first_names}".casefold(), line.birth_date)
        line.patient_id = opened.get(key) or people.exact(person)
        if line.patient_id is None:
            _register(run, line, by)
        if line.patient_id is not None:
            opened[key] = line.patient_id


def _is_short(line: ImportLine) -> bool:
    """Tell whether something that an appointment needs is missing."""
    return (
        line.practitioner_id is None
        or line.visit_type_id is None
        or (line.who == ImportLine.Who.KNOWN and line.patient_id is None)
        or (line.who == ImportLine.Who.NEW and line.birth_date is None)
    )


def _register(run: ImportRun, line: ImportLine, by: User | None) -> None:
    if line.birth_date is None or run.started_at is None:
        return
    for phone in (line.phone, ""):
        try:
            patient = register_patient(
                practice=run.practice,
                birth_name=line.birth_name,
                first_names=line.first_names,
                birth_date=line.birth_date,
                phone=phone,
                created_by=by,
                now=run.started_at,
                is_another_person=True,
            )
        except NotAPhoneNumber:
            continue
        except UnusableName:
            line.outcome, line.why = ImportLine.Outcome.REFUSED, _BAD_NAME
            return
        line.patient_id, line.made_patient = patient.pk, True
        return


def _person(line: ImportLine) -> Person:
    return Person(line.birth_name, line.first_names, line.birth_date, line.phone)


def _key(line: ImportLine) -> str:
    return f"import:{line.run_id}:{line.position}"


def _row(run: ImportRun, line: ImportLine) -> ImportedAppointment:
    if line.starts_at is None or line.ends_at is None:
        raise ValueError("a line without its time is never an appointment")
    status = Status(line.status)
    return ImportedAppointment(
        key=_key(line),
        practitioner_id=line.practitioner_id or 0,
        site_id=run.site_id,
        visit_type_id=line.visit_type_id or 0,
        patient_id=line.patient_id or 0,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        status=status if status in IMPORTABLE else Status.BOOKED,
    )

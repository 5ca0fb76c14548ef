"""Write the patients with the keys that find them again."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from decroche.demo.catalogue import CABINETS
from decroche.demo.copying import copy_rows
from decroche.demo.dice import dice_for
from decroche.demo.loading.stage import Stage
from decroche.demo.people import Person
from decroche.demo.plan import Cabinet
from decroche.patients.domain.keys import search_keys
from decroche.patients.models import Patient, PatientPhone

_PATIENT = (
    "id", "practice_id", "birth_name", "used_name", "first_names", "birth_date", "sex", "birthplace_code", "email",
    "identity_status", "notes_allowed", "created_by_id", "created_at", "updated_at", "name_key", "first_key", "search_tokens",
)  # fmt: skip


def write_patients(stage: Stage) -> int:
    """Write every practice's patients and their numbers; return how many patients."""
    for cabinet in CABINETS:
        ids = [stage.ids.next(Patient) for _ in stage.people[cabinet.key]]
        stage.first_patient[cabinet.key] = ids[0]
    written = copy_rows(Patient, _PATIENT, (row for cabinet in CABINETS for row in _rows(stage, cabinet)))
    copy_rows(PatientPhone, ("id", "patient_id", "number", "label", "position"), _phones(stage))
    return written


def _rows(stage: Stage, cabinet: Cabinet) -> Iterator[tuple[Any, ...]]:
    practice = stage.practices[cabinet.key]
    dice = dice_for("registered", cabinet.key)
    seen = stage.known_since[cabinet.key]
    for rank, person in enumerate(stage.people[cabinet.key]):
        day = min(person.registered, seen.get(rank, dt.date.max))
        at = dt.datetime.combine(day, dt.time(dice.randint(8, 17), dice.randint(0, 59)), tzinfo=dt.UTC)
        at = min(at, stage.now - dt.timedelta(hours=1))
        yield _row(person, stage.patient(cabinet.key, rank), practice, at)


def _row(person: Person, id_: int, practice: int, at: dt.datetime) -> tuple[Any, ...]:
    found = search_keys(
        practice_id=practice,
        birth_name=person.birth_name,
        used_name=person.used_name,
        first_names=person.first_names,
        numbers=[number for number, _ in person.phones],
    )
    return (
        id_, practice, person.birth_name, person.used_name, person.first_names, person.birth_date, person.sex, person.birthplace,
        person.email, person.identity, person.note, None, at, at, found.name_key, found.first_key, list(found.tokens),
    )  # fmt: skip


def _phones(stage: Stage) -> Iterator[tuple[Any, ...]]:
    for cabinet in CABINETS:
        for rank, person in enumerate(stage.people[cabinet.key]):
            for position, (number, label) in enumerate(dict(person.phones).items()):
                yield stage.ids.next(PatientPhone), stage.patient(cabinet.key, rank), number, label, position

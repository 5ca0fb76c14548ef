"""What the agenda knows of one patient: who has seen them, what they missed, what they prefer, who refuses them."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from decroche.foundation.statements import columns, row, rows, split
from decroche.foundation.tenancy import scope_ids
from decroche.patients.models import Patient
from decroche.practices.models import Practitioner
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import (
    AgendaSettings,
    HomeVisit,
    PatientBlock,
    PatientPreference,
)

#: A visit in one of these states did not make the patient known to the practitioner.
_NOT_SEEN = (Status.HELD, Status.RELEASED, Status.CANCELLED, Status.NO_SHOW)
_SCOPED = "(%(scope)s::bigint[] IS NULL OR {row}.practice_id = ANY(%(scope)s::bigint[]))"

# Whether anybody refuses them, and who received them or waited in vain, how often.
_MET = f"""
SELECT EXISTS (SELECT 1 FROM scheduling_patientblock WHERE patient_id = %(patient)s AND ended_at IS NULL),
       array_agg(x.practitioner_id), array_agg(x.seen), array_agg(x.missed)
FROM (
    SELECT a.practitioner_id,
           count(*) FILTER (WHERE a.status NOT IN ({", ".join(f"'{state.value}'" for state in _NOT_SEEN)})) AS seen,
           count(*) FILTER (WHERE a.status = 'no_show') AS missed
    FROM scheduling_appointment a
    WHERE a.patient_id = %(patient)s AND {_SCOPED.format(row="a")}
    GROUP BY a.practitioner_id
) x
"""  # noqa: S608 — the states are our own constants


@cache
def _patient_sql() -> str:
    return f"""
SELECT {columns(Patient, "p")}, {columns(PatientPreference, "f")}, {columns(Practitioner, "w")}
FROM patients_patient p
LEFT JOIN scheduling_patientpreference f ON f.patient_id = p.id
LEFT JOIN practices_practitioner w ON w.id = f.practitioner_id
WHERE p.id = %(patient)s AND p.practice_id = %(practice)s AND {_SCOPED.format(row="p")}
"""  # noqa: S608 — our own columns


@dataclass(frozen=True, slots=True)
class Block:
    """A practitioner's decision not to give this patient appointments."""

    practitioner_id: int
    practitioner_name: str
    reason: str
    since: datetime
    decided_by: str


@dataclass(frozen=True, slots=True)
class PatientInAgenda:
    """One patient, as the booking strip needs them."""

    patient: Patient
    known_to: frozenset[int]
    missed: dict[int, int]
    blocks: dict[int, Block]
    preference: PatientPreference | None
    #: Practitioners who asked to be told, with the number of missed appointments.
    to_tell: dict[int, int] = field(default_factory=dict)

    def is_new_to(self, practitioner_id: int) -> bool:
        """Tell whether that practitioner has never received them."""
        return practitioner_id not in self.known_to


def patient_in_agenda(*, patient_id: int, practice_id: int) -> PatientInAgenda | None:
    """Read what the agenda knows of a patient; 2 queries, one more where someone refuses them or they missed a visit."""
    values = {"patient": patient_id, "practice": practice_id, "scope": scope_ids()}
    found = row(_patient_sql(), values)
    if found is None:
        return None
    patient, preference, preferred = split(found, Patient, PatientPreference, Practitioner)
    if preference is not None:
        preference.patient, preference.practitioner = patient, preferred
    ((is_refused, *counts),) = rows(_MET, values)
    met = list(zip(*(each or () for each in counts), strict=True))
    missed = {who: absences for who, _seen, absences in met if absences}
    return PatientInAgenda(
        patient=patient,
        known_to=frozenset(who for who, seen, _absences in met if seen),
        missed=missed,
        blocks=blocks_of(patient_id=patient.pk) if is_refused else {},
        preference=preference,
        to_tell=_to_tell(missed),
    )


def blocks_of(*, patient_id: int) -> dict[int, Block]:
    """Give the decisions in force about a patient, by practitioner; 1 query."""
    found = PatientBlock.objects.filter(patient_id=patient_id, ended_at__isnull=True).select_related(
        "practitioner", "decided_by"
    )
    return {
        block.practitioner_id: Block(
            block.practitioner_id,
            block.practitioner.display_name,
            block.reason,
            block.since,
            block.decided_by.display_name,
        )
        for block in found
    }


def last_home(*, patient_id: int) -> HomeVisit | None:
    """Give where the last visit at home took place, so that nobody asks for the address twice; 1 query."""
    found: HomeVisit | None = (
        HomeVisit.objects.filter(appointment__patient_id=patient_id)
        .order_by("-appointment__starts_at")
        .first()
    )
    return found


def _to_tell(missed: dict[int, int]) -> dict[int, int]:
    if not missed:
        return {}
    limits = AgendaSettings.objects.filter(
        practitioner_id__in=missed, no_show_threshold__isnull=False
    ).values_list("practitioner_id", "no_show_threshold")
    return {id_: missed[id_] for id_, limit in limits if limit is not None and missed[id_] >= limit}

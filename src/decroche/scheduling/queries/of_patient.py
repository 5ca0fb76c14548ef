"""What the agenda knows of one patient: who has seen them, what they missed, what they prefer, who refuses them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from decroche.patients.models import Patient
from decroche.scheduling.domain.appointment import Status
from decroche.scheduling.models import (
    AgendaSettings,
    Appointment,
    HomeVisit,
    PatientBlock,
    PatientPreference,
)

#: A visit in one of these states did not make the patient known to the practitioner.
_NOT_SEEN = (Status.HELD, Status.RELEASED, Status.CANCELLED, Status.NO_SHOW)


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
    """Read what the agenda knows of a patient; 3 queries, a fourth where something was missed."""
    patient = (
        Patient.objects.filter(pk=patient_id, practice=practice_id)
        .select_related("agenda_preference__practitioner")
        .first()
    )
    if patient is None:
        return None
    rows = (
        Appointment.objects.filter(patient=patient)
        .values("practitioner_id")
        .annotate(
            seen=Count("pk", filter=~Q(status__in=_NOT_SEEN)),
            missed=Count("pk", filter=Q(status=Status.NO_SHOW)),
        )
        .order_by("practitioner_id")
        .values_list("practitioner_id", "seen", "missed")
    )
    known, missed = set(), {}
    for practitioner_id, seen, absences in rows:
        if seen:
            known.add(practitioner_id)
        if absences:
            missed[practitioner_id] = absences
    return PatientInAgenda(
        patient=patient,
        known_to=frozenset(known),
        missed=missed,
        blocks=blocks_of(patient_id=patient.pk),
        preference=getattr(patient, "agenda_preference", None),
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

"""State what happened to patients' records."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PatientRegistered:
    """A record was opened."""

    patient_id: int
    practice_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PatientChanged:
    """Identity, contact or note of a record changed."""

    patient_id: int
    practice_id: int
    at: datetime

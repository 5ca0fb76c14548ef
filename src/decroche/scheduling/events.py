"""What happened in the agenda. Ids and plain values; `at` is when the door's clock stamped it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AppointmentBooked:
    """A hold became an appointment, or a cancelled one came back (`restored`)."""

    appointment_id: int
    practice_id: int
    practitioner_id: int
    patient_id: int
    starts_at: datetime
    version: int
    call_id: UUID | None
    by_id: int | None
    at: datetime
    restored: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    """An appointment got another time or practitioner."""

    appointment_id: int
    practice_id: int
    practitioner_id: int
    patient_id: int
    starts_at: datetime
    version: int
    old_practitioner_id: int
    old_starts_at: datetime
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    """An appointment will not take place; its time is free again. `undone`: booked by mistake a moment ago."""

    appointment_id: int
    practice_id: int
    practitioner_id: int
    patient_id: int
    starts_at: datetime
    version: int
    by_id: int | None
    at: datetime
    undone: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentStatusChanged:
    """The patient arrived, went in, left, or did not come."""

    appointment_id: int
    practice_id: int
    practitioner_id: int
    patient_id: int | None
    old_status: str
    new_status: str
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AbsenceRecorded:
    """A practitioner will not receive; `touched_ids` are the appointments that stand in the way."""

    absence_id: int
    practice_id: int
    practitioner_id: int
    starts_at: datetime
    ends_at: datetime
    touched_ids: tuple[int, ...]
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class AbsenceRemoved:
    """A practitioner receives again."""

    absence_id: int
    practice_id: int
    practitioner_id: int
    by_id: int | None
    at: datetime

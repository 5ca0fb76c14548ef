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
class AppointmentForced:
    """An appointment was given beside another or outside what is open; the practitioner is to be told.

    It is the `count`-th of that practitioner's day, of `quota` allowed. `AppointmentBooked` is published too.
    """

    appointment_id: int
    practice_id: int
    practitioner_id: int
    patient_id: int
    starts_at: datetime
    version: int
    reason: str
    count: int
    quota: int
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PatientBlockChanged:
    """A practitioner decided not to receive a patient any more, or took that back (`is_blocked` false)."""

    practice_id: int
    practitioner_id: int
    patient_id: int
    is_blocked: bool
    by_id: int
    at: datetime


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
    """A practitioner receives again, in what was the absence (None in what was written before it was kept)."""

    absence_id: int
    practice_id: int
    practitioner_id: int
    by_id: int | None
    at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WishSet:
    """A practitioner said how the days are to be filled, or brought an ended wish back."""

    wish_id: int
    practice_id: int
    practitioner_id: int
    kind: str
    instruction_id: int | None
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WishEnded:
    """A practitioner's wish counts no more."""

    wish_id: int
    practice_id: int
    practitioner_id: int
    kind: str
    instruction_id: int | None
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TimeFreed:
    """What was kept for someone on the waiting list is not taken: the next one may be asked."""

    practice_id: int
    practitioner_id: int
    starts_at: datetime
    ends_at: datetime
    freed_by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MassMoveSent:
    """A secretary decided what becomes of each appointment that an absence or a delay touches; it is to be done now."""

    mass_move_id: int
    practice_id: int
    practitioner_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AgendaImported:
    """Appointments of another agenda came in, or were taken back, many at a time; nobody is to be written to."""

    practice_id: int
    practitioner_ids: tuple[int, ...]
    by_id: int | None
    at: datetime

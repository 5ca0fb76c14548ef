"""Facts about calls that the rooms above may listen to. Ids and plain values only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CallArrived:
    """Somebody called a practice's line."""

    call_id: UUID
    practice_id: int
    line_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """A secretary picked up."""

    call_id: UUID
    practice_id: int
    secretary_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over, whatever became of it."""

    call_id: UUID
    practice_id: int
    line_id: int | None
    secretary_id: int | None
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    end_reason: str
    is_simulated: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class VoicemailReceived:
    """A caller left a message to the machine."""

    call_id: UUID
    practice_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class UnknownNumberCalled:
    """Somebody called a number that reaches us and that belongs to no practice."""

    call_id: UUID
    called_number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """A secretary said what came of a call."""

    call_id: UUID
    practice_id: int
    outcome: str
    at: datetime

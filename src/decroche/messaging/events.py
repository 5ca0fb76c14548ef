"""State what happened to messages and follow-ups."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The desk told a practitioner something."""

    message_id: int
    practice_id: int
    practitioner_id: int | None
    call_id: UUID | None
    is_urgent: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageRead:
    """Somebody of the practice saw it."""

    message_id: int
    practice_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageDone:
    """Somebody of the practice dealt with it."""

    message_id: int
    practice_id: int
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowUpOpened:
    """Something remains to be done for a caller."""

    follow_up_id: int
    practice_id: int
    kind: str
    call_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowUpClosed:
    """It was done, or is no longer needed."""

    follow_up_id: int
    practice_id: int
    result: str
    by_id: int | None
    at: datetime

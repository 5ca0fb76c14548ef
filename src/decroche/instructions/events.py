"""State what practices asked of their desk."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InstructionAdded:
    """A practice asks something; ``replaces_id`` is the wording it takes the place of."""

    instruction_id: int
    practice_id: int
    practitioner_id: int | None
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    replaces_id: int | None
    by_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class InstructionEnded:
    """An instruction no longer holds, before the end that was foreseen."""

    instruction_id: int
    practice_id: int
    practitioner_id: int | None
    kind: str
    by_id: int
    at: datetime

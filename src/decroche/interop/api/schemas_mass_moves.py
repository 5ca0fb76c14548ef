"""What the API takes and gives of mass moves."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, model_validator

from decroche.interop.api.fields import Id, In, Moment, Text
from decroche.scheduling.models import MassMoveItem

#: As the screen allows: at most a working day late.
MOST_LATE = 480


class AwayIn(In):
    practitioner_id: Id
    starts_at: Moment
    ends_at: Moment
    locum_id: Id | None = None
    reason: Text(120) = ""  # type: ignore[valid-type]


class LateIn(In):
    practitioner_id: Id
    minutes: Annotated[int, Field(ge=1, le=MOST_LATE)]
    until: Moment | None = None


class LineIn(In):
    plan: MassMoveItem.Plan
    practitioner_id: Id | None = None
    site_id: Id | None = None
    starts_at: Moment | None = None

    @model_validator(mode="after")
    def is_whole(self) -> "LineIn":
        """Ask for a place whole: with whom, where and when; or none, for the one proposed."""
        place = (self.practitioner_id, self.site_id, self.starts_at)
        if None in place and place != (None, None, None):
            raise ValueError("practitioner_id, site_id and starts_at go together")
        return self


class CalledIn(In):
    undo: bool = False


class LineOut(Schema):
    id: int
    appointment_id: int
    patient_id: int | None
    patient_name: str | None
    starts_at: datetime
    plan: str
    practitioner_id: int | None
    site_id: int | None
    new_starts_at: datetime | None
    state: str
    told: str
    problem: str
    is_reachable_by_text: bool


class MassMoveOut(Schema):
    id: int
    practice_id: int
    practitioner_id: int
    kind: str
    starts_at: datetime
    ends_at: datetime
    delay_minutes: int | None
    absence_id: int | None
    reason: str
    state: str
    created_at: datetime
    sent_at: datetime | None


class MassMoveLinesOut(MassMoveOut):
    lines: list[LineOut]
    to_call: int
    is_finished: bool

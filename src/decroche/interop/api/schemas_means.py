"""What the API takes and gives of rooms, pathways and what a practitioner decides once."""

from typing import Annotated

from ninja import Schema
from pydantic import Field

from decroche.interop.api.fields import Id, In, Text


class ResourceIn(In):
    site_id: Id
    name: Text(60, 1)  # type: ignore[valid-type]
    is_active: bool = True


class ResourceOut(Schema):
    id: int
    practice_id: int
    site_id: int
    name: str
    is_active: bool


class AgendaSettingsIn(In):
    forced_per_day: Annotated[int, Field(ge=0, le=50)]
    no_show_threshold: Annotated[int, Field(ge=1, le=20)] | None = None


class AgendaSettingsOut(Schema):
    practitioner_id: int
    forced_per_day: int
    no_show_threshold: int | None


class StepIn(In):
    visit_type_id: Id
    practitioner_id: Id | None = None
    wait_minutes: Annotated[int, Field(ge=0, le=480)] = 60


class PathwayIn(In):
    name: Text(80, 1)  # type: ignore[valid-type]
    is_active: bool = True
    steps: Annotated[list[StepIn], Field(min_length=2, max_length=12)]


class NewPathwayIn(PathwayIn):
    practice_id: Id


class StepOut(Schema):
    visit_type_id: int
    practitioner_id: int | None
    wait_minutes: int


class PathwayOut(Schema):
    id: int
    practice_id: int
    name: str
    is_active: bool
    steps: list[StepOut]

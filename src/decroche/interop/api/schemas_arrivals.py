"""What the API takes and gives of a patient's way through the waiting room."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from decroche.interop.api.fields import In


class StatusIn(In):
    status: Literal["booked", "arrived", "called", "in_consultation", "done", "left", "no_show"]
    version: Annotated[int, Field(ge=1)] | None = None


class StatusOut(Schema):
    id: int
    practice_id: int
    practitioner_id: int
    status: str
    version: int
    arrived_at: datetime | None
    called_at: datetime | None
    seen_at: datetime | None
    left_at: datetime | None
    ticket: str | None

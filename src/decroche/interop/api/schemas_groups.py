"""What the API takes and gives of visits that belong together, and of forced ones."""

from typing import Annotated

from ninja import Schema
from pydantic import Field

from decroche.interop.api.fields import Id, In, Moment, Text
from decroche.interop.api.schemas import AppointmentOut, HoldOut, SlotOut
from decroche.scheduling.domain.asking import Channel
from decroche.scheduling.models import AppointmentGroup

#: As many visits as the longest series has.
MOST_VISITS = 60


class VisitIn(In):
    practitioner_id: Id
    site_id: Id
    visit_type_id: Id
    starts_at: Moment
    ends_at: Moment | None = None


class GroupIn(In):
    kind: AppointmentGroup.Kind
    visits: Annotated[list[VisitIn], Field(min_length=1, max_length=MOST_VISITS)]
    channel: Channel | None = None
    is_new_patient: bool | None = None
    referred: bool = False
    postcode: Text(5) = ""  # type: ignore[valid-type]


class HeldGroupOut(Schema):
    id: int
    practice_id: int
    kind: str
    holds: list[HoldOut]


class GroupOut(Schema):
    id: int
    practice_id: int
    kind: str
    appointments: list[AppointmentOut]


class ConfirmGroupIn(In):
    patient_ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_VISITS)]
    channel: Channel | None = None
    accompanied_by: Text(80) = ""  # type: ignore[valid-type]


class CancelGroupIn(In):
    reason: Text(120, 1)  # type: ignore[valid-type]


class SeriesOut(Schema):
    """`slots` are fewer than `wanted` when the agenda has no more."""

    slots: list[SlotOut]
    wanted: int


class ChainOut(Schema):
    slots: list[SlotOut]


class ForcedIn(VisitIn):
    patient_id: Id
    reason: Text(120, 1)  # type: ignore[valid-type]
    accompanied_by: Text(80) = ""  # type: ignore[valid-type]


class QuotaOut(Schema):
    """How many stand forced that day, of how many that the practitioner allows."""

    count: int
    quota: int
    left: int

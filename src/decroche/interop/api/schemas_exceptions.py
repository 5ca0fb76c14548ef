"""What the API takes and gives of absences, public holidays and wishes."""

from datetime import date, datetime, time
from typing import Annotated

from ninja import Schema
from pydantic import Field

from decroche.interop.api.fields import Clock, Day, Id, In, Moment, Text
from decroche.scheduling.models import Absence, Wish


class AbsenceChangeIn(In):
    starts_at: Moment
    ends_at: Moment
    reason: Text(120) = ""  # type: ignore[valid-type]
    locum_id: Id | None = None


class AbsenceIn(AbsenceChangeIn):
    practitioner_id: Id
    kind: Absence.Kind = Absence.Kind.ABSENCE


class AbsenceOut(Schema):
    id: int
    practitioner_id: int
    starts_at: datetime
    ends_at: datetime
    kind: str
    reason: str
    locum_id: int | None


class RecordedAbsenceOut(AbsenceOut):
    touched_appointment_ids: list[int]


class HolidayIn(In):
    is_worked: bool


class HolidayOut(Schema):
    practitioner_id: int
    day: date
    name: str
    is_worked: bool | None
    absence_id: int | None


class DecidedHolidayOut(HolidayOut):
    touched_appointment_ids: list[int]


class HoursIn(In):
    starts: Clock
    ends: Clock


class ExtraOpeningIn(In):
    practitioner_id: Id
    site_id: Id
    first_day: Day
    last_day: Day | None = None
    hours: Annotated[list[HoursIn], Field(min_length=1, max_length=12)]
    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)] = [
        *range(7)
    ]
    overrides: bool = False


class WishIn(In):
    practitioner_id: Id
    kind: Wish.Kind
    at: Clock | None = None
    count: Annotated[int, Field(ge=1, le=40)] | None = None
    pause_minutes: Annotated[int, Field(ge=1, le=120)] = 10
    valid_from: Day
    valid_until: Day | None = None


class WishOut(Schema):
    id: int
    practitioner_id: int
    kind: str
    at: time | None
    count: int | None
    pause_minutes: int
    valid_from: date
    valid_until: date | None

"""What the API takes and gives."""

from datetime import date, datetime, time
from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints, model_validator

from decroche.interop.api.fields import Clock, Day, Id, In, Moment, Text
from decroche.scheduling.domain.asking import Channel, Reason, Why
from decroche.scheduling.models import NewPatients, OpeningRule, Place

HalfDay = Annotated[str, StringConstraints(pattern="^(am|pm)?$")]
Weekdays = Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(max_length=7)]


class SiteOut(Schema):
    id: int
    name: str
    city: str
    timezone: str


class PracticeOut(Schema):
    id: int
    name: str
    timezone: str
    sites: list[SiteOut]


class PractitionerOut(Schema):
    id: int
    practice_id: int
    name: str
    speciality: str


class VisitTypeIn(In):
    name: Text(80, 1)  # type: ignore[valid-type]
    short_name: Text(14) = ""  # type: ignore[valid-type]
    colour: Annotated[int, Field(ge=1, le=12)] = 1
    duration_minutes: Annotated[int, Field(ge=5, le=480)]
    is_active: bool = True
    emergency: bool = False
    buffer_before_minutes: Annotated[int, Field(ge=0, le=120)] = 0
    buffer_after_minutes: Annotated[int, Field(ge=0, le=120)] = 0
    secretary_may_book: bool = True
    online_may_book: bool = False
    new_patients: NewPatients = NewPatients.ANY
    notice_minutes: Annotated[int, Field(ge=0, le=525_600)] = 0
    horizon_days: Annotated[int, Field(ge=1, le=1095)] | None = None
    max_per_day: Annotated[int, Field(ge=1, le=200)] | None = None
    max_per_half_day: Annotated[int, Field(ge=1, le=200)] | None = None
    place: Place = Place.SITE
    preparation: Text(500) = ""  # type: ignore[valid-type]
    series_sessions: Annotated[int, Field(ge=2, le=60)] | None = None
    series_per_week: Annotated[int, Field(ge=1, le=7)] | None = None
    questions: Annotated[list[Text(160, 1)], Field(max_length=12)] = []  # type: ignore[valid-type]
    resource_ids: Annotated[list[Id], Field(max_length=40)] = []

    @model_validator(mode="after")
    def is_whole(self) -> "VisitTypeIn":
        """Ask both numbers of a series."""
        if (self.series_sessions is None) != (self.series_per_week is None):
            raise ValueError("series_sessions and series_per_week go together")
        return self


class NewVisitTypeIn(VisitTypeIn):
    practice_id: Id


class VisitTypeOut(Schema):
    id: int
    practice_id: int
    name: str
    short_name: str
    colour: int
    duration_minutes: int
    is_active: bool
    emergency: bool
    buffer_before_minutes: int
    buffer_after_minutes: int
    secretary_may_book: bool
    online_may_book: bool
    new_patients: str
    notice_minutes: int
    horizon_days: int | None
    max_per_day: int | None
    max_per_half_day: int | None
    place: str
    preparation: str
    series_sessions: int | None
    series_per_week: int | None
    questions: list[str]
    resource_ids: list[int]


class RuleIn(In):
    site_id: Id
    weekday: Annotated[int, Field(ge=0, le=6)]
    starts: Clock
    ends: Clock
    valid_from: Day
    valid_until: Day | None = None
    visit_type_ids: Annotated[list[Id], Field(max_length=100)] = []
    every: OpeningRule.Every = OpeningRule.Every.WEEK
    every_n: Annotated[int, Field(ge=1, le=52)] = 1
    anchor: Day | None = None
    nth: Annotated[int, Field(ge=-1, le=5)] | None = None
    capacity: Annotated[int, Field(ge=1, le=60)] = 1
    release: OpeningRule.Release = OpeningRule.Release.NONE
    release_days: Annotated[int, Field(ge=0, le=365)] = 0
    release_time: Clock | None = None
    release_hours: Annotated[int, Field(ge=1, le=8760)] | None = None
    reserved_for: OpeningRule.ReservedFor = OpeningRule.ReservedFor.NOBODY
    overrides: bool = False

    @model_validator(mode="after")
    def is_whole(self) -> "RuleIn":
        """Ask what a pattern or a release needs besides its name."""
        needs = {
            "anchor": self.every == OpeningRule.Every.N_WEEKS and self.anchor is None,
            "nth": self.every == OpeningRule.Every.NTH_OF_MONTH and self.nth in {None, 0},
            "release_time": self.release == OpeningRule.Release.AT_TIME and self.release_time is None,
            "release_hours": self.release == OpeningRule.Release.HOURS_BEFORE and self.release_hours is None,
        }
        if missing := [name for name, is_missing in needs.items() if is_missing]:
            raise ValueError(f"needed with this pattern or release: {', '.join(missing)}")
        return self


class NewRuleIn(RuleIn):
    practitioner_id: Id


class RuleOut(Schema):
    id: int
    practitioner_id: int
    site_id: int
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None
    visit_type_ids: list[int]
    every: str
    every_n: int
    anchor: date | None
    nth: int | None
    capacity: int
    release: str
    release_days: int
    release_time: time | None
    release_hours: int | None
    reserved_for: str
    overrides: bool


class OfferIn(In):
    valid_from: Day | None = None
    valid_until: Day | None = None
    duration_minutes: Annotated[int, Field(ge=5, le=480)] | None = None
    buffer_before_minutes: Annotated[int, Field(ge=0, le=120)] | None = None
    buffer_after_minutes: Annotated[int, Field(ge=0, le=120)] | None = None
    secretary_may_book: bool | None = None
    online_may_book: bool | None = None
    new_patients: NewPatients | None = None
    notice_minutes: Annotated[int, Field(ge=0, le=525_600)] | None = None
    horizon_days: Annotated[int, Field(ge=1, le=1095)] | None = None
    max_per_day: Annotated[int, Field(ge=1, le=200)] | None = None
    max_per_half_day: Annotated[int, Field(ge=1, le=200)] | None = None


class NewOfferIn(OfferIn):
    practitioner_id: Id
    visit_type_id: Id


class OfferOut(Schema):
    id: int
    practitioner_id: int
    visit_type_id: int
    valid_from: date | None
    valid_until: date | None
    duration_minutes: int | None
    buffer_before_minutes: int | None
    buffer_after_minutes: int | None
    secretary_may_book: bool | None
    online_may_book: bool | None
    new_patients: str
    notice_minutes: int | None
    horizon_days: int | None
    max_per_day: int | None
    max_per_half_day: int | None


class PreferenceIn(In):
    practitioner_id: Id | None = None
    half_day: HalfDay = ""
    weekdays: Weekdays = []
    accompanied_by: Text(80) = ""  # type: ignore[valid-type]


class PreferenceOut(Schema):
    patient_id: int
    practitioner_id: int | None
    half_day: str
    weekdays: list[int]
    accompanied_by: str


class BlockIn(In):
    reason: Text(120, 1)  # type: ignore[valid-type]


class BlockOut(Schema):
    patient_id: int
    practitioner_id: int
    reason: str
    since: datetime


class SlotOut(Schema):
    practitioner_id: int
    practitioner_name: str
    site_id: int
    site_name: str
    timezone: str
    visit_type_id: int
    starts_at: datetime
    ends_at: datetime
    reasons: list[Reason]
    resource_id: int | None
    seats_left: int


class AnswerOut(Schema):
    is_free: bool
    why: Why | None
    sentence: str
    starts_at: datetime
    ends_at: datetime
    site_id: int | None
    seats_left: int


class HoldIn(In):
    practitioner_id: Id
    site_id: Id
    visit_type_id: Id
    starts_at: Moment
    ends_at: Moment | None = None
    channel: Channel | None = None
    is_new_patient: bool | None = None
    referred: bool = False
    postcode: Text(5) = ""  # type: ignore[valid-type]


class HoldOut(Schema):
    id: int
    practitioner_id: int
    site_id: int
    visit_type_id: int
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime
    version: int


class ExpiryOut(Schema):
    expires_at: datetime


class PatientIn(In):
    birth_name: Text(80, 1)  # type: ignore[valid-type]
    used_name: Text(80) = ""  # type: ignore[valid-type]
    first_names: Text(80, 1)  # type: ignore[valid-type]
    birth_date: date
    phone: Text(40) = ""  # type: ignore[valid-type]
    is_another_person: bool = False


class NewPatientIn(PatientIn):
    practice_id: Id


class PatientOut(Schema):
    id: int
    name: str
    birth_date: date
    identity_status: str


class SearchIn(In):
    text: Text(80, 2)  # type: ignore[valid-type]
    practice_id: Id


class HomeIn(In):
    address_line: Text(160, 1)  # type: ignore[valid-type]
    postcode: Text(5, 1)  # type: ignore[valid-type]
    city: Text(80, 1)  # type: ignore[valid-type]
    access: Text(160) = ""  # type: ignore[valid-type]


class AnswerIn(In):
    question: Text(160, 1)  # type: ignore[valid-type]
    answer: Text(160, 1)  # type: ignore[valid-type]


class ConfirmIn(In):
    patient_id: Id
    channel: Channel | None = None
    accompanied_by: Text(80) = ""  # type: ignore[valid-type]
    home: HomeIn | None = None
    answers: Annotated[list[AnswerIn], Field(max_length=12)] = []


class AppointmentOut(Schema):
    id: int
    practice_id: int
    practitioner_id: int
    site_id: int
    visit_type_id: int
    patient_id: int | None
    patient_name: str | None
    starts_at: datetime
    ends_at: datetime
    timezone: str
    status: str
    version: int


class MoveIn(In):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    starts_at: Moment
    ends_at: Moment | None = None
    practitioner_id: Id | None = None
    site_id: Id | None = None
    reason: Text(120) = ""  # type: ignore[valid-type]


class RestoreIn(In):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class CancelIn(RestoreIn):
    reason: Text(120, 1)  # type: ignore[valid-type]


class WaitingIn(In):
    patient_id: Id
    visit_type_id: Id
    practitioner_id: Id | None = None
    first_day: Day
    last_day: Day
    half_day: HalfDay = ""
    weekdays: Weekdays = []
    notice_minutes: Annotated[int, Field(ge=0, le=20_160)] = 120
    is_urgent: bool = False


class WaitingOut(Schema):
    id: int
    practice_id: int
    patient_id: int
    patient_name: str | None
    visit_type_id: int
    practitioner_id: int | None
    first_day: date
    last_day: date
    half_day: str
    weekdays: list[int]
    notice_minutes: int
    is_urgent: bool
    state: str
    created_at: datetime

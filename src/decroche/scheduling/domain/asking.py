"""Who asks the agenda for time, in which order they want the answers, and what the agenda can answer. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Channel(StrEnum):
    """By which door the question comes; a visit type says which doors may give it."""

    SECRETARY = "secretary"
    PRACTITIONER = "practitioner"
    STAFF = "staff"
    ONLINE = "online"


class Order(StrEnum):
    """In which order slots are proposed: as the practitioners wish, or by the clock alone."""

    WISHES = "wishes"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom time is sought.

    `is_new_patient` is None while nobody knows yet: such a caller is not refused as new, but is not shown what is
    reserved for new patients either. `referred`: sent by a colleague. `postcode`: where a visit at home would be.
    """

    channel: Channel = Channel.SECRETARY
    is_new_patient: bool | None = None
    referred: bool = False
    postcode: str = ""


class Reason(StrEnum):
    """Why a slot stands where it stands in the list."""

    FIRST = "first"  # the earliest of all
    NEXT = "next"  # nothing but its time
    FILLS_GAP = "fills_gap"  # lies between two appointments (wish `fill_gaps`)
    NEXT_TO = "next_to"  # touches an appointment, opens no new hole (wish `fill_gaps`)
    MORNING = "morning"  # wish `mornings_first`
    SAME_AREA = (
        "same_area"  # another visit at home with that postcode in the same half-day (wish `group_home`)
    )
    NEAR_DATE = "near_date"  # on the day asked for, or near it


class Why(StrEnum):
    """Why a time cannot be booked; the first that counts, in the order of this list."""

    PAST = "past"
    NOT_OFFERED = "not_offered"  # never, or not on that day (`from_day` when it will be)
    NOT_THIS_CHANNEL = "not_this_channel"
    ONLY_NEW = "only_new"  # the visit type is for new patients
    ONLY_KNOWN = "only_known"  # the visit type is for known patients
    NO_NEW_PATIENTS = "no_new_patients"  # a wish; `until_day` is its last day, if it has one
    TOO_SOON = "too_soon"  # minimum notice; `until` is the first moment that would do
    TOO_FAR = "too_far"  # horizon; `until_day` is the last day that can be booked today
    ABSENT = "absent"  # `until`; `detail` is the reason given
    CLOSURE = "closure"  # `until`
    HOLIDAY = "holiday"  # `detail` is its name
    CLOSED = "closed"  # no opening rule covers it
    OTHER_SITE = "other_site"  # open, but elsewhere: `detail` is that site's name
    AFTER_THE_END = "after_the_end"  # the wish to end at `until`
    OTHER_TYPES = "other_types"  # open, but not to this visit type
    RESERVED = "reserved"  # `reserved_for`
    NOT_RELEASED = "not_released"  # open for booking from `until` on
    NOT_A_SESSION = "not_a_session"  # group sessions begin at other times; `until` is the next one
    TAKEN = "taken"  # an appointment; `until` is when it ends
    HELD = "held"  # a hold; `until` is when it ends
    BUFFER = "buffer"  # free, but too near another appointment for the time kept before or after
    SESSION_FULL = "session_full"  # `count` seats, all taken
    DAY_FULL = "day_full"  # `count` of this visit type a day
    HALF_DAY_FULL = "half_day_full"  # `count` of this visit type a half-day
    NO_PAUSE = "no_pause"  # more than `count` in a row
    EMERGENCY_KEPT = "emergency_kept"  # `count` emergency slots are kept in each half-day
    RESOURCE_BUSY = "resource_busy"  # `detail` names what is needed
    NO_RESOURCE = "no_resource"  # this site has none of what the visit needs


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agenda says about one time; plain values, to be worded by `web.words.why_sentence`.

    Moments are aware, in the site's zone; `ends_at` is where it would end, whatever the answer. When free: `site_id` where, `resource_id` the resource to take (None when
    none is needed), `lane` the lowest free seat of a group session (None: the whole practitioner, as usual) and
    `seats_left` before this booking.
    """

    is_free: bool
    why: Why | None
    practitioner_id: int
    practitioner_name: str
    visit_type_id: int
    visit_type_name: str
    starts_at: datetime
    ends_at: datetime
    site_id: int | None = None
    until: datetime | None = None
    from_day: date | None = None
    until_day: date | None = None
    count: int | None = None
    reserved_for: str = ""
    detail: str = ""
    resource_id: int | None = None
    lane: int | None = None
    capacity: int = 1
    seats_left: int = 1
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    resource_ids: tuple[int, ...] = ()  # all of the site's that would do, whether in use or not
    is_counted: bool = False  # a rule counts appointments here: judge again under the practitioner's lock
    other_site_id: int | None = None
    channel: Channel = Channel.SECRETARY

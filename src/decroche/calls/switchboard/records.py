"""Name what is written down: copies of live things, in the order in which they happened.

Nobody changes a copy. The four of which every turn makes some are not frozen all the same: that takes three times as long.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.post import PostState
from decroche.calls.switchboard.state import LiveCall, LivePost


class StepKind(StrEnum):
    """Name what happened to a call, for its timeline."""

    ARRIVED = "arrived"
    WAITING = "waiting"
    OFFERED = "offered"
    UNANSWERED = "unanswered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TALKING = "talking"
    HELD = "held"
    RESUMED = "resumed"
    CUT_OFF = "cut_off"
    TRANSFER_STARTED = "transfer_started"
    TRANSFER_FAILED = "transfer_failed"
    TRANSFERRED = "transferred"
    FALLBACK = "fallback"
    VOICEMAIL = "voicemail"
    VOICEMAIL_LEFT = "voicemail_left"
    ADOPTED = "adopted"
    ENDED = "ended"
    WRAP_UP_ENDED = "wrap_up_ended"
    GREETED = "greeted"  # moment, then
    MENU = "menu"
    KEY = "key"  # digit; none: nobody pressed one
    TOLD = "told"  # position, minutes: what a caller who waits was told
    KEPT_FOR = "kept_for"  # secretary: kept a moment for somebody who knows
    INFORMED = "informed"
    PARKED = "parked"
    UNPARKED = "unparked"
    PARKED_TOO_LONG = "parked_too_long"
    PARTY_RUNG = "party_rung"  # number, user
    PARTY_ANSWERED = "party_answered"
    PARTY_GONE = "party_gone"  # cause
    PARTY_DROPPED = "party_dropped"
    MIXED = "mixed"  # how
    GIVEN = "given"  # number, user
    HANDED_OVER = "handed_over"  # blind, to a colleague: user
    LISTENING = "listening"  # how, user
    LISTENER_GONE = "listener_gone"  # user
    RECORDING_ANNOUNCED = "recording_told"
    RECORDING_REFUSED = "recording_refused"
    RECORDING_ON = "recording_on"
    RECORDING_OFF = "recording_off"
    CALLING = "calling"  # number: her own phone rings for an outgoing call
    DIALLED = "dialled"  # number, shown, follow_up
    COST = "cost"  # cents, seconds
    ABUSE = "abuse"  # pause: seconds offered
    URGENCY = "urgency"  # urgency


@dataclass(slots=True)
class CallRow:
    """Copy what the table keeps of a call."""

    call_id: UUID
    line_id: int | None
    practice_id: int | None
    called_number: str
    caller_number: str
    caller_name: str
    channel_id: str
    leg_attempt: int
    state: CallState
    secretary_id: int | None
    arrived_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    wrap_up_until: datetime | None
    is_simulated: bool
    direction: str = "in"
    urgency: int = 0
    moment: str = ""
    menu_digit: str = ""
    is_muted: bool = False
    parked_by_id: int | None = None
    party_number: str = ""
    party_user_id: int | None = None
    party_state: str = ""
    listener_id: int | None = None
    listening: str = ""
    is_recorded: bool = False
    cost_cents: int = 0
    exchange: str = ""

    @classmethod
    def of(cls, call: LiveCall, exchange: str = "") -> "CallRow":
        """Copy a live call."""
        rings = call.state in {CallState.OFFERED, CallState.DIALLING}
        ringing_for = call.leg.user_id if call.leg and rings else None
        party = call.party
        return cls(
            call.call_id,
            call.line.line_id if call.line else None,
            call.practice_id,
            call.called_number,
            call.caller_number,
            call.caller_name,
            call.channel_id,
            call.leg.attempt if call.leg else 0,
            call.state,
            ringing_for or call.secretary_id,
            call.arrived_at,
            call.answered_at,
            call.ended_at,
            call.end_reason,
            call.wrap_up_until,
            call.is_simulated,
            direction="out" if call.out else "in",
            urgency=int(call.urgency),
            moment=call.moment,
            menu_digit=call.menu_digit,
            is_muted=call.is_muted,
            parked_by_id=call.parked_by,
            party_number=party.number if party else "",
            party_user_id=party.user_id if party else None,
            party_state=party.state.value if party else "",
            listener_id=call.listener,
            listening=call.listening,
            is_recorded=call.is_recorded,
            cost_cents=call.cost_cents,
            exchange=exchange,
        )


@dataclass(slots=True)
class StepRow:
    """Copy one step of a call's timeline."""

    call_id: UUID
    number: int
    kind: StepKind
    at: datetime
    secretary_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class PostRow:
    """Copy what the table keeps of a post."""

    user_id: int
    secretariat_id: int
    state: PostState
    reason: str
    since: datetime
    registered: bool
    call_id: UUID | None
    wrap_up_until: datetime | None
    exchange: str = ""

    @classmethod
    def of(cls, post: LivePost, *, now: datetime, exchange: str = "") -> "PostRow":
        """Copy a live post."""
        call_id = post.call_id or post.wrap_up_call_id
        return cls(
            post.user_id,
            post.secretariat_id,
            post.state,
            post.reason,
            post.since or now,
            post.registered,
            call_id,
            post.wrap_up_until,
            exchange,
        )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """Copy how an order ended; an empty refusal means that it was obeyed."""

    order_id: int
    done_at: datetime
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """Ask for somebody to call back, or to listen to a voicemail."""

    call_id: UUID
    kind: str  # "callback" | "voicemail"
    at: datetime
    path: str = ""
    duration_seconds: int = 0
    called_number: str = ""  # for a voicemail whose call we never knew …
    caller_number: str = ""  # … and who left it


@dataclass(frozen=True, slots=True)
class AbuseRow:
    """Say that a call was abusive, and until when its secretary is spared that number."""

    call_id: UUID
    user_id: int
    at: datetime
    protected_until: datetime


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """Hand over a recording that is complete; the sound is in the exchange's keeping until it is on file."""

    call_id: UUID
    rule_id: int
    path: str
    started_at: datetime
    seconds: int
    purge_at: datetime


@dataclass(slots=True)
class Entry:
    """Hold everything that one turn of the brain changed; written in one transaction."""

    at: datetime
    calls: tuple[CallRow, ...] = ()
    steps: tuple[StepRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    orders: tuple[OrderRow, ...] = ()
    follow_ups: tuple[FollowUpRow, ...] = ()
    abuses: tuple[AbuseRow, ...] = ()
    recordings: tuple[RecordingRow, ...] = ()
    secretariat_ids: frozenset[int] = frozenset()  # whose waiting line or posts changed

    def __bool__(self) -> bool:
        """Say whether there is anything to write."""
        return bool(
            self.calls
            or self.steps
            or self.posts
            or self.orders
            or self.follow_ups
            or self.abuses
            or self.recordings
        )

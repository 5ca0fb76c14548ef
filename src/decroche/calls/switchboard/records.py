"""Name what is written down: frozen copies of live things, in the order in which they happened."""

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


@dataclass(frozen=True, slots=True)
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

    @classmethod
    def of(cls, call: LiveCall) -> "CallRow":
        """Copy a live call."""
        ringing_for = call.leg.user_id if call.leg and call.state is CallState.OFFERED else None
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
        )


@dataclass(frozen=True, slots=True)
class StepRow:
    """Copy one step of a call's timeline."""

    call_id: UUID
    number: int
    kind: StepKind
    at: datetime
    secretary_id: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
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

    @classmethod
    def of(cls, post: LivePost, *, now: datetime) -> "PostRow":
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
    called_number: str = ""  # for a voicemail whose call we never knew
    caller_number: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold everything that one turn of the brain changed; written in one transaction."""

    at: datetime
    calls: tuple[CallRow, ...] = ()
    steps: tuple[StepRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    orders: tuple[OrderRow, ...] = ()
    follow_ups: tuple[FollowUpRow, ...] = ()
    secretariat_ids: frozenset[int] = frozenset()  # whose waiting line or posts changed

    def __bool__(self) -> bool:
        """Say whether there is anything to write."""
        return bool(self.calls or self.steps or self.posts or self.orders or self.follow_ups)

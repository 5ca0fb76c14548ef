"""Hold what the switchboard knows: what it reads from the house, and what lives now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from decroche.calls.domain.call import CallState, EndReason
from decroche.calls.domain.post import PostState
from decroche.calls.domain.routing import Policy
from decroche.calls.ports import SecretaryLeg


@dataclass(frozen=True, slots=True)
class LineFact:
    """Describe one of our numbers."""

    line_id: int
    practice_id: int
    practice_name: str
    number: str
    greeting: str
    fallback_number: str
    region: str


@dataclass(frozen=True, slots=True)
class Member:
    """Describe somebody who may hold a post."""

    user_id: int
    secretariat_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Hold what rarely changes, read from the database into memory."""

    lines: Mapping[str, LineFact] = field(default_factory=dict)  # number → line
    mandates: Mapping[int, frozenset[int]] = field(default_factory=dict)  # practice → secretariats
    members: Mapping[int, Member] = field(default_factory=dict)
    familiarity: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timing:
    """Hold the delays that are not routing's."""

    routing: Policy = field(default_factory=Policy)
    wrap_up: timedelta = timedelta(seconds=45)
    wrap_up_at_most: timedelta = timedelta(minutes=10)
    lease: timedelta = timedelta(
        seconds=5
    )  # how long a caller outlives a frozen switchboard before the fallback
    renew_every: timedelta = timedelta(seconds=1.5)
    lost_phone_grace: timedelta = timedelta(seconds=5)  # mid-call: a socket may flap while the sound goes on
    away_after: timedelta = timedelta(seconds=30)  # a phone gone that long means an empty chair
    voicemail_at_most: timedelta = timedelta(minutes=4)
    transfer_at_most: timedelta = timedelta(seconds=60)
    fallback_at_most: timedelta = timedelta(hours=1)
    pause_after_missed: int = 2


@dataclass(slots=True)
class LiveCall:
    """Hold one call while it lives."""

    call_id: UUID
    channel_id: str
    called_number: str
    caller_number: str
    caller_name: str
    arrived_at: datetime
    line: LineFact | None = None
    state: CallState = CallState.RINGING_IN
    is_simulated: bool = False
    waiting_since: datetime | None = None
    comes_first: bool = False
    tried: dict[int, datetime] = field(default_factory=dict)
    attempts: int = 0
    leg: SecretaryLeg | None = None  # rings or talks
    state_since: datetime | None = None
    answered_at: datetime | None = None
    secretary_id: int | None = None  # who talks, or talked last
    transfer_number: str = ""
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    wrap_up_until: datetime | None = None
    lease_renewed_at: datetime | None = None
    has_voicemail: bool = False
    fallback_tried: bool = False
    steps: int = 0

    @property
    def practice_id(self) -> int | None:
        """Return the practice that was called, None for an unknown number."""
        return self.line.practice_id if self.line else None


@dataclass(slots=True)
class LivePost:
    """Hold one secretary's post."""

    user_id: int
    secretariat_id: int
    state: PostState = PostState.AWAY
    reason: str = ""
    since: datetime | None = None
    registered: bool = False
    call_id: UUID | None = None
    wrap_up_until: datetime | None = None
    wrap_up_call_id: UUID | None = None
    after_call: tuple[PostState, str] | None = None  # asked during a call, applied after it
    missed: int = 0
    phone_gone_at: datetime | None = None
    had_account: bool = False

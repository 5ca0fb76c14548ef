"""State what a telephone exchange must offer to the switchboard.

The exchange tells us facts (``ExchangeEvent``), we tell it what to do (``Telephony``).
Two adapters satisfy this port and pass the same suite: ``adapters.ari`` (Asterisk)
and ``adapters.memory`` (no telephony at all, for tests and for machines without Asterisk).

Ids by convention, so that a fresh process can adopt live calls by reading the exchange
alone: the conversation of a call is bridge ``c-<call>``; the leg to a secretary's phone is
channel ``a-<user>-<call>-<attempt>``. The caller's channel keeps the exchange's own id and carries the
call's id in a channel variable.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SecretaryLeg:
    """Name one attempt to ring one secretary's phone for one call."""

    call_id: UUID
    user_id: int
    attempt: int


class Cause:
    """Name the causes of an ending that change what we do; any other text reads as HANGUP."""

    HANGUP = "hangup"
    REFUSED = "refused"  # a phone said no while ringing
    LOST = "lost"  # the network or the browser vanished: nobody chose to end
    LEASE = "lease"  # the dead man's switch sent the caller to the fallback
    FALLBACK = "fallback"  # the caller left us for the fallback because we asked


# --- facts that the exchange tells -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A caller entered on one of our numbers; nothing was answered yet.

    With ``call_id`` it is a caller whom we knew already and whom the exchange gives back: the lease had run out,
    or we were away, and the fallback number did not answer. It waits with music, so it need not be welcomed again.
    """

    channel_id: str
    called_number: str
    caller_number: str
    caller_name: str
    at: datetime
    is_simulated: bool = False
    call_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The caller's channel ended, by hanging up or because the exchange lost it."""

    channel_id: str
    call_id: UUID | None
    at: datetime
    cause: str = ""


@dataclass(frozen=True, slots=True)
class PhoneRinging:
    """The secretary's phone has begun to ring."""

    leg: SecretaryLeg
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneAnswered:
    """The secretary picked up; the leg still waits to be connected."""

    leg: SecretaryLeg
    at: datetime


@dataclass(frozen=True, slots=True)
class LegGone:
    """A secretary's leg ended: refused, not answered, hung up, or lost."""

    leg: SecretaryLeg
    at: datetime
    cause: str = ""


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A blind transfer was answered (``succeeded``) or failed."""

    call_id: UUID
    number: str
    succeeded: bool
    at: datetime
    cause: str = ""


@dataclass(frozen=True, slots=True)
class PhoneRegistered:
    """A secretary's phone can be rung."""

    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneGone:
    """A secretary's phone can no longer be rung."""

    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class VoicemailLeft:
    """The caller left a message; the sound file is on this machine's disk, in the exchange's keeping.

    Told again at every reconnection until ``keep_voicemail`` says that it is safely on file (copied first). ``call_id`` is None
    for a caller who came and went while we were away: then the numbers are all that is known.
    """

    call_id: UUID | None
    path: Path
    duration_seconds: int
    at: datetime
    called_number: str = ""
    caller_number: str = ""


@dataclass(frozen=True, slots=True)
class LiveLeg:
    """One channel found on the exchange when we (re)connect."""

    channel_id: str
    call_id: UUID | None
    leg: SecretaryLeg | None  # None: this is a caller's channel
    state: str  # "ringing" | "up" | "away": the exchange itself leads it (fallback, voicemail, transfer), do not act on it
    called_number: str = ""
    caller_number: str = ""
    caller_name: str = ""
    is_simulated: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeConnected:
    """The exchange answers (again); everything that lives on it is listed here."""

    at: datetime
    legs: tuple[LiveLeg, ...] = ()
    talking_call_ids: frozenset[UUID] = frozenset()  # caller and secretary in one bridge
    registered_user_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ExchangeLost:
    """The exchange no longer answers; calls may or may not be alive."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another switchboard took the exchange over; act no more."""

    at: datetime


ExchangeEvent = (
    CallArrived
    | CallerGone
    | PhoneRinging
    | PhoneAnswered
    | LegGone
    | TransferEnded
    | PhoneRegistered
    | PhoneGone
    | VoicemailLeft
    | ExchangeConnected
    | ExchangeLost
    | Superseded
)


# --- what we ask of it -------------------------------------------------------------------


class Announcement(Enum):
    """Name the fixed things that a caller may hear besides a practice's greeting."""

    UNKNOWN_NUMBER = "unknown-number"
    VOICEMAIL = "voicemail"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """Carry what a secretary's phone needs to register."""

    user_id: int
    username: str
    password: str = field(repr=False)


class ChannelGone(Exception):
    """The channel, bridge or call that was named lives on the exchange no more."""


class PhoneUnreachable(Exception):
    """The phone is not registered, so it cannot be rung."""


class ExchangeDown(Exception):
    """The exchange does not answer."""


class Telephony(Protocol):
    """Drive one exchange. Every verb is quick, idempotent and raises ChannelGone, PhoneUnreachable or ExchangeDown."""

    is_simulated: bool

    def events(self) -> AsyncIterator[ExchangeEvent]:
        """Yield facts for ever, beginning with ExchangeConnected; reconnect by itself."""
        ...

    async def close(self) -> None:
        """Let go of the exchange; calls on it go on."""
        ...

    async def set_phone_account(self, account: PhoneAccount) -> None: ...

    async def remove_phone_account(self, user_id: int) -> None: ...

    async def remember_fallback(self, *, called_number: str, number: str) -> None:
        """Tell the exchange where a line's callers go while no switchboard answers; empty: to its voicemail.

        It survives restarts of the exchange. To be told for every line after ExchangeConnected, and when a line changes.
        """
        ...

    async def keep_voicemail(self, path: Path) -> None:
        """Say that the message at ``path`` is on file elsewhere: the exchange tells it no more and deletes its copy."""
        ...

    async def adopt_caller(self, channel_id: str, call_id: UUID, *, fallback_number: str) -> None:
        """Mark the caller's channel with its call and where the dialplan sends it if we vanish."""
        ...

    async def welcome(self, call_id: UUID, *, greeting: str) -> None:
        """Answer the caller, speak the greeting, then play waiting music."""
        ...

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        """Let the dead man's switch fire in ``seconds`` unless renewed; 0 disarms it."""
        ...

    async def ring_phone(self, leg: SecretaryLeg, *, shown_number: str, shown_name: str) -> None: ...

    async def stop_ringing(self, leg: SecretaryLeg) -> None: ...

    async def connect(self, leg: SecretaryLeg) -> None:
        """Let caller and secretary talk, and disarm the lease."""
        ...

    async def hold(self, call_id: UUID) -> None: ...

    async def resume(self, call_id: UUID) -> None: ...

    async def wait_again(self, call_id: UUID) -> None:
        """Take the caller out of the conversation, back to waiting music."""
        ...

    async def transfer(self, call_id: UUID, *, number: str, shown_number: str) -> None:
        """Ring an outside number and give it the caller; the secretary leaves at once."""
        ...

    async def send_to_fallback(self, call_id: UUID, *, number: str) -> None:
        """Let the exchange ring ``number``, then its voicemail, without us."""
        ...

    async def take_voicemail(self, call_id: UUID) -> None:
        """Disarm the lease, speak the voicemail announcement and record; VoicemailLeft follows."""
        ...

    async def announce_and_end(self, channel_id: str, announcement: Announcement) -> None: ...

    async def hang_up(self, call_id: UUID) -> None:
        """End every channel of the call."""
        ...

    async def place_simulated_call(
        self, *, called_number: str, caller_number: str, caller_name: str, voice: str
    ) -> str:
        """Place a call to one of our own lines, with a recorded caller; return its channel id."""
        ...

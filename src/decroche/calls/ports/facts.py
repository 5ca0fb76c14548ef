"""List the facts that an exchange tells."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from decroche.calls.ports.names import PartyLeg, SecretaryLeg


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
class PromptEnded:
    """What we said to the caller is over, or was cut short; ``name`` is the one given to ``say``."""

    call_id: UUID
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed a key, at any time of the call."""

    call_id: UUID
    digit: str  # one of 0123456789*#
    at: datetime


@dataclass(frozen=True, slots=True)
class PartyAnswered:
    """The third person of a call picked up."""

    party: PartyLeg
    at: datetime


@dataclass(frozen=True, slots=True)
class PartyGone:
    """The third person of a call hung up, did not answer, or was lost."""

    party: PartyLeg
    at: datetime
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ListenerGone:
    """A supervisor's ear left a call."""

    call_id: UUID
    user_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordingMade:
    """A recording is complete; the sound file is on this machine's disk, in the exchange's keeping until ``keep_recording``."""

    call_id: UUID
    path: Path
    seconds: int
    at: datetime


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
    party: PartyLeg | None = None  # this is a third person's channel, neither caller nor secretary


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
    | PhoneAnswered
    | LegGone
    | TransferEnded
    | PhoneRegistered
    | PhoneGone
    | VoicemailLeft
    | PromptEnded
    | DigitPressed
    | PartyAnswered
    | PartyGone
    | ListenerGone
    | RecordingMade
    | ExchangeConnected
    | ExchangeLost
    | Superseded
)

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


@dataclass(frozen=True, slots=True)
class PartyLeg:
    """Name one attempt to bring a third person into a call (a practitioner, a colleague, somebody outside).

    Of an outgoing call the person called is the caller, not a party.
    """

    call_id: UUID
    attempt: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """Name what somebody is to hear: a file of ours, or else a sentence that a voice reads."""

    text: str = ""
    sound: str = ""  # relative to the sounds folder, without suffix

    def __bool__(self) -> bool:
        """Say whether there is anything to hear."""
        return bool(self.text or self.sound)


class Mix(Enum):
    """Name who hears whom once a third person is there."""

    CONSULT = "consult"  # secretary and party; the caller hears music
    CALLER = "caller"  # secretary and caller; the party hears music
    ALL = "all"  # the three of them
    GIVE = "give"  # caller and party; the secretary leaves


class Ear(Enum):
    """Name how a supervisor takes part."""

    LISTEN = "listen"  # hears both, heard by nobody
    WHISPER = "whisper"  # hears both, heard by the secretary
    JOIN = "join"  # hears both, heard by both


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
    | PhoneRinging
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

    async def welcome(self, call_id: UUID, *, greeting: Prompt, has_music: bool = True) -> None:
        """Answer the caller, speak the greeting (PromptEnded "greeting" follows), then play waiting music, or quiet."""
        ...

    async def say(self, call_id: UUID, name: str, prompt: Prompt) -> None:
        """Speak to a caller who waits, over the music, which comes back after it; PromptEnded follows. Any lease outlives it."""
        ...

    async def hush(self, call_id: UUID) -> None:
        """Stop what is being said to the caller."""
        ...

    async def say_and_end(self, call_id: UUID, prompt: Prompt) -> None:
        """Speak to the caller, then let the exchange hang up by itself, whatever becomes of us."""
        ...

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        """Let the dead man's switch fire in ``seconds`` unless renewed; 0 disarms it."""
        ...

    async def ring_phone(self, leg: SecretaryLeg, *, shown_number: str, shown_name: str) -> None: ...

    async def stop_ringing(self, leg: SecretaryLeg) -> None: ...

    async def connect(self, leg: SecretaryLeg) -> None:
        """Let caller and secretary talk, and disarm the lease."""
        ...

    async def call_out(self, leg: SecretaryLeg, *, number: str, shown_number: str) -> None:
        """Ring the outside number of an outgoing call whose secretary's leg has answered, and join both.

        The person called is the call's caller: CallArrived never comes; PhoneAnswered of the leg came first;
        TransferEnded-like facts do not apply. PartyAnswered(PartyLeg(call_id, 0)) says that the number answered,
        CallerGone that it is over or was refused (cause "busy", "unanswered", "unallocated", "hangup"…).
        """
        ...

    async def route_phone(self, user_id: int, *, number: str) -> None:
        """Let a secretary's legs ring an outside number (her mobile) from now on; empty: her own phone again.

        Whoever picks up there must press 1 before PhoneAnswered is told: a mobile's voicemail never takes a call.
        """
        ...

    async def hold(self, call_id: UUID) -> None: ...

    async def mute(self, leg: SecretaryLeg, *, is_muted: bool) -> None: ...

    async def send_digits(self, call_id: UUID, *, digits: str) -> None:
        """Send DTMF to the caller's side (an automatic exchange that we called)."""
        ...

    async def ring_party(
        self, party: PartyLeg, *, number: str = "", user_id: int | None = None, shown_number: str
    ) -> None:
        """Ring a third person, outside or at a colleague's phone; PartyAnswered or PartyGone follows."""
        ...

    async def mix(self, party: PartyLeg, leg: SecretaryLeg, mix: Mix) -> None:
        """Say who hears whom; after GIVE the secretary's leg is dropped by us (LegGone follows, to be ignored)."""
        ...

    async def drop_party(self, party: PartyLeg) -> None: ...

    async def lend_ear(self, leg: SecretaryLeg, *, user_id: int, ear: Ear | None) -> None:
        """Ring the supervisor's phone into the conversation, change how she takes part, or (None) let her leave."""
        ...

    async def record(self, call_id: UUID) -> None:
        """Record the conversation, both sides mixed, from now to its end; RecordingMade follows."""
        ...

    async def stop_recording(self, call_id: UUID, *, discard: bool) -> None: ...

    async def keep_recording(self, path: Path) -> None:
        """Say that the recording is on file elsewhere: the exchange deletes its copy."""
        ...

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

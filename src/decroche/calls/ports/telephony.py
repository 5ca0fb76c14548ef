"""List what we ask of an exchange."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from decroche.calls.ports.facts import ExchangeEvent
from decroche.calls.ports.names import Ear, Mix, PartyLeg, Prompt, SecretaryLeg


class Announcement(Enum):
    """Name the fixed things that a caller may hear besides a practice's greeting."""

    UNKNOWN_NUMBER = "unknown-number"
    VOICEMAIL = "voicemail"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True)
class PhoneAccount:
    """Carry what a secretary's phone needs to register; it is her browser, or any SIP phone."""

    user_id: int
    username: str
    password: str = field(repr=False)
    is_browser: bool = True


class ChannelGone(Exception):
    """The channel, bridge or call that was named lives on the exchange no more."""


class PhoneUnreachable(Exception):
    """The phone is not registered, so it cannot be rung."""


class ExchangeDown(Exception):
    """The exchange does not answer."""


class Telephony(Protocol):
    """Drive one exchange. Every verb is quick, idempotent and raises ChannelGone, PhoneUnreachable or ExchangeDown."""

    is_simulated: bool

    async def tell(self, take_in: Callable[[ExchangeEvent], None]) -> None:
        """Hand each fact over in the moment it is known, beginning with ExchangeConnected; reconnect by itself.

        It goes on for ever, or until another switchboard has taken over (Superseded is the last fact).
        """
        ...

    async def hear_all(self) -> None:
        """Return once ``tell()`` has handed over everything that the exchange has said until now.

        Raises:
            ExchangeDown: it does not answer.
        """
        ...

    def held(self) -> Mapping[str, int]:
        """Count what is remembered of those who live now, by kind: what grows and never shrinks is a leak."""
        ...

    async def close(self) -> None:
        """Let go of the exchange; calls on it go on."""
        ...

    async def set_phone_account(self, account: PhoneAccount) -> None:
        """Let a phone in; once this returns it can register."""
        ...

    async def remove_phone_account(self, user_id: int) -> None: ...

    async def remember_fallback(self, *, called_number: str, number: str) -> None:
        """Tell the exchange where a line's callers go while no switchboard answers; empty: to its voicemail.

        It survives restarts of the exchange. To be told for every line after ExchangeConnected, and when a line changes.
        """
        ...

    async def keep_voicemail(self, path: Path) -> None:
        """Say that the message at ``path`` is on file elsewhere: the exchange tells it no more and deletes its copy."""
        ...

    def adopt_caller(
        self, channel_id: str, call_id: UUID, *, fallback_number: str
    ) -> Coroutine[Any, Any, None]:
        """Mark the caller's channel with its call and where the dialplan sends it if we vanish.

        Whose channel it is, is known in this very moment: a phone that rings for the call need not wait for the mark.
        """
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

    def ring_phone(
        self, leg: SecretaryLeg, *, shown_number: str, shown_name: str
    ) -> Coroutine[Any, Any, None]:
        """Ring in this very moment: what is awaited is only the exchange's word that it obeys."""
        ...

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

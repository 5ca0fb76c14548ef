"""Hold what an exchange in memory knows of its people: callers, secretaries' phones, third persons, listeners."""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from decroche.calls.ports import Ear, LiveLeg, PartyLeg, PhoneAccount, SecretaryLeg


@dataclass(slots=True)
class Caller:
    """Hold one caller's channel and what that caller hears now; of an outgoing call, the person called.

    ``hears`` is ringing, dialling, "greeting: …", "prompt: …", music, quiet, conversation, hold, voicemail, fallback,
    "transfer: …", "ending: …" or the name of an announcement.
    """

    channel_id: str
    called_number: str
    caller_number: str
    caller_name: str
    hears: str = "ringing"
    call_id: UUID | None = None
    fallback_number: str = ""
    lease: asyncio.TimerHandle | None = None
    is_simulated: bool = False
    is_called: bool = False  # we rang this person, who is the caller of an outgoing call
    waits_with: str = "music"  # or "quiet"
    prompt: str = ""  # the name of what is being said
    heard_before: str = ""  # what comes back after it
    digits_sent: str = ""
    records: bool = False

    @property
    def state(self) -> str:
        """Say what a fresh switchboard would find."""
        if self.hears in {"ringing", "dialling"}:
            return "ringing"
        return "away" if self.hears.startswith(("fallback", "transfer:", "ending:")) else "up"

    def as_live_leg(self) -> LiveLeg:
        """Return it as a fresh connection finds it."""
        return LiveLeg(
            self.channel_id,
            self.call_id,
            None,
            self.state,
            self.called_number,
            self.caller_number,
            self.caller_name,
            self.is_simulated,
        )


@dataclass(slots=True)
class Phone:
    """Hold one secretary's phone: its account, whether it can ring, the leg it carries."""

    account: PhoneAccount | None = None
    registered: bool = False
    routed_to: str = ""  # her mobile, when her calls ring there
    legs: dict[SecretaryLeg, str] = field(default_factory=dict)  # "ringing" | "up" | "connected"
    muted: set[SecretaryLeg] = field(default_factory=set)


@dataclass(slots=True)
class Party:
    """Hold a third person: who it is, and what is heard there."""

    leg: PartyLeg
    number: str = ""
    user_id: int | None = None
    hears: str = "ringing"  # ringing, silence, music, secretary, caller, all

    def as_live_leg(self) -> LiveLeg:
        """Return it as a fresh connection finds it."""
        state = "ringing" if self.hears == "ringing" else "up"
        channel_id = f"p-{self.leg.call_id}-{self.leg.attempt}"
        return LiveLeg(channel_id, self.leg.call_id, None, state, called_number=self.number, party=self.leg)


@dataclass(slots=True)
class Listener:
    """Hold a supervisor's ear on one call."""

    user_id: int
    ear: Ear
    is_there: bool = False  # her phone still rings

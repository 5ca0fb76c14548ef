"""Name what both sides speak of: legs, prompts, who hears whom, why something ended."""

from dataclasses import dataclass
from enum import Enum
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
    """Name what somebody is to hear: a file of ours, or else, should it be missing, a sentence that a voice reads."""

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
    UNANSWERED = "unanswered"  # it rang and nobody took it; on a mobile, nobody pressed 1
    LOST = "lost"  # the network or the browser vanished: nobody chose to end
    LEASE = "lease"  # the dead man's switch sent the caller to the fallback
    FALLBACK = "fallback"  # the caller left us for the fallback because we asked

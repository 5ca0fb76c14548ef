"""Name what the brain asks of the exchange, as values."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from decroche.calls.ports import (
    Announcement,
    Ear,
    Mix,
    PartyLeg,
    PhoneAccount,
    Prompt,
    SecretaryLeg,
)


@dataclass(frozen=True, slots=True)
class AdoptCaller:
    call_id: UUID
    channel_id: str
    fallback_number: str


@dataclass(frozen=True, slots=True)
class Welcome:
    call_id: UUID
    greeting: Prompt
    has_music: bool = True


@dataclass(frozen=True, slots=True)
class Say:
    call_id: UUID
    name: str
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class Hush:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class SayAndEnd:
    call_id: UUID
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class RenewLease:
    call_id: UUID
    seconds: int


@dataclass(frozen=True, slots=True)
class RingPhone:
    leg: SecretaryLeg
    shown_number: str
    shown_name: str


@dataclass(frozen=True, slots=True)
class StopRinging:
    leg: SecretaryLeg


@dataclass(frozen=True, slots=True)
class Connect:
    leg: SecretaryLeg


@dataclass(frozen=True, slots=True)
class Hold:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class Resume:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class CallOut:
    leg: SecretaryLeg
    number: str
    shown_number: str


@dataclass(frozen=True, slots=True)
class RoutePhone:
    user_id: int
    number: str


@dataclass(frozen=True, slots=True)
class Mute:
    leg: SecretaryLeg
    is_muted: bool


@dataclass(frozen=True, slots=True)
class SendDigits:
    call_id: UUID
    digits: str


@dataclass(frozen=True, slots=True)
class RingParty:
    party: PartyLeg
    number: str
    user_id: int | None
    shown_number: str


@dataclass(frozen=True, slots=True)
class MixParty:
    party: PartyLeg
    leg: SecretaryLeg
    mix: Mix


@dataclass(frozen=True, slots=True)
class DropParty:
    party: PartyLeg


@dataclass(frozen=True, slots=True)
class LendEar:
    leg: SecretaryLeg
    user_id: int
    ear: Ear | None


@dataclass(frozen=True, slots=True)
class Record:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class StopRecording:
    call_id: UUID
    discard: bool


@dataclass(frozen=True, slots=True)
class WaitAgain:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class Transfer:
    call_id: UUID
    number: str
    shown_number: str


@dataclass(frozen=True, slots=True)
class SendToFallback:
    call_id: UUID
    number: str


@dataclass(frozen=True, slots=True)
class TakeVoicemail:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class AnnounceAndEnd:
    call_id: UUID
    channel_id: str
    announcement: Announcement


@dataclass(frozen=True, slots=True)
class HangUp:
    call_id: UUID


@dataclass(frozen=True, slots=True)
class SetPhoneAccount:
    account: PhoneAccount = field(repr=False)
    order_id: int | None = None  # who asked for it hears that it is done once the exchange has it


@dataclass(frozen=True, slots=True)
class RemovePhoneAccount:
    user_id: int


@dataclass(frozen=True, slots=True)
class RememberFallback:
    called_number: str
    number: str


@dataclass(frozen=True, slots=True)
class KeepVoicemail:
    path: Path


@dataclass(frozen=True, slots=True)
class KeepRecording:
    path: Path


@dataclass(frozen=True, slots=True)
class PlaceSimulatedCall:
    called_number: str
    caller_number: str
    caller_name: str
    voice: str


@dataclass(frozen=True, slots=True)
class PickUp:
    """Answer in the browser's stead: simulated telephony only."""

    user_id: int


@dataclass(frozen=True, slots=True)
class PutDown:
    """Refuse or hang up in the browser's stead: simulated telephony only."""

    user_id: int


Command = (
    AdoptCaller
    | Welcome
    | Say
    | Hush
    | SayAndEnd
    | RenewLease
    | RingPhone
    | StopRinging
    | Connect
    | CallOut
    | RoutePhone
    | Mute
    | SendDigits
    | RingParty
    | MixParty
    | DropParty
    | LendEar
    | Record
    | StopRecording
    | Hold
    | Resume
    | WaitAgain
    | Transfer
    | SendToFallback
    | TakeVoicemail
    | AnnounceAndEnd
    | HangUp
    | SetPhoneAccount
    | RemovePhoneAccount
    | RememberFallback
    | KeepVoicemail
    | KeepRecording
    | PlaceSimulatedCall
    | PickUp
    | PutDown
)


def lane(command: Command) -> object:
    """Return what must not overtake itself: the commands of one call, of one phone."""
    match command:
        case (
            RingPhone(leg=leg)
            | StopRinging(leg=leg)
            | Connect(leg=leg)
            | CallOut(leg=leg)
            | Mute(leg=leg)
            | LendEar(leg=leg)
        ):
            return leg.call_id
        case RingParty(party=party) | MixParty(party=party) | DropParty(party=party):
            return party.call_id
        case SetPhoneAccount(account=account):
            return account.user_id
        case (
            RemovePhoneAccount(user_id=user_id)
            | RoutePhone(user_id=user_id)
            | PickUp(user_id=user_id)
            | PutDown(user_id=user_id)
        ):
            return user_id
        case PlaceSimulatedCall() | RememberFallback() | KeepVoicemail() | KeepRecording():
            return type(command)
        case _:
            return command.call_id

"""Name what the brain asks of the exchange, as values, and carry each one out."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from decroche.calls.ports import Announcement, PhoneAccount, Prompt, SecretaryLeg, Telephony


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
    | RenewLease
    | RingPhone
    | StopRinging
    | Connect
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
    | PlaceSimulatedCall
    | PickUp
    | PutDown
)


def lane(command: Command) -> object:
    """Return what must not overtake itself: the commands of one call, of one phone."""
    match command:
        case RingPhone(leg=leg) | StopRinging(leg=leg) | Connect(leg=leg):
            return leg.call_id
        case SetPhoneAccount(account=account):
            return account.user_id
        case RemovePhoneAccount(user_id=user_id) | PickUp(user_id=user_id) | PutDown(user_id=user_id):
            return user_id
        case PlaceSimulatedCall() | RememberFallback() | KeepVoicemail():
            return type(command)
        case _:
            return command.call_id


async def carry_out(command: Command, telephony: Telephony) -> None:  # noqa: C901, PLR0912
    """Ask the exchange for what the command says; raises what the port raises."""
    match command:
        case AdoptCaller(call_id, channel_id, fallback_number):
            await telephony.adopt_caller(channel_id, call_id, fallback_number=fallback_number)
        case Welcome(call_id, greeting, has_music):
            await telephony.welcome(call_id, greeting=greeting, has_music=has_music)
        case RenewLease(call_id, seconds):
            await telephony.renew_lease(call_id, seconds=seconds)
        case RingPhone(leg, shown_number, shown_name):
            await telephony.ring_phone(leg, shown_number=shown_number, shown_name=shown_name)
        case StopRinging(leg):
            await telephony.stop_ringing(leg)
        case Connect(leg):
            await telephony.connect(leg)
        case Hold(call_id):
            await telephony.hold(call_id)
        case Resume(call_id):
            await telephony.resume(call_id)
        case WaitAgain(call_id):
            await telephony.wait_again(call_id)
        case Transfer(call_id, number, shown_number):
            await telephony.transfer(call_id, number=number, shown_number=shown_number)
        case SendToFallback(call_id, number):
            await telephony.send_to_fallback(call_id, number=number)
        case TakeVoicemail(call_id):
            await telephony.take_voicemail(call_id)
        case AnnounceAndEnd(_, channel_id, announcement):
            await telephony.announce_and_end(channel_id, announcement)
        case HangUp(call_id):
            await telephony.hang_up(call_id)
        case SetPhoneAccount(account):
            await telephony.set_phone_account(account)
        case RemovePhoneAccount(user_id):
            await telephony.remove_phone_account(user_id)
        case RememberFallback(called, number):
            await telephony.remember_fallback(called_number=called, number=number)
        case KeepVoicemail(path):
            await telephony.keep_voicemail(path)
        case PlaceSimulatedCall(called, number, name, voice):
            await telephony.place_simulated_call(
                called_number=called, caller_number=number, caller_name=name, voice=voice
            )
        case PickUp(user_id) | PutDown(user_id):
            _press(telephony, user_id, pick_up=isinstance(command, PickUp))


def _press(telephony: Telephony, user_id: int, *, pick_up: bool) -> None:
    """Press a key of a simulated phone; a real one is pressed by its owner."""
    press = getattr(telephony, "phone_picks_up" if pick_up else "phone_hangs_up", None)
    if press is not None:
        press(user_id)

"""Name what the brain asks of the exchange, as values, and carry each one out."""

from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from decroche.calls.ports import (
    Announcement,
    Ear,
    Mix,
    PartyLeg,
    PhoneAccount,
    Prompt,
    SecretaryLeg,
    Telephony,
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


Asked = Coroutine[Any, Any, object]


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


def carry_out(command: Command, telephony: Telephony) -> Asked:
    """Return what asks the exchange for what the command says; it raises what the port raises.

    A verb that asks in this very moment has done so when this returns.
    """
    return (
        _for_caller(command, telephony) or _for_people(command, telephony) or _for_house(command, telephony)
    )


def _for_caller(command: Command, telephony: Telephony) -> Asked | None:  # noqa: C901, PLR0911, PLR0912
    """Carry out what concerns the caller's side; None when it is something else."""
    match command:
        case AdoptCaller(call_id, channel_id, fallback_number):
            return telephony.adopt_caller(channel_id, call_id, fallback_number=fallback_number)
        case Welcome(call_id, greeting, has_music):
            return telephony.welcome(call_id, greeting=greeting, has_music=has_music)
        case Say(call_id, name, prompt):
            return telephony.say(call_id, name, prompt)
        case Hush(call_id):
            return telephony.hush(call_id)
        case SayAndEnd(call_id, prompt):
            return telephony.say_and_end(call_id, prompt)
        case RenewLease(call_id, seconds):
            return telephony.renew_lease(call_id, seconds=seconds)
        case Hold(call_id):
            return telephony.hold(call_id)
        case Resume(call_id):
            return telephony.resume(call_id)
        case WaitAgain(call_id):
            return telephony.wait_again(call_id)
        case Transfer(call_id, number, shown_number):
            return telephony.transfer(call_id, number=number, shown_number=shown_number)
        case SendToFallback(call_id, number):
            return telephony.send_to_fallback(call_id, number=number)
        case TakeVoicemail(call_id):
            return telephony.take_voicemail(call_id)
        case AnnounceAndEnd(_, channel_id, announcement):
            return telephony.announce_and_end(channel_id, announcement)
        case HangUp(call_id):
            return telephony.hang_up(call_id)
        case SendDigits(call_id, digits):
            return telephony.send_digits(call_id, digits=digits)
        case Record(call_id):
            return telephony.record(call_id)
        case StopRecording(call_id, discard):
            return telephony.stop_recording(call_id, discard=discard)
        case _:
            return None


def _for_people(command: Command, telephony: Telephony) -> Asked | None:  # noqa: PLR0911
    """Carry out what concerns secretaries, third persons and ears; None when it is something else."""
    match command:
        case RingPhone(leg, shown_number, shown_name):
            return telephony.ring_phone(leg, shown_number=shown_number, shown_name=shown_name)
        case StopRinging(leg):
            return telephony.stop_ringing(leg)
        case Connect(leg):
            return telephony.connect(leg)
        case CallOut(leg, number, shown_number):
            return telephony.call_out(leg, number=number, shown_number=shown_number)
        case Mute(leg, is_muted):
            return telephony.mute(leg, is_muted=is_muted)
        case RingParty(party, number, user_id, shown_number):
            return telephony.ring_party(party, number=number, user_id=user_id, shown_number=shown_number)
        case MixParty(party, leg, mix):
            return telephony.mix(party, leg, mix)
        case DropParty(party):
            return telephony.drop_party(party)
        case LendEar(leg, user_id, ear):
            return telephony.lend_ear(leg, user_id=user_id, ear=ear)
        case _:
            return None


def _for_house(command: Command, telephony: Telephony) -> Asked:  # noqa: PLR0911
    """Carry out what concerns phones, files and the demonstration."""
    match command:
        case RoutePhone(user_id, number):
            return telephony.route_phone(user_id, number=number)
        case SetPhoneAccount(account):
            return telephony.set_phone_account(account)
        case RemovePhoneAccount(user_id):
            return telephony.remove_phone_account(user_id)
        case RememberFallback(called, number):
            return telephony.remember_fallback(called_number=called, number=number)
        case KeepVoicemail(path):
            return telephony.keep_voicemail(path)
        case KeepRecording(path):
            return telephony.keep_recording(path)
        case PlaceSimulatedCall(called, number, name, voice):
            return telephony.place_simulated_call(
                called_number=called, caller_number=number, caller_name=name, voice=voice
            )
        case PickUp(user_id) | PutDown(user_id):
            return _press(telephony, user_id, pick_up=isinstance(command, PickUp))
        case _:
            raise TypeError(command)


async def _press(telephony: Telephony, user_id: int, *, pick_up: bool) -> None:
    """Press a key of a simulated phone; a real one is pressed by its owner."""
    press = getattr(telephony, "phone_picks_up" if pick_up else "phone_hangs_up", None)
    if press is not None:
        press(user_id)

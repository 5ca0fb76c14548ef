"""Ask the exchange for what a command says."""

from collections.abc import Coroutine
from typing import Any

from decroche.calls.ports import Telephony
from decroche.calls.switchboard.commands import (
    AdoptCaller,
    AnnounceAndEnd,
    CallOut,
    Command,
    Connect,
    DropParty,
    HangUp,
    Hold,
    Hush,
    KeepRecording,
    KeepVoicemail,
    LendEar,
    MixParty,
    Mute,
    PickUp,
    PlaceSimulatedCall,
    PutDown,
    Record,
    RememberFallback,
    RemovePhoneAccount,
    RenewLease,
    Resume,
    RingParty,
    RingPhone,
    RoutePhone,
    Say,
    SayAndEnd,
    SendDigits,
    SendToFallback,
    SetPhoneAccount,
    StopRecording,
    StopRinging,
    TakeVoicemail,
    Transfer,
    WaitAgain,
    Welcome,
)

Asked = Coroutine[Any, Any, object]


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

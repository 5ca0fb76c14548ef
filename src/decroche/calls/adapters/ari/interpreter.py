"""Turn ARI's messages into the port's facts, and into chores that the adapter does by itself."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Final
from uuid import UUID

from decroche.calls.adapters.ari.census import Census, Recent
from decroche.calls.adapters.ari.naming import parse_called, parse_leg, parse_party, parse_snoop
from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.reading import (
    Channel,
    read_cause,
    read_channel,
    read_time,
    read_unreached,
    text,
)
from decroche.calls.ports import (
    CallArrived,
    CallerGone,
    Cause,
    DigitPressed,
    ExchangeEvent,
    LegGone,
    ListenerGone,
    PartyAnswered,
    PartyGone,
    PartyLeg,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PromptEnded,
    SecretaryLeg,
    Superseded,
    TransferEnded,
)


class Do(Enum):
    """Name what the adapter does by itself when something happens."""

    SWEEP = auto()  # the call's caller is gone: leave no bridge behind
    LOOK_FOR_MESSAGES = auto()
    LOOK_FOR_RECORDINGS = auto()
    LET_HER_HEAR_RINGING = auto()  # somebody whom she waits for is being rung
    STOP_RINGING_TONE = auto()
    GIVE_EAR = auto()  # a supervisor picked up
    OPEN_EAR = auto()  # what she is to hear is there
    TAKE_EAR_AWAY = auto()  # nobody is left to listen to
    DROP_PARTIES = auto()  # the caller is gone: nobody is left to talk to
    DROP_CALLER = auto()  # the person outside to whom the caller was given is gone
    ASK_TO_CONFIRM = auto()  # a mobile picked up
    CONFIRMED = auto()


@dataclass(frozen=True, slots=True)
class Chore:
    """Hold one thing to do by oneself."""

    what: Do
    call_id: UUID | None = None
    leg: SecretaryLeg | None = None
    channel_id: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what one message means: facts, and chores for the adapter."""

    events: tuple[ExchangeEvent, ...] = ()
    chores: tuple[Chore, ...] = ()


_NOTHING: Final = Reading()
_MACHINES: Final = frozenset({"decroche-voicemail", "decroche-end"})  # where the dialplan records, and ends


@dataclass(slots=True)
class Interpreter:
    """Read each message in the light of who lives on the exchange."""

    phones: PhoneBook
    census: Census = field(default_factory=Census)
    _playbacks: Recent = field(default_factory=Recent)
    _entries: Recent = field(default_factory=Recent)

    def entry(self, channel_id: str) -> "asyncio.Future[None]":
        """Return what is done once that channel comes (back) to us."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._entries[channel_id] = future
        return future

    def playback_end(self, playback_id: str) -> "asyncio.Future[None]":
        """Return what is done when that playback is; the oldest are forgotten past a bound."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._playbacks[playback_id] = future
        return future

    def read(self, raw: Mapping[str, Any]) -> Reading:
        """Return what one message means; what we have no use for means nothing."""
        kind = raw.get("type")
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        return handler(self, raw) if handler else _NOTHING

    # --- channels come ------------------------------------------------------------------

    def _stasis_start(self, raw: Mapping[str, Any]) -> Reading:
        channel, at = read_channel(raw.get("channel")), read_time(raw)
        if channel is None:
            return _NOTHING
        if (leg := channel.leg) is not None:
            self.census.enter_leg(leg)
            if channel.is_unconfirmed:
                self.census.unconfirmed.add(leg)
                return Reading(chores=(Chore(Do.ASK_TO_CONFIRM, leg.call_id, leg),))
            self.census.answered.add(leg)
            return Reading((PhoneAnswered(leg, at),))
        if (party := channel.party) is not None:
            self.census.parties[party] = True
            return Reading((PartyAnswered(party, at),), (Chore(Do.STOP_RINGING_TONE, party.call_id),))
        if channel.is_caller:
            return self._caller_came(channel, raw)
        return self._ear_came(channel)

    def _ear_came(self, channel: Channel) -> Reading:
        if (ear := channel.ear) is not None:
            self.census.ears[ear[0]] = ear[1]
            return Reading(chores=(Chore(Do.GIVE_EAR, ear[0], channel_id=channel.id),))
        if (heard := parse_snoop(channel.id)) is not None:
            return Reading(chores=(Chore(Do.OPEN_EAR, heard, channel_id=channel.id),))
        return _NOTHING

    def _caller_came(self, channel: Channel, raw: Mapping[str, Any]) -> Reading:
        args, at = raw.get("args"), read_time(raw)
        args = args if isinstance(args, list) else []
        caller = self.census.remember(channel)
        caller.is_away = caller.fallback_rings = False
        if args[:1] == ["called"]:
            caller.is_dialled = channel.state != "Up"
            _settle(self._entries.pop(channel.id, None))
            return _NOTHING  # whom we call is known already
        if args[:1] == ["untransferred"] and caller.call_id is not None:
            number = channel.variable("DECROCHE_TRANSFER")
            cause = str(args[1]).lower() if len(args) > 1 else ""
            return Reading((TransferEnded(caller.call_id, number, succeeded=False, at=at, cause=cause),))
        arrived = CallArrived(
            channel.id,
            channel.called_number,
            channel.caller_number,
            channel.caller_name,
            at,
            is_simulated=bool(channel.simulation),
            call_id=channel.call_id,
        )
        return Reading((arrived,))

    def _called_answered(self, call_id: UUID, raw: Mapping[str, Any]) -> Reading:
        caller = self.census.caller_of(call_id)
        if caller is None or not caller.is_dialled:
            return _NOTHING
        caller.is_dialled = False
        return Reading(
            (PartyAnswered(PartyLeg(call_id, 0), read_time(raw)),), (Chore(Do.STOP_RINGING_TONE, call_id),)
        )

    # --- channels go --------------------------------------------------------------------

    def _destroyed(self, raw: Mapping[str, Any]) -> Reading:
        channel, at = read_channel(raw.get("channel")), read_time(raw)
        if channel is None:
            return _NOTHING
        status = str(self.census.dialled.pop(channel.id, ""))
        if (leg := channel.leg) is not None:
            nobody = leg in self.census.unconfirmed  # a mobile picked up; its voicemail, or a pocket
            self.census.forget_leg(leg)
            chores = (
                (Chore(Do.TAKE_EAR_AWAY, leg.call_id),) if self.census.is_listened_to(leg.call_id) else ()
            )
            cause = Cause.UNANSWERED if nobody else read_cause(raw)
            return Reading((LegGone(leg, at, cause),), chores)
        if (party := channel.party) is not None:
            answered = self.census.parties.pop(party, False)
            cause = read_cause(raw) if answered else read_unreached(raw, status)
            was_given = self.census.given.get(party.call_id) == party
            then = Do.DROP_CALLER if was_given else Do.STOP_RINGING_TONE
            return Reading((PartyGone(party, at, cause),), (Chore(then, party.call_id),))
        if (ear := channel.ear) is not None:
            self.census.ears.pop(ear[0], None)
            return Reading((ListenerGone(*ear, at),), (Chore(Do.TAKE_EAR_AWAY, ear[0]),))
        return self._caller_left(channel, raw, status)

    def _caller_left(self, channel: Channel, raw: Mapping[str, Any], status: str) -> Reading:
        caller = self.census.forget_caller(channel)
        if caller is None:
            return _NOTHING
        call_id = caller.call_id
        cause = read_unreached(raw, status) if caller.is_dialled else read_cause(raw)
        if caller.fallback_rings and cause == Cause.HANGUP:
            cause = Cause.UNANSWERED
        chores = [Chore(Do.SWEEP, call_id)] if call_id is not None else []
        if caller.is_away and channel.context in _MACHINES:
            chores.append(Chore(Do.LOOK_FOR_MESSAGES))
        if call_id is not None and self.census.parties_of(call_id):
            chores.append(Chore(Do.DROP_PARTIES, call_id))
        if self.census.is_listened_to(call_id):
            chores.append(Chore(Do.TAKE_EAR_AWAY, call_id))
        return Reading((CallerGone(channel.id, call_id, read_time(raw), cause),), tuple(chores))

    # --- what happens on them -----------------------------------------------------------

    def _dial(self, raw: Mapping[str, Any]) -> Reading:
        """Follow what Asterisk rings for us: numbers outside, and the dialplan's transfers."""
        peer, status = text(raw, "peer", "id"), str(raw.get("dialstatus", ""))
        party = parse_party(peer)
        call_id = parse_called(peer) or (party.call_id if party else None)
        if call_id is not None:
            self.census.dialled[peer] = status
            if status in {"RINGING", "PROGRESS"}:
                # With PROGRESS the operator itself lets her hear what there is to hear, where she can.
                tone = status == "RINGING" or party is not None
                return Reading(
                    chores=(Chore(Do.LET_HER_HEAR_RINGING if tone else Do.STOP_RINGING_TONE, call_id),)
                )
            return self._called_answered(call_id, raw) if status == "ANSWER" and party is None else _NOTHING
        channel = read_channel(raw.get("caller"))
        if channel is not None and channel.context == "decroche-fallback":
            self._fallback_rings(channel, status)
        return self._transferred(channel, raw, status)

    def _fallback_rings(self, channel: Channel, status: str) -> None:
        """Remember whether somebody answered there: who hangs up before has reached nobody."""
        caller = self.census.callers.get(channel.id)
        if caller is not None:
            caller.fallback_rings = status in {"", "RINGING", "PROGRESS", "PROCEEDING", "CANCEL"}

    @staticmethod
    def _transferred(channel: Channel | None, raw: Mapping[str, Any], status: str) -> Reading:
        if status != "ANSWER" or channel is None or channel.context != "decroche-transfer":
            return _NOTHING
        if (call_id := channel.call_id) is None:
            return _NOTHING
        number = channel.variable("DECROCHE_TRANSFER")
        return Reading((TransferEnded(call_id, number, succeeded=True, at=read_time(raw)),))

    def _digit(self, raw: Mapping[str, Any]) -> Reading:
        """Tell what a caller pressed; from a mobile, 1 means that a person is there."""
        channel_id, digit, at = text(raw, "channel", "id"), text(raw, "digit"), read_time(raw)
        if len(digit) != 1 or digit not in "0123456789*#":
            return _NOTHING
        leg = parse_leg(channel_id)
        if leg is not None:
            if leg not in self.census.unconfirmed or digit != "1":
                return _NOTHING
            self.census.unconfirmed.discard(leg)
            self.census.answered.add(leg)
            return Reading((PhoneAnswered(leg, at),), (Chore(Do.CONFIRMED, leg.call_id, leg),))
        caller = self.census.callers.get(channel_id)
        if caller is None or caller.call_id is None:
            return _NOTHING
        return Reading((DigitPressed(caller.call_id, digit, at),))

    def _user_event(self, raw: Mapping[str, Any]) -> Reading:
        channel_id = text(raw, "channel", "id")
        caller = self.census.callers.get(channel_id)
        look = (Chore(Do.LOOK_FOR_MESSAGES),)
        match raw.get("eventname"):
            case "DecrocheLease":
                if caller is not None:
                    caller.is_away = True
                call_id = caller.call_id if caller else None
                return Reading((CallerGone(channel_id, call_id, read_time(raw), Cause.LEASE),))
            case "DecrocheVoicemail" | "DecrocheEnd":
                if caller is not None:
                    caller.is_away = False  # the recording is complete; what follows is a thank-you
                return Reading(chores=look)
            case _:
                return _NOTHING

    def _contact(self, raw: Mapping[str, Any]) -> Reading:
        changed = self.phones.take_contact(
            text(raw, "endpoint", "resource"),
            text(raw, "contact_info", "uri"),
            text(raw, "contact_info", "contact_status"),
        )
        if changed is None:
            return _NOTHING
        user_id, there = changed
        at = read_time(raw)
        return Reading((PhoneRegistered(user_id, at) if there else PhoneGone(user_id, at),))

    def _phone_removed(self, raw: Mapping[str, Any]) -> Reading:
        return Reading((PhoneGone(int(raw["user_id"]), read_time(raw)),))

    def _prompt_ended(self, raw: Mapping[str, Any]) -> Reading:
        return Reading((PromptEnded(raw["call_id"], str(raw["name"]), read_time(raw)),))

    def _playback_finished(self, raw: Mapping[str, Any]) -> Reading:
        _settle(self._playbacks.pop(text(raw, "playback", "id"), None))
        return _NOTHING

    def _recording_over(self, raw: Mapping[str, Any]) -> Reading:
        return Reading(chores=(Chore(Do.LOOK_FOR_RECORDINGS, channel_id=text(raw, "recording", "name")),))

    def _replaced(self, raw: Mapping[str, Any]) -> Reading:
        return Reading((Superseded(read_time(raw)),))

    def _scan(self, raw: Mapping[str, Any]) -> Reading:  # noqa: ARG002
        return Reading(chores=(Chore(Do.LOOK_FOR_MESSAGES), Chore(Do.LOOK_FOR_RECORDINGS)))


def _settle(future: "asyncio.Future[None] | None") -> None:
    if future is not None and not future.done():
        future.set_result(None)


_HANDLERS: Final[dict[str, Callable[[Interpreter, Mapping[str, Any]], Reading]]] = {
    "StasisStart": Interpreter._stasis_start,  # noqa: SLF001
    "ChannelDestroyed": Interpreter._destroyed,  # noqa: SLF001
    "ChannelDtmfReceived": Interpreter._digit,  # noqa: SLF001
    "ChannelUserevent": Interpreter._user_event,  # noqa: SLF001
    "Dial": Interpreter._dial,  # noqa: SLF001
    "ContactStatusChange": Interpreter._contact,  # noqa: SLF001
    "PlaybackFinished": Interpreter._playback_finished,  # noqa: SLF001
    "RecordingFinished": Interpreter._recording_over,  # noqa: SLF001
    "RecordingFailed": Interpreter._recording_over,  # noqa: SLF001
    "ApplicationReplaced": Interpreter._replaced,  # noqa: SLF001
    # Not Asterisk's: what the adapter tells itself through the same door, to keep one order of facts.
    "DecrochePhoneGone": Interpreter._phone_removed,  # noqa: SLF001
    "DecrochePrompt": Interpreter._prompt_ended,  # noqa: SLF001
    "DecrocheScan": Interpreter._scan,  # noqa: SLF001
}

# What Asterisk is asked to send.
HEARD: Final = tuple(kind for kind in _HANDLERS if not kind.startswith("Decroche"))

"""Turn ARI's messages into the port's facts, remembering which channel is whose."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from decroche.calls.adapters.ari.phones import PhoneBook
from decroche.calls.adapters.ari.reading import Channel, read_cause, read_channel, read_time, text
from decroche.calls.ports import (
    CallArrived,
    CallerGone,
    Cause,
    ExchangeEvent,
    LegGone,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PhoneRinging,
    SecretaryLeg,
    Superseded,
    TransferEnded,
)

_PLAYBACKS_AT_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what one message means: facts, and chores for the adapter."""

    events: tuple[ExchangeEvent, ...] = ()
    gone_call: UUID | None = None
    look_for_messages: bool = False


_NOTHING: Final = Reading()


@dataclass(slots=True)
class _Caller:
    channel_id: str
    call_id: UUID | None = None
    simulation: str = ""
    is_away: bool = False


@dataclass(slots=True)
class Interpreter:
    """Know the callers and the legs that live, from what Asterisk says alone."""

    phones: PhoneBook
    _callers: dict[str, _Caller] = field(default_factory=dict)
    _by_call: dict[UUID, str] = field(default_factory=dict)
    _legs: dict[UUID, set[SecretaryLeg]] = field(default_factory=dict)
    _ringing: set[SecretaryLeg] = field(default_factory=set)
    _playbacks: "OrderedDict[str, asyncio.Future[None]]" = field(default_factory=OrderedDict)

    # --- what is known ------------------------------------------------------------------

    def take_stock(self, channels: Iterable[Channel]) -> None:
        """Begin again from what lives now."""
        self._callers.clear()
        self._by_call.clear()
        self._legs.clear()
        self._ringing.clear()
        for channel in channels:
            if (leg := channel.leg) is not None:
                self._legs.setdefault(leg.call_id, set()).add(leg)
            elif channel.is_caller:
                self._remember(channel).is_away = not channel.is_ours

    def adopt(self, channel_id: str, call_id: UUID) -> None:
        self._callers.setdefault(channel_id, _Caller(channel_id)).call_id = call_id
        self._by_call[call_id] = channel_id

    def channel_of(self, call_id: UUID) -> str | None:
        return self._by_call.get(call_id)

    def legs_of(self, call_id: UUID) -> list[SecretaryLeg]:
        return list(self._legs.get(call_id, ()))

    def simulation_of(self, call_id: UUID) -> str:
        caller = self._callers.get(self._by_call.get(call_id, ""))
        return caller.simulation if caller else ""

    def recording_ids(self) -> Collection[str]:
        """Return the callers who may be speaking to the voicemail now."""
        return {channel_id for channel_id, caller in self._callers.items() if caller.is_away}

    def playback_end(self, playback_id: str) -> "asyncio.Future[None]":
        """Return what is done when that playback is; the oldest are forgotten past a bound."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._playbacks[playback_id] = future
        while len(self._playbacks) > _PLAYBACKS_AT_MOST:
            self._playbacks.popitem(last=False)[1].cancel()
        return future

    def _remember(self, channel: Channel) -> _Caller:
        caller = self._callers.setdefault(channel.id, _Caller(channel.id))
        caller.simulation = channel.simulation
        if channel.call_id is not None:
            self.adopt(channel.id, channel.call_id)
        return caller

    # --- what is said -------------------------------------------------------------------

    def read(self, raw: Mapping[str, Any]) -> Reading:
        """Return what one message means; what we have no use for means nothing."""
        kind = raw.get("type")
        handler = _HANDLERS.get(kind) if isinstance(kind, str) else None
        return handler(self, raw) if handler else _NOTHING

    def _stasis_start(self, raw: Mapping[str, Any]) -> Reading:
        channel, at = read_channel(raw.get("channel")), read_time(raw)
        if channel is None:
            return _NOTHING
        if (leg := channel.leg) is not None:
            self._legs.setdefault(leg.call_id, set()).add(leg)
            return Reading((PhoneAnswered(leg, at),))
        if not channel.is_caller:
            return _NOTHING
        caller = self._remember(channel)
        caller.is_away = False
        args = raw.get("args")
        args = args if isinstance(args, list) else []
        if args[:1] == ["untransferred"] and caller.call_id is not None:
            number = channel.variables.get("DECROCHE_TRANSFER", "")
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

    def _stasis_end(self, raw: Mapping[str, Any]) -> Reading:
        caller = self._callers.get(text(raw, "channel", "id"))
        if caller is not None:
            caller.is_away = True
        return _NOTHING

    def _state_change(self, raw: Mapping[str, Any]) -> Reading:
        channel = read_channel(raw.get("channel"))
        leg = channel.leg if channel else None
        if channel is None or leg is None:
            return _NOTHING
        self._legs.setdefault(leg.call_id, set()).add(leg)
        if channel.state != "Ringing" or leg in self._ringing:
            return _NOTHING
        self._ringing.add(leg)
        return Reading((PhoneRinging(leg, read_time(raw)),))

    def _created(self, raw: Mapping[str, Any]) -> Reading:
        channel = read_channel(raw.get("channel"))
        if channel is not None and (leg := channel.leg) is not None:
            self._legs.setdefault(leg.call_id, set()).add(leg)
        return _NOTHING

    def _destroyed(self, raw: Mapping[str, Any]) -> Reading:
        channel, at = read_channel(raw.get("channel")), read_time(raw)
        if channel is None:
            return _NOTHING
        if (leg := channel.leg) is not None:
            legs = self._legs.get(leg.call_id, set())
            legs.discard(leg)
            self._ringing.discard(leg)
            if not legs:
                self._legs.pop(leg.call_id, None)
            return Reading((LegGone(leg, at, read_cause(raw)),))
        caller = self._callers.pop(channel.id, None)
        if caller is None and not channel.is_caller:
            return _NOTHING
        call_id = caller.call_id if caller else channel.call_id
        if call_id is not None:
            self._by_call.pop(call_id, None)
        gone = CallerGone(channel.id, call_id, at, read_cause(raw))
        return Reading((gone,), gone_call=call_id, look_for_messages=bool(caller and caller.is_away))

    def _dial(self, raw: Mapping[str, Any]) -> Reading:
        """Notice that a transfer was answered: the dialplan's Dial says so."""
        channel = read_channel(raw.get("caller"))
        if raw.get("dialstatus") != "ANSWER" or channel is None or channel.context != "decroche-transfer":
            return _NOTHING
        call_id = channel.call_id
        if call_id is None:
            return _NOTHING
        number = channel.variables.get("DECROCHE_TRANSFER", "")
        return Reading((TransferEnded(call_id, number, succeeded=True, at=read_time(raw)),))

    def _user_event(self, raw: Mapping[str, Any]) -> Reading:
        channel_id = text(raw, "channel", "id")
        caller = self._callers.get(channel_id)
        match raw.get("eventname"):
            case "DecrocheLease":
                if caller is not None:
                    caller.is_away = True
                call_id = caller.call_id if caller else None
                return Reading((CallerGone(channel_id, call_id, read_time(raw), Cause.LEASE),))
            case "DecrocheVoicemail":
                if caller is not None:
                    caller.is_away = False  # the recording is complete; what follows is a thank-you
                return Reading(look_for_messages=True)
            case "DecrocheEnd":
                if caller is not None:
                    caller.is_away = False
                return Reading(look_for_messages=True)
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

    def _playback_finished(self, raw: Mapping[str, Any]) -> Reading:
        future = self._playbacks.pop(text(raw, "playback", "id"), None)
        if future is not None and not future.done():
            future.set_result(None)
        return _NOTHING

    def _replaced(self, raw: Mapping[str, Any]) -> Reading:
        return Reading((Superseded(read_time(raw)),))

    def _scan(self, raw: Mapping[str, Any]) -> Reading:  # noqa: ARG002
        return Reading(look_for_messages=True)


_HANDLERS: Final[dict[str, Callable[[Interpreter, Mapping[str, Any]], Reading]]] = {
    "StasisStart": Interpreter._stasis_start,  # noqa: SLF001
    "StasisEnd": Interpreter._stasis_end,  # noqa: SLF001
    "ChannelCreated": Interpreter._created,  # noqa: SLF001
    "ChannelStateChange": Interpreter._state_change,  # noqa: SLF001
    "ChannelDestroyed": Interpreter._destroyed,  # noqa: SLF001
    "ChannelUserevent": Interpreter._user_event,  # noqa: SLF001
    "Dial": Interpreter._dial,  # noqa: SLF001
    "ContactStatusChange": Interpreter._contact,  # noqa: SLF001
    "PlaybackFinished": Interpreter._playback_finished,  # noqa: SLF001
    "ApplicationReplaced": Interpreter._replaced,  # noqa: SLF001
    # Not Asterisk's: what the adapter tells itself through the same door, to keep one order of facts.
    "DecrochePhoneGone": Interpreter._phone_removed,  # noqa: SLF001
    "DecrocheScan": Interpreter._scan,  # noqa: SLF001
}

# What Asterisk is asked to send. Its answers to requests pass the same filter.
HEARD: Final = ("RESTResponse", *(kind for kind in _HANDLERS if not kind.startswith("Decroche")))

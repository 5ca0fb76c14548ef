"""Let people act on an exchange in memory: call, pick up, press keys, hang up, lose the network.

In tests each of them does what the story says. Where there is no Asterisk, those outside act by themselves a moment
later (``people_act_after``), and the secretaries by their browser's buttons.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from decroche.calls.adapters.memory.state import Caller, Listener, Party, Phone
from decroche.calls.ports import (
    CallArrived,
    CallerGone,
    Cause,
    ChannelGone,
    DigitPressed,
    ExchangeConnected,
    ExchangeEvent,
    ExchangeLost,
    LegGone,
    ListenerGone,
    LiveLeg,
    PartyAnswered,
    PartyGone,
    PartyLeg,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PromptEnded,
    RecordingMade,
    SecretaryLeg,
    VoicemailLeft,
)


def system_clock() -> datetime:
    return datetime.now(UTC)


class People:
    """Hold who is on the exchange, and let them act."""

    def __init__(self, *, clock: Callable[[], datetime], people_act_after: float | None) -> None:
        self._clock = clock
        self._people_act_after = people_act_after
        self._queue: asyncio.Queue[ExchangeEvent] | None = None
        self._ids = count(1)
        self._down = False
        self.callers: dict[str, Caller] = {}
        self.phones: dict[int, Phone] = {}
        self.parties: dict[PartyLeg, Party] = {}
        self.listeners: dict[UUID, Listener] = {}
        self.asked: list[tuple[str, object]] = []
        self.unkept_voicemails: list[VoicemailLeft] = []
        self.unkept_recordings: list[RecordingMade] = []

    # --- callers ------------------------------------------------------------------------

    def caller_arrives(
        self,
        called_number: str,
        caller_number: str = "",
        caller_name: str = "",
        *,
        is_simulated: bool = False,
    ) -> str:
        """Let a caller ring one of our numbers; return the channel's id."""
        channel_id = f"m-{next(self._ids)}"
        caller = Caller(channel_id, called_number, caller_number, caller_name, is_simulated=is_simulated)
        self.callers[channel_id] = caller
        self._tell(self._arrival(caller))
        return channel_id

    def _arrival(self, caller: Caller) -> CallArrived:
        return CallArrived(
            caller.channel_id,
            caller.called_number,
            caller.caller_number,
            caller.caller_name,
            self._clock(),
            is_simulated=caller.is_simulated,
            call_id=caller.call_id,
        )

    def caller_hangs_up(self, channel_id: str, *, cause: str = Cause.HANGUP) -> None:
        """Let the caller go; the secretary's leg of the call, if any, ends with it."""
        caller = self.callers.pop(channel_id, None)
        if caller is None:
            return
        self._cancel_lease(caller)
        self._finish_recording(caller)
        self._tell(CallerGone(channel_id, caller.call_id, self._clock(), cause))
        for leg in self._legs_of(caller.call_id):
            self._end_leg(leg, Cause.HANGUP)
        if caller.call_id is not None:
            self._empty_room(caller.call_id)

    def _empty_room(self, call_id: UUID) -> None:
        for party in self._parties_of(call_id):
            self._end_party(party.leg, Cause.HANGUP)
        if call_id in self.listeners:
            self._end_listening(call_id)

    def caller_presses(self, call_id: UUID, digits: str) -> None:
        """Let the caller press keys."""
        for digit in digits:
            self._tell(DigitPressed(call_id, digit, self._clock()))

    def prompt_ends(self, call_id: UUID) -> None:
        """Come to the end of what is being said to the caller, who waits again as before."""
        caller = self._caller(call_id)
        if caller.prompt:
            name, caller.prompt = caller.prompt, ""
            caller.hears = caller.heard_before
            self._tell(PromptEnded(call_id, name, self._clock()))

    def fallback_stays_silent(self, channel_id: str) -> None:
        """Give back a caller whom the fallback number did not answer, as the dial plan does."""
        caller = self.callers[channel_id]
        caller.hears = "music"
        self._tell(self._arrival(caller))

    def leave_voicemail(
        self, call_id: UUID, *, path: Path = Path("voicemail.wav"), duration_seconds: int = 12
    ) -> None:
        """Finish recording: the caller's words are on disk and the caller goes."""
        caller = self._caller(call_id)
        left = VoicemailLeft(
            call_id, path, duration_seconds, self._clock(), caller.called_number, caller.caller_number
        )
        self.unkept_voicemails.append(left)
        self._tell(left)
        self.caller_hangs_up(caller.channel_id)

    def hears(self, call_id: UUID) -> str:
        """Say what the caller hears now."""
        return self._caller(call_id).hears

    # --- whom we call -------------------------------------------------------------------

    def number_answers(self, call_id: UUID) -> None:
        """Let the person whom an outgoing call rings pick up."""
        caller = self._caller(call_id)
        if caller.is_called and caller.hears == "dialling":
            caller.hears = "conversation"
            self._tell(PartyAnswered(PartyLeg(call_id, 0), self._clock()))

    def number_refuses(self, call_id: UUID, *, cause: str = "busy") -> None:
        """Let an outgoing call find nobody; the cause is "busy", "unanswered", "unallocated" or the like."""
        self.caller_hangs_up(self._caller(call_id).channel_id, cause=cause)

    def party_answers(self, call_id: UUID) -> None:
        """Let the third person who is being rung pick up."""
        for party in self._parties_of(call_id):
            if party.hears == "ringing":
                party.hears = "silence"
                self._tell(PartyAnswered(party.leg, self._clock()))

    def party_leaves(self, call_id: UUID, *, cause: str = Cause.HANGUP) -> None:
        """Let the third person hang up or refuse; a caller who was given to somebody outside goes too."""
        for party in self._parties_of(call_id):
            self._end_party(party.leg, cause)
            if party.hears == "caller" and party.user_id is None:
                self.caller_hangs_up(self._caller(call_id).channel_id)

    # --- secretaries and supervisors ----------------------------------------------------

    def phone_registers(self, user_id: int) -> None:
        """Make the secretary's phone reachable."""
        self._phone(user_id).registered = True
        self._tell(PhoneRegistered(user_id, self._clock()))

    def phone_loses_signalling(self, user_id: int) -> None:
        """Cut what the phone signals with: it can be rung no more, and a conversation on it goes on."""
        self._phone(user_id).registered = False
        self._tell(PhoneGone(user_id, self._clock()))

    def phone_vanishes(self, user_id: int) -> None:
        """Lose the secretary's phone; a leg on it is lost, not hung up."""
        phone = self._phone(user_id)
        self.phone_loses_signalling(user_id)
        for leg in list(phone.legs):
            self._leave_conversation(leg)
            self._end_leg(leg, Cause.LOST)
        self._put_down_rest(user_id, Cause.LOST)

    def phone_picks_up(self, user_id: int) -> SecretaryLeg | None:
        """Answer what rings there: her own leg, which is returned, else a colleague's or a supervisor's ring."""
        phone = self._phone(user_id)
        for leg, state in phone.legs.items():
            if state == "ringing":
                phone.legs[leg] = "up"
                self._tell(PhoneAnswered(leg, self._clock()))
                return leg
        for party in self.parties.values():
            if party.user_id == user_id:
                self.party_answers(party.leg.call_id)
        for listener in self.listeners.values():
            listener.is_there |= listener.user_id == user_id
        return None

    def phone_hangs_up(self, user_id: int) -> SecretaryLeg | None:
        """Refuse a ringing leg or end a talking one; return it, or None when there is none."""
        phone = self._phone(user_id)
        for leg, state in list(phone.legs.items()):
            self._leave_conversation(leg)
            self._end_leg(leg, Cause.REFUSED if state == "ringing" else Cause.HANGUP)
            return leg
        self._put_down_rest(user_id, Cause.HANGUP)
        return None

    def _put_down_rest(self, user_id: int, cause: str) -> None:
        for leg in [party.leg for party in self.parties.values() if party.user_id == user_id]:
            self._end_party(leg, cause)
        for call_id in [at for at, listener in self.listeners.items() if listener.user_id == user_id]:
            self._end_listening(call_id)

    # --- the exchange itself ------------------------------------------------------------

    def crash(self) -> None:
        """Lose every call at once, as a killed exchange does."""
        self._down = True
        for caller in self.callers.values():
            self._cancel_lease(caller)
        self.callers.clear()
        self.parties.clear()
        self.listeners.clear()
        for phone in self.phones.values():
            phone.legs.clear()
            phone.registered = False
        self._tell(ExchangeLost(self._clock()))

    def come_back(self) -> None:
        """Answer again after ``crash``; tell what lives."""
        self._down = False
        self._tell(self._snapshot())

    def _snapshot(self) -> ExchangeConnected:
        legs = [caller.as_live_leg() for caller in self.callers.values()]
        legs += [party.as_live_leg() for party in self.parties.values()]
        talking = set()
        for phone in self.phones.values():
            for leg, state in phone.legs.items():
                channel_id = f"a-{leg.user_id}-{leg.call_id}-{leg.attempt}"
                legs.append(LiveLeg(channel_id, leg.call_id, leg, "ringing" if state == "ringing" else "up"))
                if state == "connected":
                    talking.add(leg.call_id)
        registered = frozenset(user_id for user_id, phone in self.phones.items() if phone.registered)
        return ExchangeConnected(self._clock(), tuple(legs), frozenset(talking), registered)

    # --- inside -------------------------------------------------------------------------

    def _tell(self, event: ExchangeEvent) -> None:
        if self._queue is not None:
            self._queue.put_nowait(event)

    def _by_themselves(self, act: Callable[[], None]) -> None:
        """Let somebody outside act a moment later, where nobody plays them."""
        if self._people_act_after is not None:
            asyncio.get_running_loop().call_later(self._people_act_after, self._if_still_there, act)

    @staticmethod
    def _if_still_there(act: Callable[[], None]) -> None:
        with contextlib.suppress(ChannelGone):
            act()

    def _phone(self, user_id: int) -> Phone:
        return self.phones.setdefault(user_id, Phone())

    def _caller(self, call_id: UUID) -> Caller:
        for caller in self.callers.values():
            if caller.call_id == call_id:
                return caller
        raise ChannelGone(str(call_id))

    def _legs_of(self, call_id: UUID | None) -> list[SecretaryLeg]:
        return [leg for phone in self.phones.values() for leg in phone.legs if leg.call_id == call_id]

    def _parties_of(self, call_id: UUID) -> list[Party]:
        return [party for party in self.parties.values() if party.leg.call_id == call_id]

    def _end_leg(self, leg: SecretaryLeg, cause: str) -> None:
        phone = self._phone(leg.user_id)
        phone.legs.pop(leg, None)
        phone.muted.discard(leg)
        self._tell(LegGone(leg, self._clock(), cause))
        if leg.call_id in self.listeners:
            self._end_listening(leg.call_id)

    def _end_party(self, leg: PartyLeg, cause: str) -> None:
        if self.parties.pop(leg, None) is not None:
            self._tell(PartyGone(leg, self._clock(), cause))

    def _end_listening(self, call_id: UUID) -> None:
        listener = self.listeners.pop(call_id)
        self._tell(ListenerGone(call_id, listener.user_id, self._clock()))

    def _leave_conversation(self, leg: SecretaryLeg) -> None:
        """Give the caller music when the other end of the conversation is no more."""
        if self._phone(leg.user_id).legs.get(leg) == "connected":
            with contextlib.suppress(ChannelGone):
                self._caller(leg.call_id).hears = "music"

    def _finish_recording(self, caller: Caller, *, discard: bool = False) -> None:
        if not caller.records or caller.call_id is None:
            return
        caller.records = False
        if not discard:
            path = Path(f"recording-{caller.call_id}-{next(self._ids)}.wav")
            made = RecordingMade(caller.call_id, path, 1, self._clock())
            self.unkept_recordings.append(made)
            self._tell(made)

    def _cancel_lease(self, caller: Caller) -> None:
        if caller.lease is not None:
            caller.lease.cancel()
            caller.lease = None

    def _fire_lease(self, caller: Caller) -> None:
        """Do what the dial plan does when nobody renews: fall back, away from the switchboard."""
        caller.hears = "fallback"
        caller.lease = None
        self._tell(CallerGone(caller.channel_id, caller.call_id, self._clock(), Cause.LEASE))
        for leg in self._legs_of(caller.call_id):
            self._end_leg(leg, Cause.HANGUP)

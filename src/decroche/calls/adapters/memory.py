"""Play a telephone exchange in memory: for tests, and for machines without Asterisk.

It satisfies ``ports.Telephony``. What people do (call, pick up, hang up, lose the network) is a
plain method here; in simulated mode the browser's buttons reach them as orders.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from decroche.calls.ports import (
    Announcement,
    CallArrived,
    CallerGone,
    Cause,
    ChannelGone,
    ExchangeConnected,
    ExchangeDown,
    ExchangeEvent,
    ExchangeLost,
    LegGone,
    LiveLeg,
    PhoneAccount,
    PhoneAnswered,
    PhoneGone,
    PhoneRegistered,
    PhoneRinging,
    PhoneUnreachable,
    Prompt,
    SecretaryLeg,
    TransferEnded,
    VoicemailLeft,
)

VOICEMAIL_SECONDS = 1.0


def _system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Caller:
    """Hold one caller's channel and what that caller hears now."""

    channel_id: str
    called_number: str
    caller_number: str
    caller_name: str
    hears: str = (
        "ringing"  # ringing, greeting, music, conversation, hold, voicemail, fallback, or an announcement
    )
    call_id: UUID | None = None
    fallback_number: str = ""
    lease: asyncio.TimerHandle | None = None
    is_simulated: bool = False


def _state(caller: Caller) -> str:
    if caller.hears == "ringing":
        return "ringing"
    return "away" if caller.hears.startswith(("fallback", "transfer:")) else "up"


@dataclass(slots=True)
class Phone:
    """Hold one secretary's phone: its account, whether it can ring, the leg it carries."""

    account: PhoneAccount | None = None
    registered: bool = False
    legs: dict[SecretaryLeg, str] = field(default_factory=dict)  # "ringing" | "up" | "connected"


class MemoryExchange:
    """Be an exchange without any voice."""

    is_simulated = True

    def __init__(
        self, *, clock: Callable[[], datetime] = _system_clock, phones_register_at_once: bool = False
    ) -> None:
        """Start empty; with ``phones_register_at_once`` an account is a registered phone (simulated mode)."""
        self._clock = clock
        self._register_at_once = phones_register_at_once
        self._queue: asyncio.Queue[ExchangeEvent] | None = None
        self._ids = count(1)
        self._down = False
        self.callers: dict[str, Caller] = {}
        self.phones: dict[int, Phone] = {}
        self.asked: list[tuple[str, object]] = []
        self.transfer_answers = True
        self.unkept_voicemails: list[VoicemailLeft] = []

    # --- what happens on the exchange, told from outside --------------------------------

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
        self.callers[channel_id] = Caller(
            channel_id, called_number, caller_number, caller_name, is_simulated=is_simulated
        )
        self._tell(
            CallArrived(
                channel_id,
                called_number,
                caller_number,
                caller_name,
                self._clock(),
                is_simulated=is_simulated,
            )
        )
        return channel_id

    def caller_hangs_up(self, channel_id: str, *, cause: str = Cause.HANGUP) -> None:
        """Let the caller go; the secretary's leg of the call, if any, ends with it."""
        caller = self.callers.pop(channel_id, None)
        if caller is None:
            return
        self._cancel_lease(caller)
        self._tell(CallerGone(channel_id, caller.call_id, self._clock(), cause))
        for leg in self._legs_of(caller.call_id):
            self._end_leg(leg, Cause.HANGUP)

    def phone_registers(self, user_id: int) -> None:
        """Make the secretary's phone reachable."""
        self._phone(user_id).registered = True
        self._tell(PhoneRegistered(user_id, self._clock()))

    def phone_vanishes(self, user_id: int) -> None:
        """Lose the secretary's phone; a leg on it is lost, not hung up."""
        phone = self._phone(user_id)
        phone.registered = False
        self._tell(PhoneGone(user_id, self._clock()))
        for leg in list(phone.legs):
            self._leave_conversation(leg)
            self._end_leg(leg, Cause.LOST)

    def phone_picks_up(self, user_id: int) -> SecretaryLeg | None:
        """Answer the ringing leg; return it, or None when nothing rings."""
        phone = self._phone(user_id)
        for leg, state in phone.legs.items():
            if state == "ringing":
                phone.legs[leg] = "up"
                self._tell(PhoneAnswered(leg, self._clock()))
                return leg
        return None

    def phone_hangs_up(self, user_id: int) -> SecretaryLeg | None:
        """Refuse a ringing leg or end a talking one; return it, or None when there is none."""
        phone = self._phone(user_id)
        for leg, state in list(phone.legs.items()):
            self._leave_conversation(leg)
            self._end_leg(leg, Cause.REFUSED if state == "ringing" else Cause.HANGUP)
            return leg
        return None

    def fallback_stays_silent(self, channel_id: str) -> None:
        """Give back a caller whom the fallback number did not answer, as the dial plan does."""
        caller = self.callers[channel_id]
        caller.hears = "music"
        self._tell(
            CallArrived(
                channel_id,
                caller.called_number,
                caller.caller_number,
                caller.caller_name,
                self._clock(),
                is_simulated=caller.is_simulated,
                call_id=caller.call_id,
            )
        )

    def crash(self) -> None:
        """Lose every call at once, as a killed exchange does."""
        self._down = True
        for caller in self.callers.values():
            self._cancel_lease(caller)
        self.callers.clear()
        for phone in self.phones.values():
            phone.legs.clear()
            phone.registered = False
        self._tell(ExchangeLost(self._clock()))

    def come_back(self) -> None:
        """Answer again after ``crash``; tell what lives."""
        self._down = False
        self._tell(self._snapshot())

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

    # --- Telephony ----------------------------------------------------------------------

    async def events(self) -> AsyncIterator[ExchangeEvent]:
        """Yield facts for ever, first what lives now; a second reader takes over from the first."""
        queue: asyncio.Queue[ExchangeEvent] = asyncio.Queue()
        self._queue = queue
        if not self._down:
            queue.put_nowait(self._snapshot())
            for left in self.unkept_voicemails:
                queue.put_nowait(left)
        while True:
            yield await queue.get()

    async def close(self) -> None:
        """Let go; calls go on."""
        self._queue = None

    async def set_phone_account(self, account: PhoneAccount) -> None:
        self._ask("set_phone_account", account.user_id)
        self._phone(account.user_id).account = account
        if self._register_at_once:
            self.phone_registers(account.user_id)

    async def remove_phone_account(self, user_id: int) -> None:
        self._ask("remove_phone_account", user_id)
        phone = self._phone(user_id)
        phone.account = None
        if phone.registered:
            phone.registered = False
            self._tell(PhoneGone(user_id, self._clock()))

    async def remember_fallback(self, *, called_number: str, number: str) -> None:
        self._ask("remember_fallback", (called_number, number))

    async def keep_voicemail(self, path: Path) -> None:
        self._ask("keep_voicemail", path)
        self.unkept_voicemails = [left for left in self.unkept_voicemails if left.path != path]

    async def adopt_caller(self, channel_id: str, call_id: UUID, *, fallback_number: str) -> None:
        self._ask("adopt_caller", call_id)
        caller = self.callers.get(channel_id)
        if caller is None:
            raise ChannelGone(channel_id)
        caller.call_id = call_id
        caller.fallback_number = fallback_number

    async def welcome(self, call_id: UUID, *, greeting: Prompt, has_music: bool = True) -> None:
        self._ask("welcome", call_id)
        self._caller(call_id).hears = (
            f"greeting: {greeting.text or greeting.sound}" if greeting else "music" if has_music else "quiet"
        )

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        self._ask("renew_lease", seconds)
        caller = self._caller(call_id)
        self._cancel_lease(caller)
        if seconds:
            caller.lease = asyncio.get_running_loop().call_later(seconds, self._fire_lease, caller)

    async def ring_phone(self, leg: SecretaryLeg, *, shown_number: str, shown_name: str) -> None:
        self._ask("ring_phone", (leg, shown_number, shown_name))
        phone = self._phone(leg.user_id)
        if not phone.registered:
            raise PhoneUnreachable(leg.user_id)
        if leg not in phone.legs:
            phone.legs[leg] = "ringing"
            self._tell(PhoneRinging(leg, self._clock()))

    async def stop_ringing(self, leg: SecretaryLeg) -> None:
        self._ask("stop_ringing", leg)
        if self._phone(leg.user_id).legs.get(leg) is not None:
            self._end_leg(leg, Cause.HANGUP)

    async def connect(self, leg: SecretaryLeg) -> None:
        self._ask("connect", leg)
        caller = self._caller(leg.call_id)
        phone = self._phone(leg.user_id)
        if leg not in phone.legs:
            raise ChannelGone(str(leg))
        phone.legs[leg] = "connected"
        caller.hears = "conversation"
        self._cancel_lease(caller)

    async def hold(self, call_id: UUID) -> None:
        self._ask("hold", call_id)
        self._caller(call_id).hears = "hold"

    async def resume(self, call_id: UUID) -> None:
        self._ask("resume", call_id)
        self._caller(call_id).hears = "conversation"

    async def wait_again(self, call_id: UUID) -> None:
        self._ask("wait_again", call_id)
        self._caller(call_id).hears = "music"

    async def transfer(self, call_id: UUID, *, number: str, shown_number: str) -> None:
        self._ask("transfer", (call_id, number, shown_number))
        caller = self._caller(call_id)
        for leg in self._legs_of(call_id):
            self._end_leg(leg, Cause.HANGUP)
        caller.hears = f"transfer: {number}" if self.transfer_answers else "music"
        self._tell(TransferEnded(call_id, number, self.transfer_answers, self._clock()))

    async def send_to_fallback(self, call_id: UUID, *, number: str) -> None:
        self._ask("send_to_fallback", (call_id, number))
        caller = self._caller(call_id)
        self._cancel_lease(caller)
        caller.hears = "fallback"

    async def take_voicemail(self, call_id: UUID) -> None:
        self._ask("take_voicemail", call_id)
        caller = self._caller(call_id)
        self._cancel_lease(caller)
        caller.hears = "voicemail"
        if caller.is_simulated:
            loop = asyncio.get_running_loop()
            loop.call_later(VOICEMAIL_SECONDS, self._leave_simulated_voicemail, call_id)

    async def announce_and_end(self, channel_id: str, announcement: Announcement) -> None:
        self._ask("announce_and_end", (channel_id, announcement))
        caller = self.callers.get(channel_id)
        if caller is None:
            raise ChannelGone(channel_id)
        caller.hears = announcement.value
        asyncio.get_running_loop().call_soon(self.caller_hangs_up, channel_id)

    async def hang_up(self, call_id: UUID) -> None:
        self._ask("hang_up", call_id)
        self.caller_hangs_up(self._caller(call_id).channel_id)

    async def place_simulated_call(
        self, *, called_number: str, caller_number: str, caller_name: str, voice: str
    ) -> str:
        self._ask("place_simulated_call", (called_number, voice))
        return self.caller_arrives(called_number, caller_number, caller_name, is_simulated=True)

    # --- inside -------------------------------------------------------------------------

    def _ask(self, verb: str, what: object) -> None:
        if self._down:
            raise ExchangeDown
        self.asked.append((verb, what))
        del self.asked[:-1000]

    def _tell(self, event: ExchangeEvent) -> None:
        if self._queue is not None:
            self._queue.put_nowait(event)

    def _phone(self, user_id: int) -> Phone:
        return self.phones.setdefault(user_id, Phone())

    def _caller(self, call_id: UUID) -> Caller:
        for caller in self.callers.values():
            if caller.call_id == call_id:
                return caller
        raise ChannelGone(str(call_id))

    def _legs_of(self, call_id: UUID | None) -> list[SecretaryLeg]:
        return [leg for phone in self.phones.values() for leg in phone.legs if leg.call_id == call_id]

    def _end_leg(self, leg: SecretaryLeg, cause: str) -> None:
        self._phone(leg.user_id).legs.pop(leg, None)
        self._tell(LegGone(leg, self._clock(), cause))

    def _leave_conversation(self, leg: SecretaryLeg) -> None:
        """Give the caller music when the other end of the conversation is no more."""
        if self._phone(leg.user_id).legs.get(leg) == "connected":
            with contextlib.suppress(ChannelGone):
                self._caller(leg.call_id).hears = "music"

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

    def _leave_simulated_voicemail(self, call_id: UUID) -> None:
        with contextlib.suppress(ChannelGone):
            if self.hears(call_id) == "voicemail":
                self.leave_voicemail(call_id)

    def _snapshot(self) -> ExchangeConnected:
        legs = [
            LiveLeg(
                c.channel_id,
                c.call_id,
                None,
                _state(c),
                c.called_number,
                c.caller_number,
                c.caller_name,
                c.is_simulated,
            )
            for c in self.callers.values()
        ]
        talking = set()
        for phone in self.phones.values():
            for leg, state in phone.legs.items():
                channel_id = f"a-{leg.user_id}-{leg.call_id}-{leg.attempt}"
                legs.append(LiveLeg(channel_id, leg.call_id, leg, "ringing" if state == "ringing" else "up"))
                if state == "connected":
                    talking.add(leg.call_id)
        registered = frozenset(user_id for user_id, phone in self.phones.items() if phone.registered)
        return ExchangeConnected(self._clock(), tuple(legs), frozenset(talking), registered)

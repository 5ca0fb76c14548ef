"""Do in memory what a switchboard asks of an exchange: the twin of ``adapters.ari``, without any voice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from decroche.calls.adapters.memory.people import People, system_clock
from decroche.calls.adapters.memory.state import Caller, Listener, Party
from decroche.calls.ports import (
    Announcement,
    Cause,
    ChannelGone,
    Ear,
    ExchangeDown,
    ExchangeEvent,
    Mix,
    PartyLeg,
    PhoneAccount,
    PhoneGone,
    PhoneUnreachable,
    Prompt,
    PromptEnded,
    SecretaryLeg,
    TransferEnded,
)

VOICEMAIL_SECONDS = 1.0
_PEOPLE_ACT_AFTER: Final = 2.0
# Who hears what once a third person is there: caller, party.
_HEARING: Final = {
    Mix.CONSULT: ("hold", "secretary"),
    Mix.CALLER: ("conversation", "music"),
    Mix.ALL: ("conversation", "all"),
    Mix.GIVE: ("conversation", "caller"),
}


class MemoryExchange(People):
    """Be an exchange without any voice."""

    is_simulated = True

    def __init__(
        self, *, clock: Callable[[], datetime] = system_clock, phones_register_at_once: bool = False
    ) -> None:
        """Start empty; in simulated mode (``phones_register_at_once``) an account is a phone, and those outside act."""
        super().__init__(clock=clock, people_act_after=_PEOPLE_ACT_AFTER if phones_register_at_once else None)
        self._register_at_once = phones_register_at_once
        self.transfer_answers = True

    async def events(self) -> AsyncIterator[ExchangeEvent]:
        """Yield facts for ever, first what lives now; a second reader takes over from the first."""
        queue: asyncio.Queue[ExchangeEvent] = asyncio.Queue()
        self._queue = queue
        if not self._down:
            queue.put_nowait(self._snapshot())
            for left in self.unkept_voicemails:
                queue.put_nowait(left)
            for made in self.unkept_recordings:
                queue.put_nowait(made)
        while True:
            yield await queue.get()

    async def tell(self, take_in: Callable[[ExchangeEvent], None]) -> None:
        async for fact in self.events():
            take_in(fact)

    async def hear_all(self) -> None:
        while self._queue is not None and not self._queue.empty():  # noqa: ASYNC110
            await asyncio.sleep(0)

    def held(self) -> Mapping[str, int]:
        return {"callers": len(self.callers)}

    async def close(self) -> None:
        """Let go; calls go on."""
        self._queue = None

    # --- phones and keeping -------------------------------------------------------------

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

    async def route_phone(self, user_id: int, *, number: str) -> None:
        self._ask("route_phone", (user_id, number))
        self._phone(user_id).routed_to = number

    async def remember_fallback(self, *, called_number: str, number: str) -> None:
        self._ask("remember_fallback", (called_number, number))

    async def keep_voicemail(self, path: Path) -> None:
        self._ask("keep_voicemail", path)
        self.unkept_voicemails = [left for left in self.unkept_voicemails if left.path != path]

    async def keep_recording(self, path: Path) -> None:
        self._ask("keep_recording", path)
        self.unkept_recordings = [made for made in self.unkept_recordings if made.path != path]

    # --- the caller who waits -----------------------------------------------------------

    async def adopt_caller(self, channel_id: str, call_id: UUID, *, fallback_number: str) -> None:
        self._ask("adopt_caller", call_id)
        caller = self.callers.get(channel_id)
        if caller is None:
            raise ChannelGone(channel_id)
        caller.call_id = call_id
        caller.fallback_number = fallback_number

    async def welcome(self, call_id: UUID, *, greeting: Prompt, has_music: bool = True) -> None:
        self._ask("welcome", call_id)
        caller = self._caller(call_id)
        caller.waits_with = "music" if has_music else "quiet"
        self._speak(caller, "greeting", greeting, "greeting")

    async def say(self, call_id: UUID, name: str, prompt: Prompt) -> None:
        self._ask("say", (call_id, name, prompt))
        caller = self._caller(call_id)
        self.prompt_ends(call_id)  # what is said takes the place of what was being said
        self._speak(caller, name, prompt, "prompt")

    def _speak(self, caller: Caller, name: str, prompt: Prompt, kind: str) -> None:
        assert caller.call_id is not None
        talks = caller.hears == "conversation"
        caller.heard_before = caller.hears if talks else caller.waits_with
        if not prompt:
            caller.hears = caller.heard_before
            self._tell(PromptEnded(caller.call_id, name, self._clock()))
            return
        caller.prompt = name
        caller.hears = f"{kind}: {prompt.sound or prompt.text}"
        call_id = caller.call_id
        self._by_themselves(lambda: self.prompt_ends(call_id))

    async def hush(self, call_id: UUID) -> None:
        self._ask("hush", call_id)
        self.prompt_ends(call_id)

    async def say_and_end(self, call_id: UUID, prompt: Prompt) -> None:
        self._ask("say_and_end", (call_id, prompt))
        caller = self._away(call_id, f"ending: {prompt.sound or prompt.text}")
        asyncio.get_running_loop().call_soon(self.caller_hangs_up, caller.channel_id)

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        self._ask("renew_lease", seconds)
        caller = self._caller(call_id)
        self._cancel_lease(caller)
        if seconds:
            caller.lease = asyncio.get_running_loop().call_later(seconds, self._fire_lease, caller)

    # --- the secretary ------------------------------------------------------------------

    async def ring_phone(self, leg: SecretaryLeg, *, shown_number: str, shown_name: str) -> None:
        self._ask("ring_phone", (leg, shown_number, shown_name))
        phone = self._phone(leg.user_id)
        if not phone.registered and not phone.routed_to:
            raise PhoneUnreachable(leg.user_id)
        if leg not in phone.legs:
            phone.legs[leg] = "ringing"

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
        self._talk(caller)

    async def call_out(self, leg: SecretaryLeg, *, number: str, shown_number: str) -> None:
        self._ask("call_out", (leg, number, shown_number))
        phone = self._phone(leg.user_id)
        if phone.legs.get(leg) not in {"up", "connected"}:
            raise ChannelGone(str(leg))
        channel_id = f"o-{leg.call_id}"
        if channel_id in self.callers:
            return
        phone.legs[leg] = "connected"
        self.callers[channel_id] = Caller(
            channel_id, number, shown_number, "", hears="dialling", call_id=leg.call_id, is_called=True
        )
        self._by_themselves(lambda: self.number_answers(leg.call_id))

    async def hold(self, call_id: UUID) -> None:
        self._ask("hold", call_id)
        self.prompt_ends(call_id)
        self._caller(call_id).hears = "hold"

    async def resume(self, call_id: UUID) -> None:
        self._ask("resume", call_id)
        self._talk(self._caller(call_id))

    async def wait_again(self, call_id: UUID) -> None:
        self._ask("wait_again", call_id)
        self.prompt_ends(call_id)
        self._caller(call_id).hears = "music"
        self._let_go_of_secretaries(call_id)

    async def mute(self, leg: SecretaryLeg, *, is_muted: bool) -> None:
        self._ask("mute", (leg, is_muted))
        phone = self._phone(leg.user_id)
        if leg not in phone.legs:
            raise ChannelGone(str(leg))
        (phone.muted.add if is_muted else phone.muted.discard)(leg)

    async def send_digits(self, call_id: UUID, *, digits: str) -> None:
        self._ask("send_digits", (call_id, digits))
        self._caller(call_id).digits_sent += digits

    # --- third persons, supervisors, recordings -----------------------------------------

    async def ring_party(
        self, party: PartyLeg, *, number: str = "", user_id: int | None = None, shown_number: str
    ) -> None:
        self._ask("ring_party", (party, number, user_id, shown_number))
        self._caller(party.call_id)
        phone = self._phone(user_id) if user_id is not None else None
        if phone is not None and not phone.registered and not phone.routed_to:
            raise PhoneUnreachable(user_id)
        if party not in self.parties:
            self.parties[party] = Party(party, number, user_id)
            if user_id is None:
                self._by_themselves(lambda: self.party_answers(party.call_id))

    async def mix(self, party: PartyLeg, leg: SecretaryLeg, mix: Mix) -> None:
        self._ask("mix", (party, leg, mix))
        caller = self._caller(party.call_id)
        third = self.parties.get(party)
        if third is None or third.hears == "ringing" or (mix is not Mix.GIVE and not self._is_up(leg)):
            raise ChannelGone(str(party))
        self.prompt_ends(party.call_id)
        caller.hears, third.hears = _HEARING[mix]
        if mix is not Mix.CONSULT:
            self._cancel_lease(caller)
        if mix is Mix.GIVE:
            self._let_go_of_secretaries(party.call_id)
        else:
            self._phone(leg.user_id).legs[leg] = "up" if mix is Mix.CONSULT else "connected"

    async def drop_party(self, party: PartyLeg) -> None:
        self._ask("drop_party", party)
        self._end_party(party, Cause.HANGUP)

    async def lend_ear(self, leg: SecretaryLeg, *, user_id: int, ear: Ear | None) -> None:
        self._ask("lend_ear", (leg, user_id, ear))
        known = self.listeners.get(leg.call_id)
        if ear is None:
            if known is not None:
                self._end_listening(leg.call_id)
        elif not self._is_up(leg):
            raise ChannelGone(str(leg))
        elif known is not None:
            known.ear = ear
        elif not self._phone(user_id).registered:
            raise PhoneUnreachable(user_id)
        else:
            self.listeners[leg.call_id] = Listener(user_id, ear)

    async def record(self, call_id: UUID) -> None:
        self._ask("record", call_id)
        self._caller(call_id).records = True

    async def stop_recording(self, call_id: UUID, *, discard: bool) -> None:
        self._ask("stop_recording", (call_id, discard))
        self._finish_recording(self._caller(call_id), discard=discard)

    # --- away from us -------------------------------------------------------------------

    async def transfer(self, call_id: UUID, *, number: str, shown_number: str) -> None:
        self._ask("transfer", (call_id, number, shown_number))
        self._away(call_id, f"transfer: {number}" if self.transfer_answers else "music")
        self._tell(TransferEnded(call_id, number, self.transfer_answers, self._clock()))

    async def send_to_fallback(self, call_id: UUID, *, number: str) -> None:
        self._ask("send_to_fallback", (call_id, number))
        self._away(call_id, "fallback")

    async def take_voicemail(self, call_id: UUID) -> None:
        self._ask("take_voicemail", call_id)
        caller = self._away(call_id, "voicemail")
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
        callers = [caller for caller in self.callers.values() if caller.call_id == call_id]
        legs = self._legs_of(call_id)
        if not callers and not legs and not self._parties_of(call_id):
            raise ChannelGone(str(call_id))
        for caller in callers:
            self.caller_hangs_up(caller.channel_id)
        for leg in self._legs_of(call_id):
            self._end_leg(leg, Cause.HANGUP)
        self.party_leaves(call_id)

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

    def _is_up(self, leg: SecretaryLeg) -> bool:
        return self._phone(leg.user_id).legs.get(leg) in {"up", "connected"}

    def _talk(self, caller: Caller) -> None:
        """Let the caller talk; what was being said is cut short."""
        assert caller.call_id is not None
        self.prompt_ends(caller.call_id)
        caller.hears = "conversation"
        self._cancel_lease(caller)

    def _away(self, call_id: UUID, hears: str) -> Caller:
        """Let the exchange itself lead the caller from now on."""
        caller = self._caller(call_id)
        self.prompt_ends(call_id)
        self._cancel_lease(caller)
        self._let_go_of_secretaries(call_id)
        caller.hears = hears
        return caller

    def _let_go_of_secretaries(self, call_id: UUID) -> None:
        for leg in self._legs_of(call_id):
            self._end_leg(leg, Cause.HANGUP)

    def _leave_simulated_voicemail(self, call_id: UUID) -> None:
        if any(caller.call_id == call_id and caller.hears == "voicemail" for caller in self.callers.values()):
            self.leave_voicemail(call_id)

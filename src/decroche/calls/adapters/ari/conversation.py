"""Bring caller and secretary together: ring her phone, connect, call out, hold, mute, send digits."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final
from uuid import UUID

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import HTTP_CONFLICT, AriRefused, Request
from decroche.calls.adapters.ari.demonstration import Demonstration
from decroche.calls.adapters.ari.interpreter import Chore, Do
from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.ports import ChannelGone, ExchangeDown, PhoneUnreachable, SecretaryLeg

# Longer than any offer: the switchboard stops it, this only spares a dead one's phones.
_RING_SECONDS: Final = 60
_ENTRY_SECONDS: Final = 2  # how long a channel may take from the dialplan back to us


class Conversation(Demonstration):
    """Hold the conversations between a caller and a secretary."""

    def __init__(self, find: Callable[[], AriSettings]) -> None:
        super().__init__(find)
        self._anchored: set[UUID] = set()  # outgoing calls with a dialplan to fall back to

    def _sweep(self, call_id: UUID) -> list[Request]:
        self._anchored.discard(call_id)
        return super()._sweep(call_id)

    # --- her phone ----------------------------------------------------------------------

    def ring_phone(
        self, leg: SecretaryLeg, *, shown_number: str, shown_name: str
    ) -> Coroutine[Any, Any, None]:
        call_id = leg.call_id
        caller = self._census.caller_of(call_id)
        if caller is None and call_id in self._census.ended:
            raise ChannelGone(str(call_id))
        if leg in self._census.legs_of(call_id):
            return _nothing()  # it rings already
        mobile = self._phones.routes.get(leg.user_id, "")
        where: dict[str, str | int] = {
            "endpoint": self._outside(mobile) if mobile else self._phones.endpoint(leg.user_id),
            "app": self._apps.legs,
            "appArgs": "leg",
            "callerId": naming.quoted_caller(shown_number, shown_name),
            "timeout": _RING_SECONDS,
        }
        variables = {}
        if mobile:
            # The operator carries our own numbers only, and learns nothing of who calls.
            ours = caller.called_number if caller and caller.called_number else shown_number
            where["callerId"] = naming.quoted_caller(ours, "")
            variables = {"DECROCHE_CONFIRM": "wait"}
        if caller is not None:
            where["originator"] = caller.channel_id
        asked = self._originate(naming.leg_id(leg), where, who=str(leg.user_id), variables=variables)
        self._census.enter_leg(leg)
        return self._rung(leg, asked)

    async def _rung(self, leg: SecretaryLeg, asked: Awaitable[None]) -> None:
        try:
            await asked
        except (ChannelGone, PhoneUnreachable):
            self._census.forget_leg(leg)
            raise

    def _originate(
        self,
        channel_id: str,
        where: Mapping[str, str | int],
        *,
        who: str,
        variables: Mapping[str, str] | None = None,
    ) -> Coroutine[Any, Any, None]:
        """Ring somebody, in this very moment; what rings already is left ringing.

        Raises, when it is awaited:
            ChannelGone: the caller for whom we ring is gone.
            PhoneUnreachable: there is no phone there.
        """
        body = {**where, "variables": variables} if variables else where
        request = Request("POST", f"channels/{channel_id}", body=body)
        return self._will_ring(self._exchange.ask_now(request), str(where.get("originator", "")), who)

    @staticmethod
    async def _will_ring(asked: Awaitable[Any], originator: str, who: str) -> None:
        try:
            await asked
        except AriRefused as error:
            if error.status == HTTP_CONFLICT:
                return
            if "originator" in str(error).lower():
                raise ChannelGone(originator) from error
            raise PhoneUnreachable(who) from error

    async def stop_ringing(self, leg: SecretaryLeg) -> None:
        with contextlib.suppress(ChannelGone):
            await self._one(self._drop(naming.leg_id(leg)))

    # --- talking ------------------------------------------------------------------------

    async def connect(self, leg: SecretaryLeg) -> None:
        """Let caller and secretary talk, and disarm the lease."""
        caller = self._channel(leg.call_id)
        ready = self._pick_up(leg.call_id, caller)
        await self._all(
            [
                *ready,  # first: a channel that plays obeys nothing else
                self._disarm(leg.call_id, caller),
                *self._gather(naming.bridge_id(leg.call_id), caller, naming.leg_id(leg)),
            ],
            must=(len(ready), -1),
        )
        self._talks(leg.call_id)
        self._start(self._tell_simulated(leg.call_id, "yes"))

    async def call_out(self, leg: SecretaryLeg, *, number: str, shown_number: str) -> None:
        """Ring a number outside so that she hears whatever the operator lets one hear."""
        call_id, secretary = leg.call_id, naming.leg_id(leg)
        if leg not in self._census.legs_of(call_id):
            raise ChannelGone(secretary)
        called = naming.called_id(call_id)
        if self._census.channel_of(call_id) == called:
            return  # it rings already
        query = {
            "endpoint": self._outside(number),
            "app": self._app,
            "appArgs": "called",
            "channelId": called,
            "originator": secretary,
        }
        variables = {
            "DECROCHE_CALL": str(call_id),
            "DECROCHE_CALLED": naming.dialled(number),
            "DECROCHE_SHOWN": naming.dialled(shown_number),
        }
        self._census.expect_called(called, call_id, naming.dialled(number))
        made = self._interpreter.entry(called)
        try:
            await self._exchange.ask(Request("POST", "channels/create", query, {"variables": variables}))
        except AriRefused as error:
            self._census.forget_called(called, call_id)
            raise PhoneUnreachable(naming.dialled(number)) from error
        await self._entered(made)
        await self._all(
            [
                # Who joins is shown to the others as what the phone was shown: that was not a line of ours.
                self._set(secretary, "CALLERID(all)", naming.quoted_caller(shown_number, "")),
                *self._gather(naming.bridge_id(call_id), secretary, called),
                Request("POST", f"channels/{called}/dial", {"timeout": str(_RING_SECONDS)}),
            ],
            must=(-1,),
        )

    async def hold(self, call_id: UUID) -> None:
        caller = self._channel(call_id)
        await self._stop_speaking(call_id)
        self._talking.discard(call_id)
        if caller == naming.called_id(call_id) and call_id not in self._anchored:
            await self._anchor(call_id, caller)
            return
        await self._all(
            [self._take_out(naming.bridge_id(call_id), caller), self._music(caller)],
            must=(1,),
        )

    async def _anchor(self, call_id: UUID, called: str) -> None:
        """Give somebody whom we called a dialplan to fall back to, as those who call us have; it plays the music."""
        back = self._interpreter.entry(called)
        where = {"context": "decroche-called", "extension": "s", "priority": "1"}
        await self._all(
            [
                self._take_out(naming.bridge_id(call_id), called),
                Request("POST", f"channels/{called}/continue", where),
            ],
            must=(-1,),
        )
        await self._entered(back)
        self._anchored.add(call_id)

    @staticmethod
    async def _entered(entry: "asyncio.Future[None]") -> None:
        """Wait until a channel has come to us; what is asked of it sooner is refused."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ENTRY_SECONDS):
                await entry

    async def resume(self, call_id: UUID) -> None:
        """Bring caller and secretary together again, wherever each of them was."""
        caller = self._channel(call_id)
        legs = [naming.leg_id(leg) for leg in self._talking_legs(call_id)]
        await self._all(
            [
                *self._quiet(call_id, caller),
                self._disarm(call_id, caller),
                *self._stop_tone(call_id),
                *self._gather(naming.bridge_id(call_id), caller, *legs),
            ],
            must=(-1,),
        )
        self._talks(call_id)

    def _talks(self, call_id: UUID) -> None:
        """Remember that somebody is there for the caller, unless he went while that was asked."""
        if self._census.channel_of(call_id) is not None:
            self._talking.add(call_id)

    async def wait_again(self, call_id: UUID) -> None:
        await self.hold(call_id)
        await self._drop_legs(call_id)

    async def mute(self, leg: SecretaryLeg, *, is_muted: bool) -> None:
        verb = "POST" if is_muted else "DELETE"
        await self._one(Request(verb, f"channels/{naming.leg_id(leg)}/mute", {"direction": "in"}))

    async def send_digits(self, call_id: UUID, *, digits: str) -> None:
        sent = {"dtmf": naming.digits(digits), "between": "120", "duration": "120"}
        if sent["dtmf"]:
            await self._one(Request("POST", f"channels/{self._channel(call_id)}/dtmf", sent))

    # --- her mobile ---------------------------------------------------------------------

    async def route_phone(self, user_id: int, *, number: str) -> None:
        self._phones.route(user_id, naming.dialled(number))

    async def _do(self, chore: Chore) -> None:
        with contextlib.suppress(ChannelGone, ExchangeDown):
            match chore.what, chore.leg, chore.call_id:
                case Do.ASK_TO_CONFIRM, SecretaryLeg() as leg, _:
                    await self._ask_to_confirm(leg)
                case Do.CONFIRMED, SecretaryLeg() as leg, _:
                    await self._confirmed(leg)
                case Do.LET_HER_HEAR_RINGING, _, UUID() as call_id:
                    await self._ring_tone(call_id)
                case Do.STOP_RINGING_TONE, _, UUID() as call_id:
                    await self._exchange.ask_in_order(self._stop_tone(call_id, surely=True))
                case _:
                    await super()._do(chore)

    # --- inside -------------------------------------------------------------------------

    async def _ring_tone(self, call_id: UUID) -> None:
        """Let her hear that it rings there."""
        await self._exchange.ask_in_order(
            [Request("POST", f"channels/{naming.leg_id(leg)}/ring") for leg in self._talking_legs(call_id)]
        )

    def _stop_tone(self, call_id: UUID, *, surely: bool = False) -> list[Request]:
        if not surely and not self._census.parties_of(call_id):
            return []
        return [
            Request("DELETE", f"channels/{naming.leg_id(leg)}/ring") for leg in self._talking_legs(call_id)
        ]

    def _talking_legs(self, call_id: UUID) -> list[SecretaryLeg]:
        """Return the legs that were answered (a call has one)."""
        return [leg for leg in self._census.legs_of(call_id) if leg in self._census.answered]

    async def _drop_legs(self, call_id: UUID) -> None:
        """Let the secretary go, and whoever listened to her with her."""
        await self._exchange.ask_in_order(
            [
                *(self._drop(naming.leg_id(leg)) for leg in self._census.legs_of(call_id)),
                self._dissolve(call_id),
            ]
        )


async def _nothing() -> None:
    """Have nothing to ask."""

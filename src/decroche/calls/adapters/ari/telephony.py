"""Drive Asterisk through ARI, behind the port ``Telephony``.

Nothing here hangs up because we stop, fail or are cancelled: what lives on the exchange goes on living, and the next
connection takes stock of it. Callers who are sent away (fallback, voicemail, transfer, announcement) are led by the
dialplan, which needs nobody.
"""

import asyncio
import contextlib
import math
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import (
    HTTP_CONFLICT,
    AriRefused,
    Request,
)
from decroche.calls.adapters.ari.link import AriLink
from decroche.calls.adapters.asterisk import audio, sounds
from decroche.calls.ports import (
    Announcement,
    ChannelGone,
    ExchangeDown,
    PhoneUnreachable,
    Prompt,
    SecretaryLeg,
)

# Longer than any offer: the switchboard stops it, this only spares a dead one's phones.
_RING_SECONDS: Final = 60
# What a lease outlasts a greeting by: enough to renew it when the greeting ends.
_BREATH_SECONDS: Final = 2
log = structlog.get_logger(__name__)


class AriTelephony(AriLink):
    """Be the port ``Telephony`` on a real Asterisk."""

    is_simulated = False

    # --- the caller ---------------------------------------------------------------------

    async def adopt_caller(self, channel_id: str, call_id: UUID, *, fallback_number: str) -> None:
        self._interpreter.adopt(channel_id, call_id)
        await self._all(
            [
                self._set(channel_id, "DECROCHE_CALL", str(call_id)),
                self._set(channel_id, "DECROCHE_FALLBACK", fallback_number),
                self._subscription(f"channel:{channel_id}"),
            ]
        )

    async def welcome(self, call_id: UUID, *, greeting: Prompt, has_music: bool = True) -> None:
        channel_id = self._channel(call_id)
        await self._one(Request("POST", f"channels/{channel_id}/answer"))
        if greeting and self._voice is not None:
            self._greeting[call_id] = self._start(self._greet(call_id, channel_id, greeting.text))
        else:
            await self._one(self._music(channel_id))

    async def _greet(self, call_id: UUID, channel_id: str, greeting: str) -> None:
        """Speak, then play music; both stop when somebody answers."""
        assert self._voice is not None
        try:
            sound = await self._voice.sentence(greeting)
            await self._speak(call_id, channel_id, sound)
        except (ChannelGone, ExchangeDown):
            return
        except (OSError, TimeoutError, ValueError) as error:
            log.warning("greeting.failed", error=str(error))
        with contextlib.suppress(ChannelGone, ExchangeDown):
            await self._one(self._music(channel_id))
        self._greeting.pop(call_id, None)

    async def _speak(self, call_id: UUID, channel_id: str, sound: Path) -> None:
        """Play a greeting under a lease that covers it.

        While a channel plays, it obeys nothing else: a renewal would wait for the end of the sentence, and a lease
        shorter than the sentence would give up a caller whom we hold. So the lease is made long enough before.
        """
        lease = self._leases.get(call_id, 0)
        if lease:
            covered = max(lease, math.ceil(await asyncio.to_thread(audio.seconds, sound)) + _BREATH_SECONDS)
            await self._one(self._set(channel_id, "TIMEOUT(absolute)", str(covered)))
        playing = f"g-{call_id}"
        ended = self._interpreter.playback_end(playing)
        self._speaking.add(call_id)
        try:
            media = f"sound:{sound.with_suffix('')}"
            await self._one(Request("POST", f"channels/{channel_id}/play/{playing}", {"media": media}))
            async with asyncio.timeout(120):
                await ended
        finally:
            self._speaking.discard(call_id)
        if lease := self._leases.get(call_id, 0):
            await self._one(self._set(channel_id, "TIMEOUT(absolute)", str(lease)))

    def _quiet(self, call_id: UUID, channel_id: str) -> list[Request]:
        """Return what makes the caller hear neither greeting nor music."""
        greeting = self._greeting.pop(call_id, None)
        if greeting is not None:
            greeting.cancel()
        stops = [Request("DELETE", f"playbacks/g-{call_id}")] if greeting is not None else []
        return [*stops, Request("DELETE", f"channels/{channel_id}/moh")]

    async def renew_lease(self, call_id: UUID, *, seconds: int) -> None:
        self._leases[call_id] = seconds
        if seconds and call_id in self._speaking:
            return  # the lease covers the greeting, see _speak
        await self._one(self._set(self._channel(call_id), "TIMEOUT(absolute)", str(seconds)))

    # --- the secretary ------------------------------------------------------------------

    async def ring_phone(self, leg: SecretaryLeg, *, shown_number: str, shown_name: str) -> None:
        caller = self._channel(leg.call_id)
        if leg in self._interpreter.legs_of(leg.call_id):
            return  # it rings already
        request = Request(
            "POST",
            f"channels/{naming.leg_id(leg)}",
            {
                "endpoint": f"PJSIP/{self._phones.username(leg.user_id)}",
                "app": self._app,
                "appArgs": "leg",
                "callerId": naming.quoted_caller(shown_number, shown_name),
                "timeout": str(_RING_SECONDS),
                "originator": caller,
            },
            {"variables": {"PJSIP_HEADER(add,X-Decroche-Call)": str(leg.call_id)}},
        )
        try:
            await self._exchange.ask(request)
        except AriRefused as error:
            if error.status == HTTP_CONFLICT:
                return
            if "originator" in str(error).lower():
                raise ChannelGone(caller) from error
            raise PhoneUnreachable(str(leg.user_id)) from error

    async def stop_ringing(self, leg: SecretaryLeg) -> None:
        with contextlib.suppress(ChannelGone):
            await self._one(Request("DELETE", f"channels/{naming.leg_id(leg)}"))

    async def connect(self, leg: SecretaryLeg) -> None:
        """Let caller and secretary talk, and disarm the lease."""
        caller, bridge = self._channel(leg.call_id), naming.bridge_id(leg.call_id)
        quiet = self._quiet(leg.call_id, caller)
        await self._all(
            [
                *quiet,  # first: a channel that plays obeys nothing else
                self._set(caller, "TIMEOUT(absolute)", "0"),
                Request("POST", f"bridges/{bridge}", {"type": "mixing"}),
                Request(
                    "POST", f"bridges/{bridge}/addChannel", {"channel": f"{caller},{naming.leg_id(leg)}"}
                ),
            ],
            must=(len(quiet), -1),
        )
        self._start(self._tell_simulated(leg.call_id, "yes"))

    async def hold(self, call_id: UUID) -> None:
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        await self._all(
            [Request("POST", f"bridges/{bridge}/removeChannel", {"channel": caller}), self._music(caller)],
            must=(1,),
        )

    async def resume(self, call_id: UUID) -> None:
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        await self._all(
            [
                *self._quiet(call_id, caller),
                Request("POST", f"bridges/{bridge}/addChannel", {"channel": caller}),
            ],
            must=(-1,),
        )

    async def wait_again(self, call_id: UUID) -> None:
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        await self._all(
            [Request("POST", f"bridges/{bridge}/removeChannel", {"channel": caller}), self._music(caller)],
            must=(1,),
        )
        await self._drop_legs(call_id)

    # --- away from us -------------------------------------------------------------------

    async def transfer(self, call_id: UUID, *, number: str, shown_number: str) -> None:
        variables = {"DECROCHE_TRANSFER": number, "DECROCHE_SHOWN": shown_number}
        await self._send_away(call_id, "decroche-transfer", variables)
        self._start(self._tell_simulated(call_id, "yes"))

    async def send_to_fallback(self, call_id: UUID, *, number: str) -> None:
        variables = {"DECROCHE_FALLBACK": number, "DECROCHE_ASKED": "yes"}
        await self._send_away(call_id, "decroche-fallback", variables)

    async def take_voicemail(self, call_id: UUID) -> None:
        await self._send_away(call_id, "decroche-voicemail", {})
        self._start(self._tell_simulated(call_id, "voicemail"))

    async def _send_away(self, call_id: UUID, context: str, variables: Mapping[str, str]) -> None:
        """Give the caller to the dialplan, and let the secretary go."""
        caller, bridge = self._channel(call_id), naming.bridge_id(call_id)
        where = {"context": context, "extension": "s", "priority": "1"}
        await self._all(
            [
                *self._quiet(call_id, caller),
                *(self._set(caller, name, value) for name, value in variables.items()),
                Request("POST", f"bridges/{bridge}/removeChannel", {"channel": caller}),
                Request("POST", f"channels/{caller}/continue", where),
            ],
            must=(-1,),
        )
        await self._drop_legs(call_id)

    async def announce_and_end(self, channel_id: str, announcement: Announcement) -> None:
        where = {"context": "decroche-announce", "extension": announcement.value, "priority": "1"}
        await self._all(
            [
                self._subscription(f"channel:{channel_id}"),
                Request("POST", f"channels/{channel_id}/continue", where),
            ],
            must=(-1,),
        )

    async def hang_up(self, call_id: UUID) -> None:
        """End every channel of the call."""
        caller = self._interpreter.channel_of(call_id)
        legs = self._interpreter.legs_of(call_id)
        if caller is None and not legs:
            raise ChannelGone(str(call_id))
        ids = [*([caller] if caller else []), *map(naming.leg_id, legs)]
        await self._exchange.ask_in_order([Request("DELETE", f"channels/{channel_id}") for channel_id in ids])

    async def _drop_legs(self, call_id: UUID) -> None:
        ids = [naming.leg_id(leg) for leg in self._interpreter.legs_of(call_id)]
        await self._exchange.ask_in_order(
            [
                *(Request("DELETE", f"channels/{channel_id}") for channel_id in ids),
                Request("DELETE", f"bridges/{naming.bridge_id(call_id)}"),
            ]
        )

    # --- demonstration ------------------------------------------------------------------

    async def place_simulated_call(
        self, *, called_number: str, caller_number: str, caller_name: str, voice: str
    ) -> str:
        """Ring one of our lines from the outside world; the caller speaks once somebody answers."""
        settings = self._settings
        if settings is None or not settings.is_demonstration or settings.sounds_dir is None:
            raise ExchangeDown("Les appels simulés n’existent que dans la démonstration.")
        folder = settings.sounds_dir / "callers"
        name, lines, pause = await asyncio.to_thread(sounds.prepare_caller, folder, voice)
        simulation = uuid.uuid4().hex
        query = {
            "context": "decroche-caller",
            "extension": name,
            "priority": "1",
            "callerId": naming.quoted_caller(caller_number, caller_name),
            "timeout": "180",
        }
        variables = {
            "DECROCHE_LINES": str(lines),
            "DECROCHE_PAUSE": str(pause),
            "DECROCHE_NAME": simulation,
            "PJSIP_HEADER(add,X-Decroche-Simulated)": simulation,
        }
        channel_id = naming.simulated_id(simulation)
        called = naming.clean_number(called_number)
        for endpoint in (f"PJSIP/{called}@world", f"Local/{called}@decroche-trunk"):
            try:
                request = Request(
                    "POST",
                    f"channels/{channel_id}",
                    {**query, "endpoint": endpoint},
                    {"variables": variables},
                )
                await self._exchange.ask(request)
            except AriRefused as error:
                log.warning("simulation.refused", endpoint=endpoint.partition("/")[0], error=str(error))
            else:
                return channel_id
        raise ExchangeDown("Asterisk n’a pas pu placer l’appel simulé.")

    async def _tell_simulated(self, call_id: UUID, what: str) -> None:
        """Let a simulated caller begin to speak; a real one needs no telling."""
        simulation = self._interpreter.simulation_of(call_id)
        if simulation:
            with contextlib.suppress(ChannelGone, ExchangeDown):
                await self._one(
                    Request("POST", "asterisk/variable", {"variable": f"TALK_{simulation}", "value": what})
                )

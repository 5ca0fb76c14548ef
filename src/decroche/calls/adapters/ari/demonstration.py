"""Let simulated callers ring our own lines, by real SIP and real sound."""

import asyncio
import contextlib
import uuid
from uuid import UUID

import structlog

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import AriRefused, Request
from decroche.calls.adapters.ari.mobiles import Mobiles
from decroche.calls.adapters.asterisk import sounds
from decroche.calls.ports import ChannelGone, ExchangeDown

log = structlog.get_logger(__name__)


class Demonstration(Mobiles):
    """Place simulated calls, and let their callers know when to speak."""

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
        simulation = caller.simulation if (caller := self._census.caller_of(call_id)) else ""
        if simulation:
            with contextlib.suppress(ChannelGone, ExchangeDown):
                await self._one(
                    Request("POST", "asterisk/variable", {"variable": f"TALK_{simulation}", "value": what})
                )

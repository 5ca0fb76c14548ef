"""Ask whoever picks up a secretary's mobile to press 1: the mobile's voicemail never takes a call."""

import asyncio
from typing import Final

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.waiting import Waiting
from decroche.calls.ports import SecretaryLeg

_TIMES: Final = 3
_PAUSE_SECONDS: Final = 3.0
_SENTENCE_SECONDS: Final = 12.0
_SOUND: Final = "press-one"
_TONE: Final = "tone:880/200,0/300,880/200,0/800"  # where we cannot reach the exchange's sounds


class Mobiles(Waiting):
    """Hold the mobiles that picked up and have not been heard to be a person's."""

    async def _ask_to_confirm(self, leg: SecretaryLeg) -> None:
        """Say it three times; then it is nobody, and the call goes to somebody else."""
        folder = self._settings.sounds_dir if self._settings else None
        media = f"sound:{folder / _SOUND}" if folder else _TONE
        channel_id = naming.leg_id(leg)
        for number in range(_TIMES):
            ended = self._interpreter.playback_end(self._playback(leg, number))
            await self._one(
                Request("POST", f"channels/{channel_id}/play/{self._playback(leg, number)}", {"media": media})
            )
            try:
                async with asyncio.timeout(_SENTENCE_SECONDS if folder else _PAUSE_SECONDS):
                    await ended
            except TimeoutError:
                await self._exchange.ask_in_order(self._stop(leg))
            if leg not in self._census.unconfirmed:
                return
            await asyncio.sleep(_PAUSE_SECONDS)
            if leg not in self._census.unconfirmed:
                return
        await self._one(self._drop(channel_id))

    async def _confirmed(self, leg: SecretaryLeg) -> None:
        """Be silent at once: a channel that plays obeys nothing else."""
        await self._exchange.ask_in_order(
            [
                *self._stop(leg),
                self._set(naming.leg_id(leg), "DECROCHE_CONFIRM", "done"),
            ]
        )

    @staticmethod
    def _playback(leg: SecretaryLeg, number: int) -> str:
        return f"k-{naming.leg_id(leg)}-{number}"

    def _stop(self, leg: SecretaryLeg) -> list[Request]:
        return [Request("DELETE", f"playbacks/{self._playback(leg, number)}") for number in range(_TIMES)]

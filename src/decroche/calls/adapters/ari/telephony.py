"""Drive Asterisk through ARI, behind the port ``Telephony``.

Nothing here hangs up because we stop, fail or are cancelled: what lives on the exchange goes on living, and the next
connection takes stock of it. Callers who are sent away (fallback, voicemail, transfer, announcement) are led by the
dialplan, which needs nobody.

Each subject has its file, one standing on the other: ``link`` (connection, facts), ``waiting`` (the caller who waits),
``mobiles``, ``demonstration``, ``conversation`` (caller and secretary), ``parties`` (third persons), ``supervision``,
``recording``, and here what takes a caller away from us.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.recording import Recording
from decroche.calls.ports import Announcement, ChannelGone, Prompt

_SEPARATORS: Final = frozenset("&,$")  # what the dialplan's Playback does not take as part of a name
log = structlog.get_logger(__name__)


class AriTelephony(Recording):
    """Be the port ``Telephony`` on a real Asterisk."""

    is_simulated = False

    def held(self) -> Mapping[str, int]:
        census = self._census
        return {
            "callers": len(census.callers),
            "marked callers": len(census.by_call),
            "legs": sum(map(len, census.legs.values())) + len(census.answered),
            "third persons": len(census.parties) + len(census.given) + len(census.ears) + len(census.lent),
            "leases": len(self._leases) + len(self._quiet_calls) + len(self._ringing) + len(self._talking),
            "sentences": len(self._speeches),
            "errands": len(self._background),
            "conversations dissolved ahead": len(self._swept),
        }

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

    async def say_and_end(self, call_id: UUID, prompt: Prompt) -> None:
        self._channel(call_id)
        try:
            sound = _playable(await self._sound(prompt))
        except (OSError, TimeoutError, ValueError) as error:
            log.warning("prompt.failed", error=str(error))
            await self.announce_and_end(self._channel(call_id), Announcement.TECHNICAL)
            return
        await self._send_away(call_id, "decroche-say", {"DECROCHE_SAY": sound})

    async def _send_away(self, call_id: UUID, context: str, variables: Mapping[str, str]) -> None:
        """Give the caller to the dialplan, and let the secretary go."""
        caller = self._channel(call_id)
        self._census.callers[caller].is_away = True
        where = {"context": context, "extension": "s", "priority": "1"}
        self._talking.discard(call_id)
        await self._all(
            [
                *self._quiet(call_id, caller),
                *(self._set(caller, name, value) for name, value in variables.items()),
                self._take_out(naming.bridge_id(call_id), caller),
                Request("POST", f"channels/{caller}/continue", where),
            ],
            must=(-1,),
        )
        await self._drop_legs(call_id)

    async def announce_and_end(self, channel_id: str, announcement: Announcement) -> None:
        where = {"context": "decroche-announce", "extension": announcement.value, "priority": "1"}
        await self._all(
            [
                self._apps.follow_channel(channel_id),
                Request("POST", f"channels/{channel_id}/continue", where),
            ],
            must=(-1,),
        )

    async def hang_up(self, call_id: UUID) -> None:
        """End every channel of the call."""
        caller = self._census.channel_of(call_id)
        legs, parties = self._census.legs_of(call_id), self._census.parties_of(call_id)
        ids = [*([caller] if caller else []), *map(naming.leg_id, legs), *map(naming.party_id, parties)]
        if not ids:
            raise ChannelGone(str(call_id))
        if caller:
            self._swept.add(call_id)
        drops = [self._drop(channel_id) for channel_id in ids]
        await self._exchange.ask_in_order([*drops, self._dissolve(call_id)])


def _playable(sound: Path) -> str:
    """Return the file as the dialplan's Playback wants it.

    Raises:
        ValueError: Playback would take its name for several.
    """
    name = str(sound.with_suffix(""))
    if _SEPARATORS & set(name):
        raise ValueError(name)
    return name

"""Let a supervisor listen to a secretary's call, whisper to her, or join."""

import contextlib
from collections.abc import Awaitable
from typing import Final
from uuid import UUID

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.census import LentEar
from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.interpreter import Chore, Do
from decroche.calls.adapters.ari.parties import Parties
from decroche.calls.ports import ChannelGone, Ear, ExchangeDown, SecretaryLeg

_RING_SECONDS: Final = 30


class Supervision(Parties):
    """Hold the ears that were lent."""

    async def lend_ear(self, leg: SecretaryLeg, *, user_id: int, ear: Ear | None) -> None:
        call_id = leg.call_id
        if ear is None:
            await self._take_ear_away(call_id)
            return
        if leg not in self._census.answered:
            raise ChannelGone(naming.leg_id(leg))
        self._census.lent[call_id] = LentEar(leg, user_id, ear)
        if call_id in self._census.ears:
            await self._give_ear(call_id)
            return
        query: dict[str, str | int] = {
            "endpoint": self._phones.endpoint(user_id),
            "app": self._app,
            "appArgs": "ear",
            "callerId": naming.quoted_caller("", "Décroche"),
            "timeout": _RING_SECONDS,
            "originator": naming.leg_id(leg),
        }
        await self._originate(naming.ear_id(user_id, call_id), query, who=str(user_id))

    async def _do(self, chore: Chore) -> None:
        if chore.call_id is None:
            await super()._do(chore)
        elif chore.what is Do.GIVE_EAR:
            await self._if_there(self._give_ear(chore.call_id))
        elif chore.what is Do.OPEN_EAR:
            there = [Request("POST", f"bridges/{naming.listening_id(chore.call_id)}/addChannel",
                             {"channel": chore.channel_id})]  # fmt: skip
            await self._if_there(self._all(there))
        elif chore.what is Do.TAKE_EAR_AWAY:
            await self._if_there(self._take_ear_away(chore.call_id))
        else:
            await super()._do(chore)

    @staticmethod
    async def _if_there(work: Awaitable[None]) -> None:
        with contextlib.suppress(ChannelGone, ExchangeDown):
            await work

    async def _give_ear(self, call_id: UUID) -> None:
        """Put the supervisor where she asked to be: beside what the secretary's phone hears, or among them."""
        lent, user_id = self._census.lent.get(call_id), self._census.ears.get(call_id)
        if user_id is None:
            return
        if lent is None:
            await self._take_ear_away(call_id)
            return
        leg, ear = lent.leg, lent.ear
        supervisor = naming.ear_id(user_id, call_id)
        snoops = [naming.snoop_id(call_id, whispers=whispers) for whispers in (False, True)]
        if ear is Ear.JOIN:
            joined = self._gather(naming.bridge_id(call_id), supervisor)
            await self._all([*map(self._drop, snoops), *joined], must=(-1,))
            return
        whispers = ear is Ear.WHISPER
        query = {
            "spy": "both",
            "whisper": "out" if whispers else "none",
            "app": self._app,
            "appArgs": "snoop",
        }
        await self._all(
            [
                self._drop(snoops[not whispers]),
                *self._gather(naming.listening_id(call_id), supervisor),
                Request("POST", f"channels/{naming.leg_id(leg)}/snoop/{snoops[whispers]}", query),
            ],
            must=(-2, -1),
        )

    async def _take_ear_away(self, call_id: UUID) -> None:
        lent = self._census.lent.pop(call_id, None)
        user_id = self._census.ears.get(call_id, lent.user_id if lent else None)
        snoops = (naming.snoop_id(call_id, whispers=whispers) for whispers in (False, True))
        gone = [self._drop(name) for name in snoops]
        if user_id is not None:
            gone.append(self._drop(naming.ear_id(user_id, call_id)))
        await self._exchange.ask_in_order(
            [*gone, Request("DELETE", f"bridges/{naming.listening_id(call_id)}")]
        )

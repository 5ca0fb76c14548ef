"""Bring third persons into a call: a practitioner, a colleague, somebody outside."""

import contextlib
from collections.abc import Callable
from typing import Final
from uuid import UUID

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.conversation import Conversation
from decroche.calls.adapters.ari.interpreter import Chore, Do
from decroche.calls.adapters.ari.settings import AriSettings
from decroche.calls.ports import (
    ChannelGone,
    ExchangeDown,
    Mix,
    PartyLeg,
    PhoneUnreachable,
    SecretaryLeg,
)

_RING_SECONDS: Final = 45
# How long a third person hears music, at most, if we are no more.
_PATIENCE_SECONDS: Final = 600


class Parties(Conversation):
    """Hold the third persons, and say who hears whom."""

    def __init__(self, find: Callable[[], AriSettings]) -> None:
        super().__init__(find)
        self._asides: set[UUID] = set()  # calls with a bridge for talking aside
        self._outsiders: set[PartyLeg] = set()

    def _sweep(self, call_id: UUID) -> list[Request]:
        self._census.given.pop(call_id, None)
        self._outsiders -= {party for party in self._outsiders if party.call_id == call_id}
        left = super()._sweep(call_id)
        if call_id in self._asides:
            self._asides.discard(call_id)
            left.append(self._end_aside(call_id))
        return left

    async def _do(self, chore: Chore) -> None:
        if chore.call_id is None or chore.what not in {Do.DROP_PARTIES, Do.DROP_CALLER}:
            await super()._do(chore)
            return
        ids = [naming.party_id(party) for party in self._census.parties_of(chore.call_id)]
        if chore.what is Do.DROP_CALLER and (caller := self._census.channel_of(chore.call_id)):
            ids.append(caller)
        with contextlib.suppress(ExchangeDown):
            await self._exchange.ask_in_order([self._drop(channel_id) for channel_id in ids])

    @staticmethod
    def _end_aside(call_id: UUID) -> Request:
        return Request("DELETE", f"bridges/{naming.aside_id(call_id)}")

    async def ring_party(
        self, party: PartyLeg, *, number: str = "", user_id: int | None = None, shown_number: str
    ) -> None:
        caller = self._channel(party.call_id)
        if party in self._census.parties:
            return  # it rings already
        mobile = self._phones.routes.get(user_id, "") if user_id is not None else number
        endpoint = (
            self._phones.endpoint(user_id) if user_id is not None and not mobile else self._outside(mobile)
        )
        query: dict[str, str | int] = {
            "endpoint": endpoint,
            "app": self._app,
            "appArgs": "party",
            "callerId": naming.quoted_caller(shown_number, ""),
            "timeout": _RING_SECONDS,
            "originator": caller,
        }
        if user_id is None:
            self._outsiders.add(party)
        self._census.parties[party] = False  # before Asterisk can say that it is over
        try:
            await self._originate(naming.party_id(party), query, who=naming.party_id(party))
        except (ChannelGone, PhoneUnreachable, ExchangeDown):
            self._census.parties.pop(party, None)
            raise

    async def mix(self, party: PartyLeg, leg: SecretaryLeg, mix: Mix) -> None:
        if not self._census.parties.get(party):
            raise ChannelGone(naming.party_id(party))
        caller = self._channel(party.call_id)
        await self._stop_speaking(party.call_id)
        self._talking.discard(party.call_id)
        match mix:
            case Mix.CONSULT:
                self._asides.add(party.call_id)
                requests = self._consult(party, leg, caller)
            case Mix.CALLER:
                requests = self._with_caller(party, leg, caller)
            case Mix.ALL | Mix.GIVE:
                requests = self._together(party, leg, caller, gives=mix is Mix.GIVE)
        await self._all(requests, must=(-1,))
        if mix is not Mix.CONSULT:
            self._talks(party.call_id)
        if mix is Mix.GIVE and party in self._outsiders:
            self._census.given[party.call_id] = party
        if mix is Mix.GIVE:
            await self._exchange.ask_in_order(
                [
                    *(self._drop(naming.leg_id(there)) for there in self._census.legs_of(party.call_id)),
                    self._end_aside(party.call_id),
                ]
            )

    def _consult(self, party: PartyLeg, leg: SecretaryLeg, caller: str) -> list[Request]:
        """Let secretary and party talk aside; the caller hears music."""
        third = naming.party_id(party)
        return [
            self._take_out(naming.bridge_id(party.call_id), caller),
            self._music(caller),
            Request("DELETE", f"channels/{third}/moh"),
            self._set(third, "TIMEOUT(absolute)", "0"),
            *self._gather(naming.aside_id(party.call_id), naming.leg_id(leg), third),
        ]

    def _with_caller(self, party: PartyLeg, leg: SecretaryLeg, caller: str) -> list[Request]:
        """Let secretary and caller talk; the party hears music."""
        third = naming.party_id(party)
        return [
            self._take_out(naming.aside_id(party.call_id), third),
            self._take_out(naming.bridge_id(party.call_id), third),
            self._music(third),
            self._set(third, "TIMEOUT(absolute)", str(_PATIENCE_SECONDS)),
            *self._quiet(party.call_id, caller),
            self._disarm(party.call_id, caller),
            *self._gather(naming.bridge_id(party.call_id), caller, naming.leg_id(leg)),
        ]

    def _together(self, party: PartyLeg, leg: SecretaryLeg, caller: str, *, gives: bool) -> list[Request]:
        """Let everybody talk, or caller and party without her: that goes on whatever becomes of us."""
        third = naming.party_id(party)
        members = [caller, third] if gives else [caller, third, naming.leg_id(leg)]
        return [
            *self._quiet(party.call_id, caller),
            Request("DELETE", f"channels/{third}/moh"),
            self._set(third, "TIMEOUT(absolute)", "0"),
            self._disarm(party.call_id, caller),
            *self._gather(naming.bridge_id(party.call_id), *members),
        ]

    async def drop_party(self, party: PartyLeg) -> None:
        await self._exchange.ask_in_order([self._drop(naming.party_id(party))])

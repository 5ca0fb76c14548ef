"""Remember which channel is whose: callers, secretaries' legs, third persons, listeners."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from decroche.calls.adapters.ari.reading import Channel
from decroche.calls.ports import Ear, PartyLeg, SecretaryLeg

_KEPT_AT_MOST: Final = 2000
_ENDED_AT_MOST: Final = 500  # what is still asked of a call that is over is asked within seconds


class Recent(OrderedDict[Any, Any]):
    """Keep what was put in last, and forget the oldest past a bound."""

    def __init__(self, at_most: int = _KEPT_AT_MOST) -> None:
        super().__init__()
        self._at_most = at_most

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self) > self._at_most:
            _, oldest = self.popitem(last=False)
            if isinstance(oldest, asyncio.Future):
                oldest.cancel()


@dataclass(slots=True)
class KnownCaller:
    """Hold one caller's channel; of an outgoing call, the channel of the person called."""

    channel_id: str
    call_id: UUID | None = None
    simulation: str = ""
    called_number: str = ""
    is_away: bool = False  # the dialplan leads him
    is_dialled: bool = False  # we rang this person, who has not answered yet
    fallback_rings: bool = False  # the dialplan rings the fallback number, which has not answered yet


@dataclass(frozen=True, slots=True)
class LentEar:
    """Hold how a supervisor is to take part."""

    leg: SecretaryLeg
    user_id: int
    ear: Ear


@dataclass(slots=True)
class Census:
    """Know who lives on the exchange, from what Asterisk says alone."""

    callers: dict[str, KnownCaller] = field(default_factory=dict)
    by_call: dict[UUID, str] = field(default_factory=dict)
    legs: dict[UUID, set[SecretaryLeg]] = field(default_factory=dict)
    answered: set[SecretaryLeg] = field(default_factory=set)
    unconfirmed: set[SecretaryLeg] = field(default_factory=set)  # on a mobile where nobody pressed 1 yet
    parties: dict[PartyLeg, bool] = field(default_factory=dict)  # has answered
    given: dict[UUID, PartyLeg] = field(
        default_factory=dict
    )  # callers left with somebody outside, who talk without us
    ears: dict[UUID, int] = field(default_factory=dict)  # call → supervisor
    talking: frozenset[UUID] = frozenset()  # as the last connection found them
    lent: dict[UUID, LentEar] = field(default_factory=dict)  # as last asked for; her phone may still ring
    ended: Recent = field(default_factory=lambda: Recent(_ENDED_AT_MOST))  # calls whose caller is gone
    dialled: Recent = field(default_factory=Recent)  # channel → how Asterisk's dialling of it goes

    def take_stock(self, channels: Iterable[Channel]) -> None:
        """Begin again from what lives now."""
        for known in (self.callers, self.by_call, self.legs, self.parties, self.ears):
            known.clear()
        for legs in (self.answered, self.unconfirmed):
            legs.clear()
        for channel in channels:
            if (leg := channel.leg) is not None:
                self.enter_leg(leg)
                if channel.is_unconfirmed:
                    self.unconfirmed.add(leg)
                elif channel.state == "Up":
                    self.answered.add(leg)
            elif (party := channel.party) is not None:
                self.parties[party] = channel.state == "Up"
            elif (ear := channel.ear) is not None:
                self.ears[ear[0]] = ear[1]
            elif channel.is_caller:
                caller = self.remember(channel)
                caller.is_dialled = channel.is_dialled
                caller.is_away = not channel.is_ours and not caller.is_dialled

    def adopt(self, channel_id: str, call_id: UUID) -> KnownCaller:
        caller = self.callers.setdefault(channel_id, KnownCaller(channel_id))
        if caller.call_id is not None and caller.call_id != call_id:
            self.by_call.pop(caller.call_id, None)  # that call is over; he is back, and another one
        caller.call_id = call_id
        self.by_call[call_id] = channel_id
        return caller

    def expect_called(self, channel_id: str, call_id: UUID, number: str) -> None:
        """Know the channel of an outgoing call before Asterisk says a word of it."""
        if call_id not in self.ended:
            caller = self.adopt(channel_id, call_id)
            caller.called_number, caller.is_dialled = number, True

    def forget_called(self, channel_id: str, call_id: UUID) -> None:
        """Forget whom Asterisk would not ring."""
        self.callers.pop(channel_id, None)
        self.by_call.pop(call_id, None)

    def forget_gone(self, channel_id: str, call_id: UUID) -> None:
        """Forget a caller who was gone before he could be marked."""
        self.forget_called(channel_id, call_id)
        self.ended[call_id] = True

    def remember(self, channel: Channel) -> KnownCaller:
        caller = self.callers.setdefault(channel.id, KnownCaller(channel.id))
        caller.simulation = channel.simulation
        caller.called_number = channel.called_number
        if channel.call_id is not None:
            self.adopt(channel.id, channel.call_id)
        return caller

    def enter_leg(self, leg: SecretaryLeg) -> None:
        self.legs.setdefault(leg.call_id, set()).add(leg)

    def forget_leg(self, leg: SecretaryLeg) -> None:
        legs = self.legs.get(leg.call_id, set())
        legs.discard(leg)
        for legs_there in (self.answered, self.unconfirmed):
            legs_there.discard(leg)
        if not legs:
            self.legs.pop(leg.call_id, None)

    def forget_caller(self, channel: Channel) -> KnownCaller | None:
        """Take the caller out; None for somebody who was never one."""
        caller = self.callers.pop(channel.id, None)
        if caller is None:
            if not channel.is_caller:
                return None
            caller = KnownCaller(channel.id, channel.call_id)
        if caller.call_id is not None:
            self.by_call.pop(caller.call_id, None)
            self.ended[caller.call_id] = True
        return caller

    def channel_of(self, call_id: UUID) -> str | None:
        return self.by_call.get(call_id)

    def caller_of(self, call_id: UUID) -> KnownCaller | None:
        return self.callers.get(self.by_call.get(call_id, ""))

    def legs_of(self, call_id: UUID) -> list[SecretaryLeg]:
        return list(self.legs.get(call_id, ()))

    def parties_of(self, call_id: UUID) -> list[PartyLeg]:
        return [party for party in self.parties if party.call_id == call_id]

    def is_listened_to(self, call_id: UUID | None) -> bool:
        return call_id in self.ears or call_id in self.lent

    def recording_ids(self) -> Collection[str]:
        """Return the callers who may be speaking to the voicemail now."""
        return {channel_id for channel_id, caller in self.callers.items() if caller.is_away}

"""Read what Asterisk says. Everything here tolerates anything: what cannot be read is None, never an exception."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from decroche.calls.adapters.ari.naming import (
    clean_name,
    clean_number,
    parse_bridge,
    parse_called,
    parse_ear,
    parse_leg,
    parse_party,
    parse_snoop,
    parse_uuid,
)
from decroche.calls.ports import Cause, LiveLeg, PartyLeg, SecretaryLeg

_NOBODY_CHOSE: Final = frozenset(
    {3, 20, 27, 34, 38, 41, 42, 44, 47}
)  # Q.850: no route, absent, out of order, failure…
_REFUSALS: Final = frozenset({17, 21})  # busy, rejected
# Why a number that we rang is not there, by Q.850.
_NOBODY: Final = {
    17: "busy",
    18: "unanswered",
    19: "unanswered",
    1: "unallocated",
    28: "unallocated",
    21: Cause.REFUSED,
}
_BY_DIAL: Final = {
    "BUSY": "busy",
    "NOANSWER": "unanswered",
    "CONGESTION": Cause.LOST,
    "CHANUNAVAIL": Cause.LOST,
}


class Channel:
    """Read a channel's snapshot; of most, little more is asked than whose it is."""

    __slots__ = ("_raw", "id")

    def __init__(self, channel_id: str, raw: Mapping[str, Any]) -> None:
        self.id = channel_id
        self._raw = raw

    @property
    def state(self) -> str:
        return str(self._raw.get("state", ""))

    @property
    def caller_number(self) -> str:
        return clean_number(_map(self._raw.get("caller")).get("number"))

    @property
    def caller_name(self) -> str:
        return clean_name(_map(self._raw.get("caller")).get("name"))

    @property
    def app(self) -> str:
        return str(_map(self._raw.get("dialplan")).get("app_name", ""))

    @property
    def context(self) -> str:
        return str(_map(self._raw.get("dialplan")).get("context", ""))

    def variable(self, name: str) -> str:
        """Return one of the variables that Asterisk tells of every channel; empty when it is not set."""
        value = _map(self._raw.get("channelvars")).get(name)
        return value if isinstance(value, str) else ""

    @property
    def leg(self) -> SecretaryLeg | None:
        return parse_leg(self.id)

    @property
    def party(self) -> PartyLeg | None:
        return parse_party(self.id)

    @property
    def ear(self) -> tuple[UUID, int] | None:
        return parse_ear(self.id)

    @property
    def is_named(self) -> bool:
        """Say whether its name says what it is: a leg, a third person, a supervisor or what she hears."""
        return bool(self.leg or self.party or self.ear or parse_snoop(self.id))

    @property
    def is_unconfirmed(self) -> bool:
        """Say whether a mobile picked up and nobody has pressed 1 yet."""
        return self.variable("DECROCHE_CONFIRM") == "wait"

    @property
    def called_number(self) -> str:
        return clean_number(self.variable("DECROCHE_CALLED"))

    @property
    def call_id(self) -> UUID | None:
        return parse_called(self.id) or parse_uuid(self.variable("DECROCHE_CALL"))

    @property
    def simulation(self) -> str:
        return self.variable("DECROCHE_SIM")

    @property
    def is_caller(self) -> bool:
        if parse_called(self.id):
            return True
        return bool(self.variable("DECROCHE_CALLED")) and not self.is_named

    @property
    def is_dialled(self) -> bool:
        """Say whether we ring this person, who has not answered yet."""
        return parse_called(self.id) is not None and self.state != "Up"

    @property
    def is_ours(self) -> bool:
        """Say whether the switchboard leads it now (it is in Stasis)."""
        return self.app == "Stasis"

    def as_live_leg(self) -> LiveLeg | None:
        """Return it as the port tells it, None when it is nobody whom a switchboard leads."""
        leg, party = self.leg, self.party
        up = "up" if self.state == "Up" else "ringing"
        if leg is not None:
            return LiveLeg(self.id, leg.call_id, leg, "ringing" if self.is_unconfirmed else up)
        if party is not None:
            return LiveLeg(self.id, party.call_id, None, up, party=party)
        if not self.is_caller:
            return None
        return LiveLeg(
            self.id,
            self.call_id,
            None,
            up if self.is_ours or self.is_dialled else "away",
            self.called_number,
            self.caller_number,
            self.caller_name,
            bool(self.simulation),
        )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def read_channel(raw: object) -> Channel | None:
    data = _map(raw)
    channel_id = data.get("id")
    if not isinstance(channel_id, str) or not channel_id:
        return None
    return Channel(channel_id, data)


def read_channels(raw: object) -> list[Channel]:
    items: Iterable[object] = raw if isinstance(raw, list) else ()
    return [channel for channel in map(read_channel, items) if channel is not None]


def read_talking(raw: object, callers: Collection[str] | None = None) -> frozenset[UUID]:
    """Return the calls whose bridge holds a secretary and a caller (whoever is not named by us, when not said)."""
    talking = set()
    for bridge in raw if isinstance(raw, list) else ():
        call_id = parse_bridge(str(_map(bridge).get("id", "")))
        members = _map(bridge).get("channels")
        if call_id is None or not isinstance(members, list):
            continue
        others = [str(member) for member in members if not parse_leg(str(member))]
        there = [
            name for name in others if (name in callers if callers is not None else _may_be_caller(name))
        ]
        if there and len(others) < len(members):
            talking.add(call_id)
    return frozenset(talking)


def _may_be_caller(channel_id: str) -> bool:
    return not (parse_party(channel_id) or parse_ear(channel_id) or parse_snoop(channel_id))


def read_time(raw: Mapping[str, Any]) -> datetime:
    """Return when Asterisk, or we, say that it happened; now when nobody does."""
    said = raw.get("timestamp")
    if isinstance(said, datetime):
        return said
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return datetime.now(UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def read_cause(raw: Mapping[str, Any]) -> str:
    code = raw.get("cause")
    if code in _REFUSALS:
        return Cause.REFUSED
    return Cause.LOST if code in _NOBODY_CHOSE else Cause.HANGUP


def read_unreached(raw: Mapping[str, Any], dial_status: str) -> str:
    """Return why somebody whom we rang never answered."""
    code = raw.get("cause")
    if isinstance(code, int) and code in _NOBODY:
        return _NOBODY[code]
    return _BY_DIAL.get(dial_status) or read_cause(raw)


def text(raw: Mapping[str, Any], *path: str) -> str:
    """Return the string at ``path``, empty when there is none."""
    value: object = raw
    for key in path:
        value = _map(value).get(key)
    return value if isinstance(value, str) else ""

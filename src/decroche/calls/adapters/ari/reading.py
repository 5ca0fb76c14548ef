"""Read what Asterisk says. Everything here tolerates anything: what cannot be read is None, never an exception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from decroche.calls.adapters.ari.naming import clean_name, clean_number, parse_bridge, parse_leg, parse_uuid
from decroche.calls.ports import Cause, LiveLeg, SecretaryLeg

_NOBODY_CHOSE: Final = frozenset(
    {3, 20, 27, 34, 38, 41, 42, 44, 47}
)  # Q.850: no route, absent, out of order, failure…
_REFUSALS: Final = frozenset({17, 21})  # busy, rejected
_TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%S.%f%z"


@dataclass(frozen=True, slots=True)
class Channel:
    """Hold the part of a channel's snapshot that we use."""

    id: str
    state: str
    caller_number: str
    caller_name: str
    app: str
    context: str
    variables: Mapping[str, str]

    @property
    def leg(self) -> SecretaryLeg | None:
        return parse_leg(self.id)

    @property
    def called_number(self) -> str:
        return clean_number(self.variables.get("DECROCHE_CALLED"))

    @property
    def call_id(self) -> UUID | None:
        return parse_uuid(self.variables.get("DECROCHE_CALL", ""))

    @property
    def simulation(self) -> str:
        return self.variables.get("DECROCHE_SIM", "")

    @property
    def is_caller(self) -> bool:
        return bool(self.variables.get("DECROCHE_CALLED")) and self.leg is None

    @property
    def is_ours(self) -> bool:
        """Say whether the switchboard leads it now (it is in Stasis)."""
        return self.app == "Stasis"

    def as_live_leg(self) -> LiveLeg | None:
        """Return it as the port tells it, None when it is neither a caller nor a secretary's leg."""
        leg = self.leg
        up = "up" if self.state == "Up" else "ringing"
        if leg is not None:
            return LiveLeg(self.id, leg.call_id, leg, up)
        if not self.is_caller:
            return None
        return LiveLeg(
            self.id,
            self.call_id,
            None,
            up if self.is_ours else "away",
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
    caller, dialplan, variables = (
        _map(data.get("caller")),
        _map(data.get("dialplan")),
        _map(data.get("channelvars")),
    )
    return Channel(
        id=channel_id,
        state=str(data.get("state", "")),
        caller_number=clean_number(caller.get("number")),
        caller_name=clean_name(caller.get("name")),
        app=str(dialplan.get("app_name", "")),
        context=str(dialplan.get("context", "")),
        variables={key: value for key, value in variables.items() if isinstance(value, str)},
    )


def read_channels(raw: object) -> list[Channel]:
    items: Iterable[object] = raw if isinstance(raw, list) else ()
    return [channel for channel in map(read_channel, items) if channel is not None]


def read_talking(raw: object) -> frozenset[UUID]:
    """Return the calls whose bridge holds a caller and a secretary."""
    talking = set()
    for bridge in raw if isinstance(raw, list) else ():
        call_id = parse_bridge(str(_map(bridge).get("id", "")))
        members = _map(bridge).get("channels")
        if call_id is None or not isinstance(members, list):
            continue
        legs = [member for member in members if parse_leg(str(member))]
        if legs and len(members) > len(legs):
            talking.add(call_id)
    return frozenset(talking)


def read_time(raw: Mapping[str, Any]) -> datetime:
    """Return when Asterisk says it happened; now when it does not say."""
    try:
        return datetime.strptime(str(raw.get("timestamp")), _TIME_FORMAT).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)


def read_cause(raw: Mapping[str, Any]) -> str:
    code = raw.get("cause")
    if code in _REFUSALS:
        return Cause.REFUSED
    return Cause.LOST if code in _NOBODY_CHOSE else Cause.HANGUP


def text(raw: Mapping[str, Any], *path: str) -> str:
    """Return the string at ``path``, empty when there is none."""
    value: object = raw
    for key in path:
        value = _map(value).get(key)
    return value if isinstance(value, str) else ""

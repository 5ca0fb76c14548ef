"""Find what an absent switchboard left behind and nobody needs any more."""

from collections.abc import Sequence
from typing import Final

from decroche.calls.adapters.ari import naming
from decroche.calls.adapters.ari.client import Request
from decroche.calls.adapters.ari.reading import Channel

_BRIDGES_AT_MOST: Final = 2000


def strays(channels: Sequence[Channel], bridges: object) -> list[Request]:
    """Return what removes the bridges of calls that are over, and the ears that listen to nobody.

    Never a caller, a secretary or a third person: whether those may go is the switchboard's to say.
    """
    alive = {channel.call_id for channel in channels if channel.is_caller}
    alive |= {channel.leg.call_id for channel in channels if channel.leg is not None}
    alive |= {channel.party.call_id for channel in channels if channel.party is not None}
    heard = {channel.leg.call_id for channel in channels if channel.leg is not None}
    found = []
    for channel in channels:
        ear = channel.ear
        listens_to = ear[0] if ear else naming.parse_snoop(channel.id)
        if listens_to is not None and listens_to not in heard:
            found.append(Request("DELETE", f"channels/{channel.id}"))
    for bridge in bridges if isinstance(bridges, list) else ():
        name = str(bridge.get("id", "")) if isinstance(bridge, dict) else ""
        call_id = naming.parse_any_bridge(name)
        if call_id is not None and call_id not in alive:
            found.append(Request("DELETE", f"bridges/{name}"))
    return found[:_BRIDGES_AT_MOST]

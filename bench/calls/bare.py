"""Be the least that an application of Asterisk's can be: a caller comes, a free phone rings, they speak, it ends.

No journal, no lease, no music, no decision, nobody adopted: what this takes, whatever leads calls through ARI takes. It is
the second reference beside ``app_queue``. ``python -m bench.calls.bare URL USER PASSWORD PHONE…``
"""

import asyncio
import base64
import sys
from collections import deque
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
import uvloop

from decroche.calls.adapters.ari.socket import AriSocket

APP = "bare"
NUMBER = "6666"
DIALPLAN = f"exten => {NUMBER},1,Ringing()\n same => n,Stasis({APP},caller)\n same => n,Hangup()\n"
HEARD = ("RESTResponse", "StasisStart", "StasisEnd")


class Bare:
    """Hold who waits, and which phones are free."""

    def __init__(self, phones: Sequence[str]) -> None:
        self._free = deque(phones)
        self._waiting: deque[tuple[str, str]] = deque()  # channel, number
        self._of_leg: dict[str, tuple[str, str]] = {}  # leg → caller's channel, phone
        self._legs = 0
        self._socket: AriSocket | None = None
        self.over = asyncio.Event()

    async def open(self, url: str, user: str, password: str) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        where = f"{url.replace('http', 'ws', 1)}/ari/events?app={APP}"
        self._socket = await AriSocket.connect(
            where, {"Authorization": f"Basic {token}"}, hear=self._hear, lost=lambda _: self.over.set()
        )
        allowed = orjson.dumps({"allowed": [{"type": kind} for kind in HEARD]}).decode()
        filters = {"content_type": "application/json", "message_body": allowed}
        self._ask(("PUT", f"applications/{APP}/eventFilter", filters))

    def _ask(self, *requests: tuple[str, str, dict[str, str]]) -> None:
        assert self._socket is not None
        common = {"type": "RESTRequest", "request_id": "-"}
        self._socket.send(
            orjson.dumps({**common, "method": method, "uri": uri, **more}) for method, uri, more in requests
        )

    def _hear(self, frames: Sequence[bytes]) -> None:
        for frame in frames:
            self._take(orjson.loads(frame))

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "StasisStart" if message["args"] == ["caller"]:
                channel = message["channel"]
                self._waiting.append((channel["id"], channel["caller"]["number"]))
                self._serve()
            case "StasisStart":
                self._join(message["channel"]["id"])
            case "StasisEnd":
                self._end(message["channel"]["id"])

    def _serve(self) -> None:
        while self._waiting and self._free:
            (caller, number), phone = self._waiting.popleft(), self._free.popleft()
            self._legs += 1
            leg = f"leg-{self._legs}"
            self._of_leg[leg] = (caller, phone)
            query: dict[str, Any] = {"endpoint": f"PJSIP/{phone}", "app": APP, "appArgs": "leg"}
            query |= {"callerId": number, "originator": caller}
            self._ask(("POST", f"channels/{leg}?{urlencode(query)}", {}))

    def _join(self, leg: str) -> None:
        caller, _ = self._of_leg[leg]
        self._ask(
            ("POST", f"channels/{caller}/answer", {}),
            ("POST", f"bridges/b-{leg}?type=mixing", {}),
            ("POST", f"bridges/b-{leg}/addChannel?channel={caller},{leg}", {}),
        )

    def _end(self, channel: str) -> None:
        if channel in self._of_leg:
            caller, phone = self._of_leg.pop(channel)
            self._free.append(phone)
            self._ask(("DELETE", f"channels/{caller}", {}), ("DELETE", f"bridges/b-{channel}", {}))
            self._serve()


async def main(url: str, user: str, password: str, *phones: str) -> None:
    bare = Bare(phones)
    await bare.open(url, user, password)
    print("ready", flush=True)
    await bare.over.wait()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))

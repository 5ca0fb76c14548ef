"""Be an operator who puts calls through at a steady pace, and the twenty phones that they reach."""

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, field

from tests.asterisk.phone import Message, Phone, Ring

TALK_SECONDS = 0.1
PATIENCE_SECONDS = 10


@dataclass
class Timing:
    """Hold when each caller rang, and when a secretary's phone rang for them, in monotonic seconds."""

    sent: dict[str, float] = field(default_factory=dict)
    rung: dict[str, float] = field(default_factory=dict)
    refused: int = 0

    def delays_ms(self) -> list[float]:
        """Return caller's INVITE → secretary's INVITE, of the calls that reached somebody."""
        return sorted((at - self.sent[who]) * 1000 for who, at in self.rung.items() if who in self.sent)


class TimedPhone(Phone):
    """Note when it rings, answer at once, say nothing."""

    timing: Timing

    def _ring(self, invite: Message, addr: tuple[str, int]) -> None:
        at = time.monotonic()
        found = re.search(r"\+?33(6\d{8})", invite.get("from") + invite.get("p-asserted-identity"))
        if found:
            self.timing.rung.setdefault(found[1], at)
        super()._ring(invite, addr)
        self.answer()

    def answer(self, ring: Ring | None = None) -> Ring:
        self.media.speak_to = lambda *_: None  # type: ignore[method-assign]
        return super().answer(ring)


class Operator(asyncio.DatagramProtocol):
    """Place calls, each of a tenth of a second once it reached a phone."""

    def __init__(self, exchange_port: int) -> None:
        self._exchange = ("127.0.0.1", exchange_port)
        self._transport: asyncio.DatagramTransport | None = None
        self._calls: dict[str, tuple[str, str, str]] = {}  # Call-ID → From, To, branch
        self.timing = Timing()

    async def open(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))
        self._port = port

    def close(self) -> None:
        self._calls.clear()
        if self._transport:
            self._transport.close()
            self._transport = None

    async def place(self, called: str, *, rate: int, count: int, timing: Timing) -> None:
        """Ring ``called`` ``rate`` times a second, ``count`` times, and wait until all is quiet."""
        self.timing = timing
        began = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            self._invite(called)
        for _ in range(PATIENCE_SECONDS * 10):
            await asyncio.sleep(0.1)
            if not self._calls:
                break
        self._calls.clear()  # whoever is left was never answered, and counts as not reached

    def _invite(self, called: str) -> None:
        who = f"6{secrets.randbelow(10**8):08d}"
        call_id, branch = secrets.token_hex(8), f"z9hG4bK{secrets.token_hex(6)}"
        sender, to = f"<sip:+33{who}@op.example>;tag={secrets.token_hex(4)}", f"<sip:{called}@127.0.0.1>"
        self._calls[call_id] = (sender, to, branch)
        sdp = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"
        )
        self.timing.sent[who] = time.monotonic()
        self._send("INVITE", call_id, 1, branch, called, sdp)
        asyncio.get_running_loop().call_later(TALK_SECONDS, self._watch, call_id, who, called, 0)

    def _watch(self, call_id: str, who: str, called: str, waited: int) -> None:
        """Hang up a moment after somebody's phone rang for this caller."""
        if call_id not in self._calls:
            return
        answered = "tag=" in self._calls[call_id][1]  # nothing can be hung up before that
        if answered and who in self.timing.rung and time.monotonic() - self.timing.rung[who] > TALK_SECONDS:
            self._send("BYE", call_id, 2, f"z9hG4bK{secrets.token_hex(6)}", called)
            return
        if waited < PATIENCE_SECONDS * 20:
            asyncio.get_running_loop().call_later(0.05, self._watch, call_id, who, called, waited + 1)
        elif answered:
            self._send("BYE", call_id, 2, f"z9hG4bK{secrets.token_hex(6)}", called)

    def _send(self, method: str, call_id: str, cseq: int, branch: str, called: str, body: str = "") -> None:
        sender, to, _ = self._calls[call_id]
        kind = "Content-Type: application/sdp\r\n" if body else ""
        text = (
            f"{method} sip:{called}@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self._port};rport;branch={branch}\r\n"
            f"Max-Forwards: 70\r\nFrom: {sender}\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:op@127.0.0.1:{self._port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )
        if self._transport:
            self._transport.sendto(text.encode(), self._exchange)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = Message.parse(data)
        call_id = message.get("call-id")
        if message.start.startswith("BYE"):
            lines = ["SIP/2.0 200 OK", *(f"Via: {via}" for via in message.all("via"))]
            lines += [f"{name.title()}: {message.get(name)}" for name in ("from", "to", "call-id", "cseq")]
            if self._transport:
                self._transport.sendto("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode(), addr)
            self._calls.pop(call_id, None)
        elif message.start.startswith("SIP/2.0") and call_id in self._calls:
            self._answered(message, call_id)

    def _answered(self, message: Message, call_id: str) -> None:
        status, method = int(message.start.split()[1]), message.get("cseq").split()[1]
        called = re.search(r"sip:([^@]+)@", message.get("to"))
        if method == "BYE" and status >= 200:
            self._calls.pop(call_id, None)
        elif method == "INVITE" and status >= 200 and called:
            sender, _, branch = self._calls[call_id]
            self._calls[call_id] = (sender, message.get("to"), branch)
            self._send(
                "ACK", call_id, 1, branch if status >= 300 else f"z9hG4bK{secrets.token_hex(6)}", called[1]
            )
            if status >= 300:
                self.timing.refused += 1
                self._calls.pop(call_id, None)

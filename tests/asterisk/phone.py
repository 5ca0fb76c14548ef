"""Be a small SIP telephone with a voice of its own: enough to be a secretary's phone or a number outside.

Its sound is one repeated alaw byte, so that the other end can tell who speaks.
"""

import asyncio
import hashlib
import re
import secrets
import struct
from dataclasses import dataclass, field


class Media(asyncio.DatagramProtocol):
    """Send one byte fifty times a second, and count the bytes that come."""

    def __init__(self, voice: int) -> None:
        self.voice = voice
        self.heard: dict[int, int] = {}
        self.packets = 0
        self.transport: asyncio.DatagramTransport | None = None
        self.answer_whoever_speaks = False
        self.pace = 0.02  # seconds between two packets; a crowd speaks more slowly
        self._ssrc, self._number, self._to = secrets.randbits(32), 0, ("127.0.0.1", 9)
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> int:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        return self.transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if len(data) > 12 and data[0] >> 6 == 2 and data[1] & 0x7F == 8:
            self.packets += 1
            byte = max(set(data[12:]), key=data[12:].count)
            self.heard[byte] = self.heard.get(byte, 0) + 1
            if self.answer_whoever_speaks and self._task is None:
                self.speak_to(*addr)

    def speak_to(self, host: str, port: int) -> None:
        self.silence()
        self._task = asyncio.ensure_future(self._speak(host, port))

    async def press(self, digit: str) -> None:
        """Send one key as an RFC 4733 event, from its beginning to its end said three times."""
        begins = self._number
        for step in range(8):
            ends, lasts = step > 4, min(step + 1, 6) * 160
            event = struct.pack("!BBH", "0123456789*#".index(digit), (0x80 if ends else 0) | 10, lasts)
            self._number += 1
            header = struct.pack(
                "!BBHII",
                0x80,
                101 | (0x80 if step == 0 else 0),
                self._number & 0xFFFF,
                begins * 160,
                self._ssrc,
            )
            assert self.transport
            self.transport.sendto(header + event, self._to)
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)

    async def _speak(self, host: str, port: int) -> None:
        self._to = (host, port)
        while self.transport is not None:
            header = struct.pack(
                "!BBHII", 0x80, 8, self._number & 0xFFFF, (self._number * 160) & 0xFFFFFFFF, self._ssrc
            )
            self.transport.sendto(header + bytes([self.voice]) * 160, (host, port))
            self._number += 1
            await asyncio.sleep(self.pace)

    def silence(self) -> None:
        if self._task:
            self._task.cancel()
            self._task = None

    def close(self) -> None:
        self.silence()
        if self.transport:
            self.transport.close()
            self.transport = None


@dataclass
class Message:
    """Hold one SIP message."""

    start: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        pairs = [line.partition(":")[::2] for line in lines if ":" in line]
        return cls(start, [(name.strip().lower(), value.strip()) for name, value in pairs], body)

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def media(self) -> tuple[str, int]:
        host = re.search(r"c=IN IP4 (\S+)", self.body)
        port = re.search(r"m=audio (\d+)", self.body)
        assert host, self.body
        assert port, self.body
        return host[1], int(port[1])


@dataclass
class Ring:
    """Hold one call that reached the phone."""

    invite: Message
    addr: tuple[str, int]
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    state: str = "ringing"  # ringing, answered, ended
    cseq: int = 0
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def shown(self) -> str:
        return self.invite.get("from")


def relay(digit: str) -> str:
    """Return a key as SIP INFO carries it."""
    return f"Signal={digit}\r\nDuration=160\r\n"


class Dialogue(asyncio.DatagramProtocol):
    """Be a caller outside: ring a number, hear, hang up when told."""

    def __init__(self, exchange_port: int, *, voice: int, host: str = "127.0.0.1") -> None:
        self.exchange = ("127.0.0.1", exchange_port)
        self._host = host
        self.status = 0  # of the last answer to the call
        self.media = Media(voice)
        self.answered, self.ended = asyncio.Event(), asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None
        self._to, self._target, self._cseq = "", "", 1

    async def call(self, called: str, *, number: str, name: str = "", sends_events: bool = False) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, 0))
        self.port, sound = self._transport.get_extra_info("sockname")[1], await self.media.open()
        self._target = f"sip:{called}@127.0.0.1:{self.exchange[1]}"
        self._from = f'"{name}" <sip:{number or "anonymous"}@outside.example>;tag={secrets.token_hex(4)}'
        self._call_id, self._branch = secrets.token_hex(8), f"z9hG4bK{secrets.token_hex(6)}"
        self._to = f"<{self._target}>"
        sdp = f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {sound} RTP/AVP 8\r\n"
        if sends_events:
            sdp = (
                sdp.replace("AVP 8", "AVP 8 101")
                + "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
            )
        self._send("INVITE", 1, self._branch, sdp)

    def _send(
        self, method: str, cseq: int, branch: str, body: str = "", body_is: str = "application/sdp"
    ) -> None:
        if self._transport is None:
            return
        kind = f"Content-Type: {body_is}\r\n" if body else ""
        self._transport.sendto(
            f"{method} {self._target} SIP/2.0\r\nVia: SIP/2.0/UDP {self._host}:{self.port};rport;branch={branch}\r\n"
            f"Max-Forwards: 70\r\nFrom: {self._from}\r\nTo: {self._to}\r\nCall-ID: {self._call_id}\r\nCSeq: {cseq} {method}\r\n"
            f"Contact: <sip:outside@{self._host}:{self.port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode(),
            self.exchange,
        )

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = Message.parse(data)
        if message.start.startswith("BYE"):
            self._reply(message, addr)
            self._over()
        elif message.start.startswith("SIP/2.0") and message.get("cseq").endswith("INVITE"):
            status = self.status = int(message.start.split()[1])
            if status >= 200:
                self._to = message.get("to")
                self._send("ACK", 1, f"z9hG4bK{secrets.token_hex(6)}" if status < 300 else self._branch)
            if status >= 300:
                self._over()
            elif status >= 200:
                self.answered.set()
                self.media.speak_to(*message.media)

    def _reply(self, request: Message, addr: tuple[str, int]) -> None:
        lines = ["SIP/2.0 200 OK", *(f"Via: {via}" for via in request.all("via"))]
        lines += [f"{name.title()}: {request.get(name)}" for name in ("from", "to", "call-id", "cseq")]
        if self._transport:
            self._transport.sendto("\r\n".join([*lines, "Content-Length: 0", "", ""]).encode(), addr)

    def hang_up(self) -> None:
        if self.answered.is_set():
            self._send("BYE", self._cseq + 1, f"z9hG4bK{secrets.token_hex(6)}")
        else:
            self._send("CANCEL", 1, self._branch)
        self._over()

    async def press(self, digits: str) -> None:
        """Press keys, as SIP INFO."""
        for digit in digits:
            self._cseq += 1
            self._send(
                "INFO", self._cseq, f"z9hG4bK{secrets.token_hex(6)}", relay(digit), "application/dtmf-relay"
            )
            await asyncio.sleep(0.1)

    async def press_in_sound(self, digits: str) -> None:
        """Press keys, as RFC 4733 events among the sound."""
        for digit in digits:
            await self.media.press(digit)

    def _over(self) -> None:
        self.media.silence()
        self.ended.set()

    def close(self) -> None:
        self.media.close()
        if self._transport:
            self._transport.close()
            self._transport = None


class Phone(asyncio.DatagramProtocol):
    """Register, ring, answer, refuse, hang up, vanish."""

    def __init__(
        self,
        username: str,
        password: str,
        exchange_port: int,
        *,
        voice: int,
        answers_after: float | None = None,
    ) -> None:
        self.username, self.password, self.exchange = username, password, ("127.0.0.1", exchange_port)
        self.answers_after = answers_after
        self.media = Media(voice)
        self.rings: list[Ring] = []
        self.keys = ""  # what the other side pressed
        self._heard_keys: set[str] = set()
        self.ringing = asyncio.Event()
        self.port = 0
        self._transport: asyncio.DatagramTransport | None = None
        self._answers: asyncio.Queue[Message] = asyncio.Queue()
        self._cseq = 0
        self._call_id = secrets.token_hex(8)
        self._tag = secrets.token_hex(4)

    async def open(self, port: int = 0) -> "Phone":
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", port))
        self.port = self._transport.get_extra_info("sockname")[1]
        self._media_port = await self.media.open()
        return self

    def vanish(self) -> None:
        """Go without a word, as a crashed browser does."""
        self.media.close()
        if self._transport:
            self._transport.close()
            self._transport = None

    close = vanish

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    # --- registering ---------------------------------------------------------------------

    async def register(self, expires: int = 300) -> int:
        answer = await self._send_register(expires, "")
        if answer.start.split()[1] == "401":
            challenge = dict(re.findall(r'(\w+)="?([^",]+)"?', answer.get("www-authenticate")))
            answer = await self._send_register(expires, self._authorise(challenge))
        return int(answer.start.split()[1])

    def _authorise(
        self, challenge: dict[str, str], *, method: str = "REGISTER", uri: str = "sip:127.0.0.1"
    ) -> str:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        realm, nonce = challenge["realm"], challenge["nonce"]
        first = md5(f"{self.username}:{realm}:{self.password}")
        response = md5(f"{first}:{nonce}:00000001:abc:auth:{md5(f'{method}:{uri}')}")
        return (
            f'Authorization: Digest username="{self.username}", realm="{realm}", nonce="{nonce}", uri="{uri}", '
            f'response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="abc", opaque="{challenge.get("opaque", "")}"\r\n'
        )

    async def _send_register(self, expires: int, extra: str) -> Message:
        self._cseq += 1
        me = f"sip:{self.username}@127.0.0.1"
        self._send(
            f"REGISTER sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{secrets.token_hex(6)}\r\n"
            f"Max-Forwards: 70\r\nFrom: <{me}>;tag={self._tag}\r\nTo: <{me}>\r\nCall-ID: {self._call_id}\r\n"
            f"CSeq: {self._cseq} REGISTER\r\nContact: <sip:{self.username}@127.0.0.1:{self.port}>\r\nExpires: {expires}\r\n"
            f"{extra}Content-Length: 0\r\n\r\n",
            self.exchange,
        )
        while True:
            answer = await asyncio.wait_for(self._answers.get(), 5)
            if answer.get("cseq") == f"{self._cseq} REGISTER":
                return answer

    # --- being rung ----------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = Message.parse(data)
        if message.start.startswith("SIP/2.0"):
            self._answers.put_nowait(message)
            return
        method = message.start.split(" ")[0]
        ring = next((r for r in self.rings if r.invite.get("call-id") == message.get("call-id")), None)
        if method == "INVITE" and ring is None:
            self._ring(message, addr)
        elif method == "CANCEL" and ring:
            self._reply(message, addr, "200 OK", tag=ring.tag)
            self._reply(ring.invite, addr, "487 Request Terminated", tag=ring.tag)
            self._end(ring)
        elif method == "BYE" and ring:
            self._reply(message, addr, "200 OK")
            self._end(ring)
        elif method == "INFO" and ring:
            self._reply(message, addr, "200 OK")
            if message.get("cseq") not in self._heard_keys:
                self._heard_keys.add(message.get("cseq"))
                self.keys += "".join(re.findall(r"Signal=\s*(\S)", message.body))
        elif method == "OPTIONS":
            self._reply(message, addr, "200 OK", tag=self._tag)

    def _ring(self, invite: Message, addr: tuple[str, int]) -> None:
        ring = Ring(invite, addr)
        self.rings.append(ring)
        self._reply(invite, addr, "180 Ringing", tag=ring.tag)
        self.ringing.set()
        if self.answers_after is not None:
            asyncio.get_running_loop().call_later(self.answers_after, self._answer_if_ringing, ring)

    def _answer_if_ringing(self, ring: Ring) -> None:
        if ring.state == "ringing" and self._transport:
            self.answer(ring)

    async def wait_ringing(self, timeout: float = 10) -> Ring:  # noqa: ASYNC109
        await asyncio.wait_for(self.ringing.wait(), timeout)
        self.ringing.clear()
        return self.rings[-1]

    @property
    def _sdp(self) -> str:
        return (
            f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {self._media_port} RTP/AVP 8\r\n"
            "a=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"
        )

    def answer(self, ring: Ring | None = None) -> Ring:
        ring = ring or self.rings[-1]
        self._reply(ring.invite, ring.addr, "200 OK", tag=ring.tag, body=self._sdp)
        ring.state = "answered"
        self.media.speak_to(*ring.invite.media)
        return ring

    def announce(self, ring: Ring | None = None) -> Ring:
        """Speak before answering, as an operator does (early media)."""
        ring = ring or self.rings[-1]
        self._reply(ring.invite, ring.addr, "183 Session Progress", tag=ring.tag, body=self._sdp)
        self.media.speak_to(*ring.invite.media)
        return ring

    async def dial(self, number: str) -> int:
        """Try to call somebody with this phone's own credential; return the answer's status."""
        status, extra, uri, call_id = 401, "", f"sip:{number}@127.0.0.1", secrets.token_hex(8)
        for cseq in (1, 2):
            branch, me = f"z9hG4bK{secrets.token_hex(6)}", f"<sip:{self.username}@127.0.0.1>;tag={self._tag}"
            self._send(
                f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch}\r\n"
                f"Max-Forwards: 70\r\nFrom: {me}\r\nTo: <{uri}>\r\nCall-ID: {call_id}\r\nCSeq: {cseq} INVITE\r\nContact: <sip:{self.username}@127.0.0.1:{self.port}>\r\n"
                f"{extra}Content-Type: application/sdp\r\nContent-Length: {len(self._sdp)}\r\n\r\n{self._sdp}",
                self.exchange,
            )
            while True:
                answer = await asyncio.wait_for(self._answers.get(), 5)
                status = int(answer.start.split()[1])
                if answer.get("cseq") == f"{cseq} INVITE" and status >= 200:
                    break
            self._send(
                f"ACK {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch={branch}\r\nMax-Forwards: 70\r\n"
                f"From: {me}\r\nTo: {answer.get('to')}\r\nCall-ID: {call_id}\r\nCSeq: {cseq} ACK\r\nContent-Length: 0\r\n\r\n",
                self.exchange,
            )
            if status != 401:
                return status
            challenge = dict(re.findall(r'(\w+)="?([^",]+)"?', answer.get("www-authenticate")))
            extra = self._authorise(challenge, method="INVITE", uri=uri)
        return status

    def refuse(self, ring: Ring | None = None, status: str = "486 Busy Here") -> None:
        ring = ring or self.rings[-1]
        self._reply(ring.invite, ring.addr, status, tag=ring.tag)
        self._end(ring)

    def hang_up(self, ring: Ring | None = None) -> None:
        ring = ring or self.rings[-1]
        self._ask(ring, "BYE")
        self._end(ring)

    async def press(self, digits: str, ring: Ring | None = None) -> None:
        """Press keys, as SIP INFO."""
        for digit in digits:
            self._ask(ring or self.rings[-1], "INFO", relay(digit))
            await asyncio.sleep(0.1)

    def _ask(self, ring: Ring, method: str, body: str = "") -> None:
        """Send a request of our own inside the call."""
        ring.cseq += 1
        contact = re.search(r"<?(sip:[^>;]+)", ring.invite.get("contact"))
        assert contact
        kind = "Content-Type: application/dtmf-relay\r\n" if body else ""
        self._send(
            f"{method} {contact[1]} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{secrets.token_hex(6)}\r\n"
            f"Max-Forwards: 70\r\nFrom: {ring.invite.get('to')};tag={ring.tag}\r\nTo: {ring.invite.get('from')}\r\n"
            f"Call-ID: {ring.invite.get('call-id')}\r\nCSeq: {ring.cseq} {method}\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}",
            ring.addr,
        )

    def _end(self, ring: Ring) -> None:
        ring.state = "ended"
        ring.ended.set()
        self.media.silence()

    def _reply(
        self, request: Message, addr: tuple[str, int], status: str, *, tag: str = "", body: str = ""
    ) -> None:
        to = request.get("to") + (f";tag={tag}" if tag and "tag=" not in request.get("to") else "")
        lines = [f"SIP/2.0 {status}", *(f"Via: {via}" for via in request.all("via"))]
        lines += [f"Record-Route: {route}" for route in request.all("record-route")]
        lines += [
            f"From: {request.get('from')}",
            f"To: {to}",
            f"Call-ID: {request.get('call-id')}",
            f"CSeq: {request.get('cseq')}",
        ]
        lines += [f"Contact: <sip:{self.username}@127.0.0.1:{self.port}>"]
        if body:
            lines.append("Content-Type: application/sdp")
        self._send("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]), addr)

    def _send(self, text: str, addr: tuple[str, int]) -> None:
        if self._transport:
            self._transport.sendto(text.encode(), addr)

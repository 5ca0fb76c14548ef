"""Hold the websocket: what comes is handed over in the turn in which it came, what is asked together goes out together."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidState, WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

_BIGGEST_MESSAGE: Final = 4 * 1024 * 1024
_PING_SECONDS: Final = 5.0
_DEAD_SECONDS: Final = 15.0  # three pings without a word
_FAREWELL_SECONDS: Final = 1.0
_DATA: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})
# A frame begins with what it is, then its length, which 126 and 127 say to follow in so many bytes.
_WHOLE: Final = frozenset({0x81, 0x82})  # one frame, one message
_LENGTH_FOLLOWS: Final = {126: 2, 127: 8}
_MASKED: Final = 0x80  # as only a client's are
_END_OF_HEAD: Final = b"\r\n\r\n"


class AriSocket(asyncio.Protocol):
    """Speak the websocket protocol for one connection, by the library's own state machine.

    A message that is whole in one frame, as nearly all are, is cut out here: the library takes fifteen times as long.
    """

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        hear: Callable[[Sequence[bytes]], None],
        lost: Callable[[str], None],
    ) -> None:
        self._protocol = ClientProtocol(parse_uri(url), max_size=_BIGGEST_MESSAGE)
        self._headers = headers
        self._hear = hear
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._unread = b""  # the beginning of a frame, or of the server's first answer
        self._messages: list[bytes] = []
        self._unsent: list[bytes] = []
        self._fragments: list[bytes] = []
        self._heard_at = self._loop.time()
        self._ping: asyncio.TimerHandle | None = None

    @classmethod
    async def connect(
        cls,
        url: str,
        headers: dict[str, str],
        *,
        hear: Callable[[Sequence[bytes]], None],
        lost: Callable[[str], None],
    ) -> "AriSocket":
        """Open a connection; ``hear`` takes what came together, ``lost`` is told once that there will be no more.

        Raises:
            OSError, WebSocketException: nobody is there, or not yet.
        """
        uri = parse_uri(url)
        loop = asyncio.get_running_loop()
        _, self = await loop.create_connection(
            lambda: cls(url, headers, hear, lost), uri.host, uri.port, ssl=True if uri.secure else None
        )
        try:
            await self._opened
        except BaseException:
            self.abort()
            raise
        return self

    def send(self, messages: Iterable[bytes], *, at_once: bool = False) -> None:
        """Send messages, in one go with what else is asked in this turn of the loop.

        What is sent ``at_once`` goes before all that.

        Raises:
            WebSocketException: the connection is over.
        """
        if self._protocol.state is not State.OPEN:
            raise InvalidState(f"the connection is {self._protocol.state.name.lower()}")
        frames = [Frame(Opcode.TEXT, message).serialize(mask=True) for message in messages]
        if at_once:
            self._write(frames)
            return
        if not self._unsent:
            self._loop.call_soon(self._write_unsent)
        self._unsent += frames

    def _write_unsent(self) -> None:
        frames, self._unsent = self._unsent, []
        self._write(frames)

    def _write(self, frames: Sequence[bytes]) -> None:
        """Write in one go: each write costs both sides a waking."""
        if frames and self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(frames))

    async def close(self) -> None:
        """Say goodbye, and wait a moment for the other side's."""
        if self._transport is None or self._ended.done():
            return
        try:
            self._write_unsent()
            self._protocol.send_close(1000)
            self._flush()
            async with asyncio.timeout(_FAREWELL_SECONDS):
                await asyncio.shield(self._ended)
        except (TimeoutError, WebSocketException):
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    # --- what the loop calls ----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # in all but name where the loop is uvloop
        request = self._protocol.connect()
        request.headers.update(self._headers)
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        data = self._unread + data if self._unread else data
        self._unread = self._read_frames(data) if self._opened.done() else self._read_answer(data)
        if messages := self._messages:
            self._messages = []
            self._hear(messages)

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._take_in()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._ping is not None:
            self._ping.cancel()
        if not self._opened.done():
            self._opened.set_exception(self._protocol.handshake_exc or exc or ConnectionResetError())
            self._opened.exception()  # whoever opens may have given up
        if not self._ended.done():
            self._ended.set_result(None)
            self._lost(str(exc or self._protocol.parser_exc or "closed"))

    # --- the protocol -----------------------------------------------------------------------

    def _read_answer(self, data: bytes) -> bytes:
        """Read whether the server lets us in, and what it says thereafter; return what is not whole yet."""
        head, end, rest = data.partition(_END_OF_HEAD)
        if not end:
            return data
        self._obey(head + end)
        if self._opened.done():
            return self._read_frames(rest)
        self._obey(rest)
        return b""

    def _read_frames(self, data: bytes) -> bytes:
        """Take whole frames off the data; return what is not whole yet."""
        at, size = 0, len(data)
        while size - at >= 2:  # noqa: PLR2004
            start, length = at + 2, data[at + 1]
            if (follows := _LENGTH_FOLLOWS.get(length)) is not None:
                start, length = start + follows, int.from_bytes(data[start : start + follows], "big")
            if data[at + 1] >= _MASKED or length > _BIGGEST_MESSAGE:
                self._obey(data[at:])  # which says no
                return b""
            if (end := start + length) > size:
                break
            if data[at] in _WHOLE and not self._fragments:
                self._messages.append(data[start:end])
            else:
                self._obey(data[at:end])
            at = end
        return data[at:]

    def _obey(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        self._take_in()

    def _take_in(self) -> None:
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._open()
            elif isinstance(event, Frame) and event.opcode in _DATA:
                self._take(event)
        self._flush()
        if self._protocol.close_expected():  # the other side closes; if not, we do
            self._loop.call_later(_FAREWELL_SECONDS, self.abort)

    def _open(self) -> None:
        if self._protocol.handshake_exc is not None:
            self.abort()
        elif not self._opened.done():
            self._opened.set_result(None)
            self._ping = self._loop.call_later(_PING_SECONDS, self._look_for_life)

    def _take(self, frame: Frame) -> None:
        data = bytes(frame.data)
        if not frame.fin or self._fragments:
            self._fragments.append(data)
            if not frame.fin:
                return
            data = b"".join(self._fragments)
            self._fragments.clear()
        self._messages.append(data)

    def _flush(self) -> None:
        assert self._transport is not None
        out = self._protocol.data_to_send()
        if not out or self._transport.is_closing():
            return
        if data := b"".join(out):
            self._transport.write(data)
        if not out[-1] and self._transport.can_write_eof():
            self._transport.write_eof()

    def _look_for_life(self) -> None:
        """Ask for a sign of life now and then; without one the connection is dead, whatever the network says."""
        if self._loop.time() - self._heard_at > _DEAD_SECONDS:
            self.abort()
            return
        self._ping = self._loop.call_later(_PING_SECONDS, self._look_for_life)
        try:
            self._protocol.send_ping(b"")
        except WebSocketException:  # it is closing
            return
        self._flush()

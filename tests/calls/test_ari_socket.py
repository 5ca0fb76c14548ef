"""The websocket to Asterisk: everything is heard in its order, what ends is told once, and silence is death."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus

import pytest
import uvloop
from websockets.asyncio.server import Request, Response, Server, ServerConnection, serve
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

from decroche.calls.adapters.ari import socket as sockets
from decroche.calls.adapters.ari.client import Address, AriClient
from decroche.calls.adapters.ari.socket import AriSocket
from decroche.calls.ports import ExchangeDown

Play = Callable[[ServerConnection], Awaitable[None]]


@asynccontextmanager
async def a_server(play: Play) -> AsyncIterator[str]:
    async with serve(play, "127.0.0.1", 0, compression=None, close_timeout=0.2) as server:
        yield _url(server)


def _url(server: Server) -> str:
    return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ari/events"


class Ear:
    """Hears."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.ends: list[str] = []
        self.over = asyncio.Event()
        self.enough = asyncio.Event()
        self.wanted = 1

    def hear(self, messages: Sequence[bytes]) -> None:
        self.heard += messages
        if len(self.heard) >= self.wanted:
            self.enough.set()

    def lost(self, why: str) -> None:
        self.ends.append(why)
        self.over.set()

    async def opens(self, url: str) -> AriSocket:
        return await AriSocket.connect(url, {"Authorization": "Basic x"}, hear=self.hear, lost=self.lost)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_what_is_said_together_is_answered_in_its_order(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(_talk_and_leave(Ear()))


async def _talk_and_leave(ear: Ear) -> None:
    async def echoes(server: ServerConnection) -> None:
        assert server.request is not None
        assert server.request.headers["Authorization"] == "Basic x"
        async for message in server:
            await server.send(message)

    async with a_server(echoes) as url:
        socket = await ear.opens(url)
        said = [(f"é{number}" * 500).encode() for number in range(300)]
        ear.wanted = len(said)
        socket.send(said)
        async with asyncio.timeout(10):
            await ear.enough.wait()
        await socket.close()
        await ear.over.wait()
    assert ear.heard == said
    assert len(ear.ends) == 1


async def test_a_message_in_pieces_is_one_and_what_is_no_text_is_heard_as_it_is(ear: Ear) -> None:
    async def speaks(server: ServerConnection) -> None:
        await server.send(["one ", "in ", "pieces"])
        await server.send(b"\xff\xfe")

    async with a_server(speaks) as url:
        await ear.opens(url)
        async with asyncio.timeout(10):
            await ear.over.wait()
    assert ear.heard == [b"one in pieces", b"\xff\xfe"]


@pytest.mark.parametrize("cut", [1, 2, 3, 127, 999])
async def test_a_message_is_whole_however_the_network_cuts_it(ear: Ear, cut: int) -> None:
    said = [b"", b"a", b"b" * 125, b"c" * 126, b"d" * 65_535, b"e" * 65_536, "é".encode() * 300]

    async def lets_in_and_speaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = await _handshake(reader)
        frames = [Frame(Opcode.TEXT, one).serialize(mask=False) for one in said]
        frames.insert(3, Frame(Opcode.PING, b"there?").serialize(mask=False))
        data = answer + b"".join(frames)
        pieces = [data[at : at + cut] for at in range(0, 2000, cut)]
        for piece in (*pieces, data[sum(map(len, pieces)) :]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)
        heard.append(await reader.readexactly(2 + 4 + len(b"there?")))
        writer.close()

    heard: list[bytes] = []
    server = await asyncio.start_server(lets_in_and_speaks, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await ear.opens(f"ws://127.0.0.1:{port}/ari/events")
    async with asyncio.timeout(20):
        await ear.over.wait()
    server.close()
    assert ear.heard == said
    assert heard[0][0] == 0x80 | Opcode.PONG


@pytest.mark.parametrize(
    "frame",
    [Frame(Opcode.TEXT, b"masked").serialize(mask=True), b"\x81\x7f" + (5 * 2**20).to_bytes(8, "big") + b"x"],
    ids=["masked", "too long"],
)
async def test_what_no_server_may_say_ends_the_connection(ear: Ear, frame: bytes) -> None:
    async def lets_in_and_errs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await _handshake(reader) + frame)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(lets_in_and_errs, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await ear.opens(f"ws://127.0.0.1:{port}/ari/events")
    async with asyncio.timeout(5):
        await ear.over.wait()
    server.close()
    assert ear.heard == []


async def _handshake(reader: asyncio.StreamReader) -> bytes:
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    accept = accept_key(key.split(": ", 1)[1])
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )


async def test_what_is_asked_at_once_goes_first_and_what_waits_goes_before_goodbye(ear: Ear) -> None:
    told: list[str | bytes] = []

    async def listens(server: ServerConnection) -> None:
        told.extend([message async for message in server])

    async with a_server(listens) as url:
        socket = await ear.opens(url)
        socket.send([b"marks"])
        socket.send([b"ring"], at_once=True)
        socket.send([b"music", b"lease"])
        await socket.close()
    assert told == ["ring", "marks", "music", "lease"]


async def test_an_exchange_that_still_starts_is_not_there(ear: Ear) -> None:
    async def not_yet(_server: ServerConnection, request: Request) -> Response:
        del request
        return _server.respond(HTTPStatus.SERVICE_UNAVAILABLE, "not yet\n")

    async def nobody(_server: ServerConnection) -> None:
        raise AssertionError

    async with serve(nobody, "127.0.0.1", 0, process_request=not_yet) as server:
        with pytest.raises(InvalidStatus):
            await ear.opens(_url(server))
        url = _url(server).replace("ws://", "http://").removesuffix("/ari/events")
        with pytest.raises(ExchangeDown):
            await AriClient(Address(url, "user", "password", "decroche")).open()
    with pytest.raises(OSError, match="Connect"):
        await ear.opens(_url_of_nobody())


def _url_of_nobody() -> str:
    return "ws://127.0.0.1:9/ari/events"


async def test_an_exchange_that_says_nothing_any_more_is_dead(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_PING_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "_DEAD_SECONDS", 0.2)

    async def takes_and_is_mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await _handshake(reader))
        await reader.read()
        writer.close()

    server = await asyncio.start_server(takes_and_is_mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    socket = await ear.opens(f"ws://127.0.0.1:{port}/ari/events")
    async with asyncio.timeout(3):
        await ear.over.wait()
    assert len(ear.ends) == 1
    socket.abort()
    server.close()


async def test_a_living_exchange_that_has_nothing_to_say_is_not_dead(
    ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "_PING_SECONDS", 0.05)
    monkeypatch.setattr(sockets, "_DEAD_SECONDS", 1.0)

    async def listens(server: ServerConnection) -> None:
        async for message in server:
            await server.send(message)

    async with a_server(listens) as url:
        socket = await ear.opens(url)
        await asyncio.sleep(1.5)
        assert not ear.over.is_set()
        socket.send([b"still there"])
        async with asyncio.timeout(5):
            await ear.enough.wait()
        await socket.close()
    with pytest.raises(WebSocketException):
        socket.send([b"too late"])

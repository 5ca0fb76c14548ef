"""Serve ``/live/`` as server-sent events, outside Django's request handler.

Django's ASGI handler holds a thread per open stream and the ORM a connection; this callable
holds neither: one LISTEN connection per process, routed in memory to bounded queues. A client
that does not keep up is dropped (its browser reconnects and reads its screen again). Rights are looked up at
connection and again every ``RECHECK_SECONDS``.
"""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

from decroche.foundation.database import conninfo
from decroche.foundation.live.hints import CHANNEL, Audience

log = logging.getLogger(__name__)

QUEUE_LENGTH = 64
KEEPALIVE_SECONDS = 15
RECHECK_SECONDS = 60
STREAMS_PER_PERSON = 12

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Stream:
    """One open browser: what it may hear, and what waits to be sent."""

    def __init__(self, audience: Audience) -> None:
        self.audience = audience
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_LENGTH)

    def offer(self, message: bytes | None) -> None:
        """Queue a message; a full queue ends the stream instead of growing."""
        if self.queue.full():
            self.end()
        else:
            self.queue.put_nowait(message)

    def end(self) -> None:
        """Forget what waits; the next thing read is the end."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Router:
    """Hand each notification to the streams that may hear it."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, int], set[Stream]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def ready(self) -> None:
        """Return once notifications flow, so that nothing said after ``hello`` is missed."""
        await self._ready.wait()

    def add(self, stream: Stream) -> None:
        for key in _keys(stream.audience):
            self.by_key[key].add(stream)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen(), name="live-listen")

    async def close(self) -> None:
        """Stop listening; open streams hear no more."""
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    def remove(self, stream: Stream) -> None:
        for key in _keys(stream.audience):
            streams = self.by_key[key]
            streams.discard(stream)
            if not streams:
                del self.by_key[key]

    def route(self, payload: str) -> None:
        """Send one notification on; a malformed one is logged and dropped."""
        try:
            hint = json.loads(payload)
            key = next((kind, int(hint[kind])) for kind in "pus" if kind in hint)
            message = _event("hint", payload)
        except (ValueError, KeyError, TypeError, StopIteration):
            log.warning("malformed live hint dropped")
            return
        for stream in tuple(self.by_key.get(key, ())):
            stream.offer(message)

    def everyone(self, message: bytes | None) -> None:
        for stream in {stream for streams in self.by_key.values() for stream in streams}:
            stream.offer(message)

    async def _listen(self) -> None:
        """Follow PostgreSQL's notifications for ever; after a break, tell all to read again."""
        first = True
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if not first:
                        self.everyone(_event("resync", "{}"))
                    first = False
                    self._ready.set()
                    async for notification in connection.notifies():
                        self.route(notification.payload)
            except psycopg.Error:
                self._ready.clear()
                log.warning("live updates lost the database; trying again in one second")
                await asyncio.sleep(1)


router = Router()


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request for the stream: 401 without a session, else events until one side leaves."""
    audience = await _audience(scope)
    if audience is None:
        await _refuse(send, 401)
        return
    if len(router.by_key.get(("u", audience.user_id), ())) >= STREAMS_PER_PERSON:
        await _refuse(send, 429)
        return
    stream = Stream(audience)
    router.add(stream)
    gone = asyncio.create_task(_until_gone(receive, stream))
    try:
        await router.ready()
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await send({"type": "http.response.body", "body": _event("hello", "{}"), "more_body": True})
        await _pump(scope, stream, send)
        if not gone.done():
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        router.remove(stream)
        gone.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await gone


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def _pump(scope: Scope, stream: Stream, send: Send) -> None:
    """Send what comes until the stream ends or the person's rights change."""
    loop = asyncio.get_running_loop()
    recheck_at = loop.time() + RECHECK_SECONDS
    while True:
        try:
            async with asyncio.timeout(KEEPALIVE_SECONDS):
                message = await stream.queue.get()
        except TimeoutError:
            message = b": still here\n\n"
        if message is None:
            return
        await send({"type": "http.response.body", "body": message, "more_body": True})
        if loop.time() >= recheck_at:
            if await _audience(scope) != stream.audience:
                return  # the browser reconnects and hears what it may now
            recheck_at = loop.time() + RECHECK_SECONDS


async def _until_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _audience(scope: Scope) -> Audience | None:
    cookies = SimpleCookie()
    try:
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookies.load(value.decode("latin-1"))
    except CookieError:
        return None
    session = cookies.get(settings.SESSION_COOKIE_NAME)
    if session is None:
        return None
    find: Callable[[str], Audience | None] = import_string(settings.LIVE_AUDIENCE)
    return await sync_to_async(_find)(find, session.value)


def _find(find: Callable[[str], Audience | None], session_key: str) -> Audience | None:
    """Ask the database, and give the connection back as a request would: a broken one is never met again."""
    close_old_connections()
    try:
        return find(session_key)
    finally:
        close_old_connections()


async def _refuse(send: Send, status: int) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"cache-control", b"no-store")]}
    )
    await send({"type": "http.response.body", "body": b""})


def _event(name: str, data: str) -> bytes:
    return f"event: {name}\ndata: {data}\n\n".encode()


def _keys(audience: Audience) -> list[tuple[str, int]]:
    return [
        ("u", audience.user_id),
        *(("p", practice_id) for practice_id in audience.practice_ids),
        *(("s", secretariat_id) for secretariat_id in audience.secretariat_ids),
    ]

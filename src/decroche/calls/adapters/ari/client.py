"""Speak ARI: one websocket for events and requests, HTTP where Asterisk is too old to take requests on it."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import httpx
import orjson
import structlog
from websockets.exceptions import WebSocketException

from decroche.calls.adapters.ari.socket import AriSocket
from decroche.calls.ports import ExchangeDown

log = structlog.get_logger(__name__)

_EVENTS_AT_MOST: Final = 20_000
_PATIENCE_SECONDS: Final = 5.0
_PROBE_SECONDS: Final = 1.0
HTTP_OK: Final = 200
Answer = tuple[int, str, str]  # status, body, reason
_IS_PLAIN: Final = re.compile(r"[\w.~/:-]*", re.ASCII).fullmatch  # what a query bears as it is
HTTP_NOT_FOUND: Final = 404
HTTP_CONFLICT: Final = 409


@dataclass(frozen=True, slots=True)
class Address:
    """Say where ARI is and as whom we speak."""

    url: str
    user: str
    password: str
    app: str


class AriRefused(Exception):
    """Asterisk answered a request with an error."""

    def __init__(self, status: int, message: str, what: str) -> None:
        super().__init__(f"{what}: {status} {message}")
        self.status = status


@dataclass(slots=True)
class Request:
    """Hold one thing to ask: ``path`` without ``/ari/``, ``query`` and ``body`` as plain values."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None

    @property
    def target(self) -> str:
        if not self.query:
            return self.path
        pairs = [f"{name}={_quoted(value)}" for name, value in self.query.items()]
        return f"{self.path}?{'&'.join(pairs)}"


class AriClient:
    """Hold one connection. It never reconnects by itself: whoever holds it opens a new one and takes stock."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._ids = count(1)
        self._waiting: dict[str, tuple[_Burst, int]] = {}  # request → whose it is, and its place among them
        self._events: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue(maxsize=_EVENTS_AT_MOST)
        self._socket: AriSocket | None = None
        self._http: httpx.AsyncClient | None = None
        self._by_socket = True
        self.is_open = False
        self._is_over = False  # nothing more comes on this connection

    async def open(self, apps: str = "") -> None:
        """Connect and register the applications, the address's own when none is named.

        Raises:
            ExchangeDown: nobody answers, or Asterisk is still starting.
        """
        url = self._address.url.replace("http", "ws", 1)
        token = httpx.BasicAuth(self._address.user, self._address.password)._auth_header  # noqa: SLF001
        query = urlencode({"app": apps or self._address.app, "subscribeAll": "false"})
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                self._socket = await AriSocket.connect(
                    f"{url}/ari/events?{query}", {"Authorization": token}, hear=self._hear, lost=self._lost
                )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise ExchangeDown(str(error)) from error
        if self._is_over:
            raise ExchangeDown
        self.is_open = True
        await self._choose_road()

    async def _choose_road(self) -> None:
        """Ask something over the socket; an Asterisk that is too old for that stays mute, then we use HTTP."""
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._ask_by_socket([Request("GET", "asterisk/ping")])
        except TimeoutError:
            self._by_socket = False
            auth = httpx.BasicAuth(self._address.user, self._address.password)
            self._http = httpx.AsyncClient(
                base_url=f"{self._address.url}/ari/", auth=auth, timeout=_PATIENCE_SECONDS, trust_env=False
            )

    async def close(self) -> None:
        """Let go; nothing on the exchange is touched."""
        self.is_open = False
        if self._socket:
            await self._socket.close()
        if self._http:
            await self._http.aclose()
        self._fail_waiting()

    def _fail_waiting(self) -> None:
        for burst, _ in self._waiting.values():
            burst.fail(ExchangeDown())
        self._waiting.clear()

    def _hear(self, frame: bytes) -> None:
        if self._is_over:
            return
        try:
            self._take(frame)
        except asyncio.QueueFull:
            # Whoever reads us is far behind: what it would read is stale, a fresh connection takes stock instead.
            log.critical("ari.flooded", events=_EVENTS_AT_MOST)
            self._lost("flooded")
            if self._socket is not None:
                self._socket.abort()

    def _lost(self, why: str) -> None:
        """End the events, once."""
        if self._is_over:
            return
        if self.is_open:
            log.warning("ari.lost", error=why)
        self.is_open, self._is_over = False, True
        self._fail_waiting()
        if self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(None)

    def _take(self, frame: bytes) -> None:
        message = _read(frame)
        if not isinstance(message, dict):
            log.warning("ari.malformed", start=str(frame[:80]))
        elif message.get("type") == "RESTResponse":
            burst, place = self._waiting.pop(str(message.get("request_id")), (None, 0))
            if burst is not None:
                status = message.get("status_code")
                body = message.get("message_body")
                reason = str(message.get("reason_phrase") or "")
                burst.take(place, (status if isinstance(status, int) else 500, str(body or ""), reason))
        else:
            self._events.put_nowait(message)

    def inject(self, event: Mapping[str, Any]) -> None:
        """Put a message of our own among Asterisk's; dropped when there is no room or no connection."""
        if self.is_open and not self._events.full():
            self._events.put_nowait(event)

    async def events(self) -> AsyncIterator[Mapping[str, Any]]:
        """Yield raw events until the connection ends."""
        while (event := await self._events.get()) is not None:
            yield event

    async def drained(self) -> None:
        """Return once whoever reads our events has taken every one that is here."""
        while self.is_open and not self._events.empty():  # noqa: ASYNC110 — the reader takes them in its own turn
            await asyncio.sleep(0)

    async def ask(self, request: Request) -> Any:
        """Send one request and return its decoded answer (None when it has none).

        Raises:
            AriRefused: Asterisk says no.
            ExchangeDown: Asterisk does not answer.
        """
        (answer,) = await self._answers((request,))
        if isinstance(answer, AriRefused):
            raise answer
        return orjson.loads(answer) if answer else None

    async def ask_in_order(self, requests: Sequence[Request]) -> list[AriRefused | None]:
        """Send requests that Asterisk shall carry out in this order; return what it refuses, each in its place.

        Raises:
            ExchangeDown: Asterisk does not answer.
        """
        answers = await self._answers(requests) if requests else ()
        return [answer if isinstance(answer, AriRefused) else None for answer in answers]

    async def _answers(self, requests: Sequence[Request]) -> list[str | AriRefused]:
        """Send requests, and return what Asterisk says to each."""
        if not self.is_open:
            raise ExchangeDown
        try:
            said = await (self._ask_by_socket if self._by_socket else self._ask_by_http)(requests)
        except (TimeoutError, OSError, httpx.HTTPError, WebSocketException) as error:
            raise ExchangeDown(str(error)) from error
        return [
            body
            if status < 300  # noqa: PLR2004
            else AriRefused(status, _message(body) or reason, f"{request.method} {request.path}")
            for request, (status, body, reason) in zip(requests, said, strict=True)
        ]

    async def _ask_by_socket(self, requests: Sequence[Request]) -> list[Answer]:
        """Send them all at once: one thread of Asterisk takes them from the socket one after the other."""
        socket = self._socket
        if socket is None:
            raise ExchangeDown
        burst = _Burst(len(requests))
        ids = [str(next(self._ids)) for _ in requests]
        expiry = asyncio.get_running_loop().call_later(_PATIENCE_SECONDS, burst.fail, TimeoutError())
        try:
            self._waiting.update((request_id, (burst, place)) for place, request_id in enumerate(ids))
            socket.send(map(_as_message, ids, requests))
            return await burst.done
        finally:
            expiry.cancel()
            if burst.left:  # nobody waits for these any more
                for request_id in ids:
                    self._waiting.pop(request_id, None)

    async def _ask_by_http(self, requests: Sequence[Request]) -> list[Answer]:
        if self._http is None:
            raise ExchangeDown
        said = []
        for request in requests:
            answer = await self._http.request(request.method, request.target, json=request.body)
            said.append((answer.status_code, answer.text, answer.reason_phrase))
        return said


class _Burst:
    """Gather the answers to what was asked together, and wake whoever asked once."""

    __slots__ = ("answers", "done", "left")

    def __init__(self, count: int) -> None:
        self.left = count
        self.answers: list[Answer] = [(0, "", "")] * count
        self.done: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()

    def take(self, place: int, answer: Answer) -> None:
        self.answers[place] = answer
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(self.answers)

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)


def _read(frame: bytes) -> Any:
    """Return what a message says, None when it says nothing; what is no text in it is replaced, and the rest is read."""
    try:
        return orjson.loads(frame)
    except ValueError:
        with contextlib.suppress(ValueError):
            return orjson.loads(frame.decode(errors="replace"))
        return None


def _quoted(value: str) -> str:
    return value if _IS_PLAIN(value) else quote_plus(value)


def _as_message(request_id: str, request: Request) -> bytes:
    message = {
        "type": "RESTRequest",
        "request_id": request_id,
        "method": request.method,
        "uri": request.target,
    }
    if request.body is not None:
        message["content_type"] = "application/json"
        message["message_body"] = orjson.dumps(request.body).decode()
    return orjson.dumps(message)


def _message(body: str) -> str:
    try:
        found = orjson.loads(body)
    except ValueError:
        return body[:200]
    return str(found.get("message") or found.get("error") or "") if isinstance(found, dict) else ""

"""Speak ARI: one websocket for events and requests, HTTP where Asterisk is too old to take requests on it."""

import asyncio
import contextlib
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
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
# An exchange that tells more than we can take in never lets us pause: time, leases and answers would wait for its silence.
_BREATH_SECONDS: Final = 0.02
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
        self._events: deque[Mapping[str, Any]] = deque()  # nobody has taken these in yet
        self._take_in: Callable[[Mapping[str, Any]], None] | None = None
        self._listened: asyncio.Future[None] | None = None  # done when nobody takes any more in
        self._next_breath: asyncio.Handle | None = None
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
                await self._send([Request("GET", "asterisk/ping")])
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

    def _hear(self, frames: Sequence[bytes]) -> None:
        """Take in what came together; each event is acted upon in the same turn of the loop."""
        if self._is_over:
            return
        for frame in frames:
            self._take(frame)
        if len(self._events) > _EVENTS_AT_MOST:
            # Whoever reads us is far behind: what it would read is stale, a fresh connection takes stock instead.
            log.critical("ari.flooded", events=_EVENTS_AT_MOST)
            self._events.clear()
            self._lost("flooded")
            if self._socket is not None:
                self._socket.abort()
        elif self._next_breath is None:
            self._hand_over()

    def _lost(self, why: str) -> None:
        """End the events, once."""
        if self._is_over:
            return
        if self.is_open:
            log.warning("ari.lost", error=why)
        self.is_open, self._is_over = False, True
        self._fail_waiting()
        self._breathe()  # what came before is handed over, then nobody listens any more

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
            self._events.append(message)

    def inject(self, event: Mapping[str, Any]) -> None:
        """Put a message of our own among Asterisk's; dropped when there is no connection."""
        if self.is_open:
            self._events.append(event)
            self._breathe()

    async def listen(self, take_in: Callable[[Mapping[str, Any]], None]) -> None:
        """Hand every raw event over in the turn in which it came, until the connection ends or nobody listens any more."""
        if self._is_over and not self._events:
            return
        self._take_in, self._listened = take_in, asyncio.get_running_loop().create_future()
        self._breathe()
        try:
            await self._listened
        finally:
            self._take_in = None

    def stop_listening(self) -> None:
        """Hand no more over."""
        self._take_in = None
        if self._listened is not None and not self._listened.done():
            self._listened.set_result(None)

    def _hand_over(self) -> None:
        """Hand over what is here; whatever takes longer than a breath goes on after what else the loop has to do."""
        self._next_breath = None
        until = time.monotonic() + _BREATH_SECONDS
        try:
            while self._events and self._take_in is not None:
                self._take_in(self._events.popleft())
                if time.monotonic() > until:
                    self._breathe()
                    return
        except Exception as error:  # noqa: BLE001 — it is whoever listens who deals with it
            if self._listened is not None and not self._listened.done():
                self._listened.set_exception(error)
            self._take_in = None
        if self._is_over:
            self.stop_listening()

    def _breathe(self) -> None:
        """Hand over in the loop's next turn what is here then."""
        if self._next_breath is None:
            self._next_breath = asyncio.get_running_loop().call_soon(self._hand_over)

    async def drained(self) -> None:
        """Return once whoever reads our events has taken every one that is here."""
        while self.is_open and self._events:  # noqa: ASYNC110 — the reader takes them in its own turn
            await asyncio.sleep(0)

    async def ask(self, request: Request) -> Any:
        """Send one request and return its decoded answer (None when it has none).

        Raises:
            AriRefused: Asterisk says no.
            ExchangeDown: Asterisk does not answer.
        """
        return await self._read_answer((request,), self._send((request,)))

    def ask_now(self, request: Request) -> Coroutine[Any, Any, Any]:
        """Do as ``ask``, but send in this very moment, before the answer is awaited.

        Raises:
            ExchangeDown: there is no connection.
        """
        return self._read_answer((request,), self._send((request,), at_once=True))

    async def _read_answer(self, requests: Sequence[Request], said: Awaitable[list[Answer]]) -> Any:
        (answer,) = await self._judge(requests, said)
        if isinstance(answer, AriRefused):
            raise answer
        return orjson.loads(answer) if answer else None

    async def ask_in_order(self, requests: Sequence[Request]) -> list[AriRefused | None]:
        """Send requests that Asterisk shall carry out in this order; return what it refuses, each in its place.

        Raises:
            ExchangeDown: Asterisk does not answer.
        """
        answers = await self._judge(requests, self._send(requests)) if requests else ()
        return [answer if isinstance(answer, AriRefused) else None for answer in answers]

    @staticmethod
    async def _judge(requests: Sequence[Request], said: Awaitable[list[Answer]]) -> list[str | AriRefused]:
        """Return of each answer what it brings, or why there is none."""
        try:
            answers = await said
        except (OSError, httpx.HTTPError) as error:
            raise ExchangeDown(str(error)) from error
        return [
            body
            if status < 300  # noqa: PLR2004
            else AriRefused(status, _message(body) or reason, f"{request.method} {request.path}")
            for request, (status, body, reason) in zip(requests, answers, strict=True)
        ]

    def _send(self, requests: Sequence[Request], *, at_once: bool = False) -> Awaitable[list[Answer]]:
        """Send them all at once: one thread of Asterisk takes them from the socket one after the other."""
        socket = self._socket
        if not self.is_open or socket is None:
            raise ExchangeDown
        if not self._by_socket:
            return self._ask_by_http(requests)
        ids = [str(next(self._ids)) for _ in requests]
        try:
            socket.send(map(_as_message, ids, requests), at_once=at_once)
        except (OSError, WebSocketException) as error:
            raise ExchangeDown(str(error)) from error
        loop = asyncio.get_running_loop()
        burst = _Burst(loop.create_future(), len(ids))
        burst.expiry = loop.call_later(_PATIENCE_SECONDS, self._give_up, burst, ids)
        self._waiting.update((request_id, (burst, place)) for place, request_id in enumerate(ids))
        return burst.done

    def _give_up(self, burst: "_Burst", ids: Sequence[str]) -> None:
        for request_id in ids:
            self._waiting.pop(request_id, None)
        burst.fail(ExchangeDown("no answer"))

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

    __slots__ = ("answers", "done", "expiry", "left")

    def __init__(self, done: "asyncio.Future[list[Answer]]", count: int) -> None:
        self.done, self.left = done, count
        self.answers: list[Answer] = [(0, "", "")] * count
        self.expiry: asyncio.TimerHandle | None = None

    def take(self, place: int, answer: Answer) -> None:
        self.answers[place] = answer
        self.left -= 1
        if not self.left:
            self._forget_expiry()
            if not self.done.done():
                self.done.set_result(self.answers)

    def fail(self, error: Exception) -> None:
        self._forget_expiry()
        if not self.done.done():
            self.done.set_exception(error)
            self.done.exception()  # whoever asked may not wait for it any more

    def _forget_expiry(self) -> None:
        if self.expiry is not None:
            self.expiry.cancel()


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

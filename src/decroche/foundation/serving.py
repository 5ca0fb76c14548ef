"""Let Django, which is synchronous, answer inside the asynchronous web process: in threads that live as long as it.

A request changes hands twice: it is given whole to a thread, and its answer is given whole back to the loop. Each time
the two sides speak costs a turn at the interpreter's lock, so they say all at once. Only an answer that Django streams
is sent piece by piece, from the thread that makes it.
"""

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_IN_MEMORY = 2 * 2**20  # a larger body waits on disk
_END: Message = {"type": "http.response.body", "body": b"", "more_body": False}


class InThreads:
    """Serve a WSGI application from a fixed number of threads."""

    def __init__(self, application: Callable[..., Any], *, threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            if not await _read(receive, body):
                return
            loop = asyncio.get_running_loop()
            answer = _Answer(loop, send)
            work = contextvars.copy_context().run
            await loop.run_in_executor(
                self.threads, work, answer.fill, self.application, _environ(scope, body)
            )
        for message in answer.messages:
            await send(message)


class _Answer:
    """Gather what the application answers; send it at once only where it is a stream."""

    def __init__(self, loop: asyncio.AbstractEventLoop, send: Send) -> None:
        self.messages: list[Message] = []
        self._loop, self._send = loop, send

    def fill(self, application: Callable[..., Any], environ: dict[str, Any]) -> None:
        """Run in a thread: the application, and the end of its request."""
        answer = application(environ, self._start)
        try:
            if getattr(answer, "streaming", True):
                self._stream(answer)
            else:
                body = b"".join(answer)
                self.messages.append({"type": "http.response.body", "body": body, "more_body": False})
        finally:
            getattr(answer, "close", lambda: None)()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        self.messages = [
            {
                "type": "http.response.start",
                "status": int(status.split(" ", 1)[0]),
                "headers": [
                    (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
                ],
            }
        ]

    def _stream(self, pieces: Any) -> None:
        started, self.messages = self.messages, []
        for message in started:
            self._now(message)
        for piece in pieces:
            self._now({"type": "http.response.body", "body": piece, "more_body": True})
        self._now(_END)

    def _now(self, message: Message) -> None:
        async def send() -> None:
            await self._send(message)

        asyncio.run_coroutine_threadsafe(send(), self._loop).result()


async def _read(receive: Receive, body: IO[bytes]) -> bool:
    """Take the whole body in; False when the other side left before its end."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            body.seek(0)
            return True


def _environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Word the request as WSGI does."""
    host, port = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if scope.get("client"):
        environ["REMOTE_ADDR"] = scope["client"][0]
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue  # "X_Forwarded_Proto" would pass for the proxy's own header
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    return environ

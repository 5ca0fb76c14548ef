"""Knock at the door as a browser does: web processes to start and kill, signed-in clients with one connection each."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlencode

CSRF = "a" * 32


class Web:
    """One web process; `kill` is kill -9, `start` brings it back on the same port."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> "Web":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "decroche", "web", "--port", str(self.port)],
            env=os.environ,
            stdout=subprocess.DEVNULL,  # each refusal is a line there
        )
        if wait:
            self.wait()
        return self

    def wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2).close()
            except OSError:
                if self.process is not None and self.process.poll() is not None:
                    self.start(wait=False)  # it found no database yet
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("the web process does not answer")

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the whole body."""

    status: int
    body: bytes


class Client:
    """A signed-in person's browser, on one kept connection.

    It speaks to the socket itself: a benchmark's clients share the cores with what is measured, and Python's own HTTP
    client takes a tenth of what the answer does.
    """

    def __init__(self, port: int, session: str, *, timeout: float = 30) -> None:
        self.port = port
        self.timeout = timeout
        self._always = (
            "Host: 127.0.0.1\r\n"
            f"Cookie: sessionid={session}; csrftoken={CSRF}; theme=light\r\n"
            f"X-CSRFToken: {CSRF}\r\nHX-Request: true\r\n"
        )
        self._link: socket.socket | None = None

    def get(self, path: str) -> Answer:
        """Fetch a page; raises `OSError` when nobody answers, or not to the end."""
        return self._ask(f"GET {path} HTTP/1.1\r\n{self._always}\r\n")

    def post(self, path: str, values: dict[str, object], *, key: str | None = None) -> Answer:
        """Send a form; raises `OSError` when nobody answers, or not to the end."""
        body = urlencode(values)  # nothing but ASCII
        once = "" if key is None else f"Idempotency-Key: {key}\r\n"
        return self._ask(
            f"POST {path} HTTP/1.1\r\n{self._always}{once}"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _ask(self, request: str) -> Answer:
        try:
            if self._link is None:
                self._link = socket.create_connection(("127.0.0.1", self.port), self.timeout)
                self._link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._link.sendall(request.encode())
            head, body = _answer_on(self._link)
        except OSError:
            self.close()
            raise
        if _LAST.search(head):
            self.close()
        return Answer(int(head.split(b" ", 2)[1]), body)


_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LAST = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


def _answer_on(link: socket.socket) -> tuple[bytes, bytes]:
    """Read one answer's head and body; what we ask for says its length."""
    told = b""
    while (end := told.find(_END)) < 0:
        told += _some(link)
    head, body = told[:end], told[end + len(_END) :]
    length = _LENGTH.search(head)
    if length is None:
        raise ConnectionError(f"an answer that does not say its length: {head[:200]!r}")
    while len(body) < int(length[1]):
        body += _some(link)
    return head, body


def _some(link: socket.socket) -> bytes:
    received = link.recv(65_536)
    if not received:
        raise ConnectionResetError("the other side left before the end of its answer")
    return received


def sessions_of(users) -> list[str]:
    """Sign people in, in the database; give their session keys."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    keys = []
    for user in users:
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        keys.append(str(session.session_key))
    return keys


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

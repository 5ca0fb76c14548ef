"""Knock at the door as a browser does: web processes to start and kill, signed-in clients with one connection each."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
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


class Client:
    """A signed-in person's browser, on one kept connection."""

    def __init__(self, port: int, session: str, *, timeout: float = 30) -> None:
        self.port = port
        self.timeout = timeout
        self.headers = {
            "Cookie": f"sessionid={session}; csrftoken={CSRF}; theme=light",
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
        }
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> http.client.HTTPResponse:
        return self._ask("GET", path, None, {})

    def post(
        self, path: str, values: dict[str, object], *, key: str | None = None
    ) -> http.client.HTTPResponse:
        """Send a form; the answer's `body` is read. Raises `OSError` or `HTTPException` when nobody answers."""
        more = {"Content-Type": "application/x-www-form-urlencoded"}
        if key is not None:
            more["Idempotency-Key"] = key
        return self._ask("POST", path, urlencode(values), more)

    def _ask(
        self, method: str, path: str, body: str | None, more: dict[str, str]
    ) -> http.client.HTTPResponse:
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
                self._connection.connect()
                self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection.request(method, path, body, self.headers | more)
            answer = self._connection.getresponse()
            answer.body = answer.read()  # type: ignore[attr-defined]
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


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

"""Unplug a database: stop the server, or cut the way to one that others use."""

import asyncio
import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from decroche.foundation import embedded_database


class RealServer:
    """Stop and start an embedded PostgreSQL that is all ours."""

    def __init__(self, data_dir: Path, url: str) -> None:
        self._data_dir, self.url = data_dir, url

    async def cut(self) -> None:
        await asyncio.to_thread(embedded_database.stop, self._data_dir)

    async def restore(self) -> None:
        await asyncio.to_thread(embedded_database.ensure_running, self._data_dir)


class CutWay:
    """Stand between the switchboard and a server that others use too, and cut the way.

    Threads and plain sockets: it must live longer than the event loop of one story's fixture.
    """

    def __init__(self, url: str, folder: Path) -> None:
        parts = urlsplit(url)
        asked = parse_qs(parts.query)
        host, port = (
            asked.get("host", [parts.hostname or ""])[0],
            asked.get("port", [str(parts.port or 5432)])[0],
        )
        self._server: str | tuple[str, int] = (
            f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, int(port))
        )
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(64)
        secret = f":{quote(parts.password)}" if parts.password else ""
        at = self._listening.getsockname()[1]
        self.url = f"postgresql://{quote(parts.username or '')}{secret}@127.0.0.1:{at}{parts.path}"
        self._is_cut = False
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    async def cut(self) -> None:
        self._is_cut = True
        for one in list(self._open):
            _close(one)

    async def restore(self) -> None:
        self._is_cut = False

    def close(self) -> None:
        self._is_cut = True
        for one in (self._listening, *self._open):
            _close(one)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self._is_cut:
                    client.close()
                    continue
                family = socket.AF_UNIX if isinstance(self._server, str) else socket.AF_INET
                server = socket.socket(family, socket.SOCK_STREAM)
                server.connect(self._server)
                self._open |= {client, server}
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for end in (one, other):
            self._open.discard(end)
            _close(end)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        one.close()

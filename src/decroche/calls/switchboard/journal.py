"""Write down every transition in order, off the callers' path.

``put`` appends to a spool (a short write into the system's memory) before anything is asked of the exchange; a process of
its own, the scribe, brings it from there to PostgreSQL. Killing either loses nothing: the spool is read on from where the
database's last answer left it, and writing twice changes nothing. While the database is away, the spool grows.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import pickle
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from django.conf import settings

from decroche.calls.switchboard.records import Entry
from decroche.calls.switchboard.scribe import Forked
from decroche.calls.switchboard.spool import Position, SpoolReader, SpoolWriter

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
CATCH_UP_SECONDS = 3.0
WAKE_SECONDS = 0.03
RESTART_SECONDS = 0.5
ALARM_BYTES = 16 * 2**20  # the database has not taken this much; said again at each doubling
MANY = 20_000  # entries that the disk does not take are kept in memory, up to here
MESSAGE_BYTES = 65_536
WAKE = b"w"


class Journal:
    """Own the spool and the scribe, on the switchboard's event loop."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        state: Callable[[], tuple[bool, bool]],
        on_kept: Callable[[Sequence[Path], Sequence[Path]], None] = lambda _voicemails, _recordings: None,
        exchange: str = "",
        folder: Path | None = None,
        scribe: Forked | None = None,
    ) -> None:
        """Take a clock, what the pulse says (exchange up, simulated), and whom to tell of sounds that are on file.

        Without a ``scribe`` of its own, one is started.
        """
        self._clock = clock
        self._state = state
        self._on_kept = on_kept
        self._exchange = exchange
        self._folder = folder or spool_folder(exchange)
        self._spool = SpoolWriter(self._folder)
        self._unspooled: deque[Entry] = deque()
        self._started_at = clock()
        self._put_bytes = self._written_bytes = 0
        self._bytes_at: dict[int, int] = {}  # put before each segment of ours began
        self._alarm_at = ALARM_BYTES
        self._written = Position()
        self._socket: socket.socket | None = None
        self._ready = scribe
        self._scribe: subprocess.Popen[bytes] | Forked | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waking: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()
        self._small: set[asyncio.Task[None]] = set()
        self._closing = False

    def start(self) -> None:
        """Begin to write, and to give signs of life. On the running loop."""
        self._loop = asyncio.get_running_loop()
        self._begin_scribe()
        self._beat()

    @property
    def pid(self) -> int | None:
        """Return the scribe's process, None while there is none."""
        return self._scribe.pid if self._scribe and self._scribe.poll() is None else None

    def put(self, entry: Entry) -> None:
        """Keep an entry to be written; never waits for the database."""
        self._unspooled.append(entry)
        self._spool_all()
        # Waking a process takes longer than all the rest: once for many, and after the commands of this turn.
        if self._waking is None and self._loop is not None:
            self._waking = self._loop.call_later(WAKE_SECONDS, self._wake)

    def _wake(self) -> None:
        self._waking = None
        self._tell(WAKE)

    def is_written(self) -> bool:
        """Say whether nothing is left to write."""
        return not self._unspooled and self._written >= self._spool.position

    @property
    def unwritten_bytes(self) -> int:
        """Return how much the database has not said it has; of the file in hand, as far as its reader told."""
        return 0 if self.is_written() else max(1, self._put_bytes - self._written_bytes)

    async def caught_up(self, *, patience_seconds: float = CATCH_UP_SECONDS) -> bool:
        """Wait until what a killed switchboard left is written; callers on the line bear no long wait."""
        reader = SpoolReader(self._folder)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while not _is_read(reader):  # noqa: ASYNC110 — another process does it
                    await asyncio.sleep(0.02)
                return True
        log.warning("what the last switchboard left is not written yet; going on")
        return False

    async def close(self, *, patience_seconds: float = 5.0) -> bool:
        """Write what is left, within the patience; return whether all is on file. What is not stays in the spool."""
        self._spool_all()
        self._closing = True
        if self._waking is not None:
            self._waking.cancel()
        self._spool.close()
        if self._small:
            await asyncio.wait(self._small)
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)  # the scribe writes what is left, and leaves
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_seconds):
                    await self._gone.wait()
        self._hang_up()
        if self._scribe is not None and self._gone.is_set():
            await asyncio.to_thread(self._scribe.wait)
        left = not self.is_written()
        if left:
            log.error("the journal closed before all was written; the rest is kept in %s", self._folder)
        return not left

    # --- the spool ------------------------------------------------------------------------

    def _spool_all(self) -> None:
        while self._unspooled:
            try:
                size = self._spool.append(self._unspooled[0])
            except OSError as error:
                self._not_spooled(error)
                return
            self._bytes_at.setdefault(self._spool.position.segment, self._put_bytes)
            self._put_bytes += size
            self._unspooled.popleft()
        if self._put_bytes - self._written_bytes > self._alarm_at:
            log.error("the database has not taken %s MB of the journal", self._alarm_at // 2**20)
            self._alarm_at *= 2

    def _not_spooled(self, error: OSError) -> None:
        """Keep in memory what the disk does not take, and no more than that."""
        if len(self._unspooled) == 1:
            log.error("the journal cannot be put on file (%s); it is kept in memory", error)
        while len(self._unspooled) > MANY:
            log.critical(
                "neither disk nor memory has room; a journal entry is lost: %s", self._unspooled.popleft()
            )

    # --- the scribe -----------------------------------------------------------------------

    def _begin_scribe(self) -> None:
        task = asyncio.get_running_loop().create_task(self._start_scribe())
        self._small.add(task)
        task.add_done_callback(self._small.discard)

    async def _start_scribe(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            self._scribe, ours = ready, ready.socket
        else:
            ours = await self._start_process()
        ours.setblocking(False)
        self._socket = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._hear)
        self._send_beat()
        self._tell(WAKE)

    async def _start_process(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "decroche.calls.switchboard.scribe", str(theirs.fileno())]
        with theirs:
            self._scribe = await asyncio.to_thread(
                lambda: subprocess.Popen(  # noqa: S603 — ourselves
                    [*command, str(self._folder)],
                    env=_environment(),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is for us: it writes what is left when we are gone
                )
            )
        return ours

    def _hear(self) -> None:
        """Take in what the scribe says, and begin another one when it is gone."""
        assert self._socket is not None
        try:
            message = self._socket.recv(MESSAGE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if message:
            self._taken(*pickle.loads(message))  # noqa: S301 — from our own child
            return
        self._hang_up()
        self._gone.set()
        if not self._closing:
            self._gone.clear()
            log.error("the journal's scribe is gone; beginning another one")
            asyncio.get_running_loop().call_later(RESTART_SECONDS, self._again)

    def _again(self) -> None:
        if self._scribe is not None:
            self._scribe.poll()  # let the kernel forget it
        if not self._closing:
            self._begin_scribe()

    def _taken(self, until: Position, voicemails: list[str], recordings: list[str]) -> None:
        self._written = max(self._written, until)
        before = self._bytes_at.get(until.segment)
        if before is not None:
            self._written_bytes = max(self._written_bytes, before + until.offset)
        for segment in [one for one in self._bytes_at if one < until.segment]:
            del self._bytes_at[segment]
        if self._put_bytes - self._written_bytes < ALARM_BYTES / 2:
            self._alarm_at = ALARM_BYTES
        if voicemails or recordings:
            self._on_kept([Path(one) for one in voicemails], [Path(one) for one in recordings])

    def _hang_up(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _tell(self, message: bytes) -> None:
        """Say something to the scribe; one that does not listen will look by itself."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send(message)

    def _beat(self) -> None:
        if self._closing or self._loop is None:
            return
        self._spool_all()
        self._send_beat()
        self._loop.call_later(BEAT_SECONDS, self._beat)

    def _send_beat(self) -> None:
        self._tell(pickle.dumps((self._exchange, self._clock(), self._started_at, *self._state())))


def _is_read(reader: SpoolReader) -> bool:
    try:
        return reader.is_read()
    except FileNotFoundError:  # deleted in this very moment, because it is read
        return False


def spool_folder(exchange: str = "") -> Path:
    """Return where the spool of one exchange's switchboard is: what belongs to another database is never mixed in."""
    database = settings.DATABASES["default"]
    where = "\0".join(str(database[key]) for key in ("HOST", "PORT", "NAME")) + "\0" + exchange
    return Path(settings.DATA_DIR) / "journal" / hashlib.sha256(where.encode()).hexdigest()[:16]


def _environment() -> dict[str, str]:
    """Give the scribe the database and the folders that this process uses."""
    at = settings.DATABASES["default"]
    user = quote(at["USER"], safe="") + (":" + quote(at["PASSWORD"], safe="") if at["PASSWORD"] else "")
    if str(at["HOST"]).startswith("/"):
        port = f"&port={at['PORT']}" if at["PORT"] else ""
        url = f"postgresql://{user}@/{at['NAME']}?host={quote(at['HOST'], safe='')}{port}"
    elif at["HOST"]:
        url = f"postgresql://{user}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"
    else:
        url = f"postgresql://{user + '@' if user else ''}/{at['NAME']}"
    module = os.environ.get("DJANGO_SETTINGS_MODULE", "decroche.config.settings")
    ours = {
        "DATABASE_URL": url,
        "DECROCHE_DATA_DIR": str(settings.DATA_DIR),
        "DJANGO_SETTINGS_MODULE": module,
    }
    return os.environ | ours

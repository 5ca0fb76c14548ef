"""Bring the journal from the spool to PostgreSQL: a process of its own, child of the switchboard.

It is woken by a byte, writes what has gathered in one transaction, and says how far it came. When the switchboard is gone
it writes what is left, then leaves; what it cannot write, the next one will.
"""

import contextlib
import gc
import logging
import os
import pickle
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import django
from django.db import InterfaceError, OperationalError, connection

from decroche.calls.switchboard.records import Entry
from decroche.calls.switchboard.spool import Batch, Position, SpoolReader

log = logging.getLogger(__name__)

BATCH = 200
GATHER_SECONDS = 0.008  # after the switchboard has waited as long: steps that follow each other closely are one transaction
LOOK_SECONDS = 2.0  # somebody else may have left something, or our turn may have come
TURN_SECONDS = 0.1
RETRY_SECONDS = 0.5
LAST_PATIENCE_SECONDS = 10.0  # once the switchboard is gone; the spool keeps what is left
MESSAGE_BYTES = 4096

Beat = tuple[str, datetime, datetime, bool, bool]  # exchange, at, started at, exchange up, simulated

_BEAT = """
INSERT INTO calls_switchboardpulse (exchange, beat_at, started_at, exchange_up, is_simulated) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (exchange) DO UPDATE SET beat_at = EXCLUDED.beat_at, started_at = EXCLUDED.started_at,
  exchange_up = EXCLUDED.exchange_up, is_simulated = EXCLUDED.is_simulated
"""


class Scribe:
    """Follow one spool."""

    def __init__(self, switchboard: socket.socket, folder: Path) -> None:
        self._switchboard = switchboard
        self._reader = SpoolReader(folder)
        self._beat: Beat | None = None
        self._gone_at: float | None = None

    def run(self) -> None:
        """Write until the switchboard is gone and nothing is left."""
        wait = 0.0
        while True:
            if self._listen(wait) and self._gone_at is None:
                time.sleep(GATHER_SECONDS)
                self._listen(0.0)
            try:
                self._give_sign_of_life()
                wait = self._write_some()
            except (OperationalError, InterfaceError) as error:
                log.warning("the database does not take the journal (%s); trying again", type(error).__name__)
                connection.close()
                self._reader.sync()
                wait = RETRY_SECONDS
                time.sleep(RETRY_SECONDS)
            if self._gone_at is not None:
                if self._is_done(wait):
                    return
                time.sleep(wait)  # nobody is left to wake us

    def _is_done(self, wait: float) -> bool:
        assert self._gone_at is not None
        if time.monotonic() - self._gone_at > LAST_PATIENCE_SECONDS:
            log.error("the switchboard is gone and the database is away; the journal stays in its spool")
            return True
        return wait == LOOK_SECONDS

    def _listen(self, wait: float) -> bool:
        """Take in what the switchboard says, waiting for its first word; return whether it said that there is something."""
        told = False
        while self._gone_at is None and select.select([self._switchboard], [], [], 0.0 if told else wait)[0]:
            message = self._switchboard.recv(MESSAGE_BYTES)
            if not message:
                self._gone_at = time.monotonic()
            elif len(message) > 1:
                self._beat = pickle.loads(message)  # noqa: S301 — from our own parent
                wait = 0.0
            else:
                told = True
        return told

    def _give_sign_of_life(self) -> None:
        if self._beat is not None:
            with connection.cursor() as cursor:
                cursor.execute(_BEAT, self._beat)
            self._beat = None

    def _write_some(self) -> float:
        """Write one batch and return how long the next may wait for a word."""
        with self._reader.turn() as ours:
            if not ours:
                return TURN_SECONDS
            batch = self._reader.read(BATCH)
            if batch is None:
                return LOOK_SECONDS
            self._write(batch.entries)
            self._reader.mark(batch.until)
        self._report(batch)
        return 0.0

    def _write(self, entries: Sequence[Entry]) -> None:
        from decroche.calls.actions.write_journal import write_journal  # noqa: PLC0415 — Django is up only now
        from decroche.foundation.clock import now  # noqa: PLC0415

        try:
            write_journal(entries=entries, now=now())
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if len(entries) == 1:
                log.exception("a journal entry cannot be written and is dropped: %s", entries[0])
                return
            log.exception("a batch of the journal cannot be written at once; writing one by one")
            for entry in entries:
                self._write([entry])

    def _report(self, batch: Batch) -> None:
        """Say how far we came, and which sounds are safely on file."""
        voicemails = [row.path for entry in batch.entries for row in entry.follow_ups if row.path]
        recordings = [row.path for entry in batch.entries for row in entry.recordings]
        message: tuple[Position, list[str], list[str]] = (batch.until, voicemails, recordings)
        with contextlib.suppress(OSError):  # it is gone; the exchange will tell of these sounds again
            self._switchboard.send(pickle.dumps(message))


class Forked:
    """Hold a scribe that was split off this process."""

    def __init__(self, pid: int, socket: socket.socket) -> None:
        self.pid, self.socket = pid, socket
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return its exit code, None while it lives."""
        return self._end(os.WNOHANG)

    def wait(self) -> int | None:
        """Wait for its end; return its exit code."""
        return self._end(0)

    def _end(self, how: int) -> int | None:
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:
                self._code = -1
            else:
                self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


def split_off(folder: Path) -> Forked:
    """Make a scribe of what this process has loaded already, before it has threads; it begins at the first word.

    A second interpreter would take seconds on a busy machine, while the switchboard that needs it picks calls up.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    gc.freeze()
    pid = os.fork()
    if pid:
        theirs.close()
        return Forked(pid, ours)
    ours.close()
    os.setsid()  # Ctrl-C is for the switchboard
    code = 1
    try:
        _stay()
        if theirs.recv(1, socket.MSG_PEEK):  # else it went without having led
            Scribe(theirs, folder).run()
        code = 0
    except Exception:
        log.exception("the scribe fell")
    finally:
        os._exit(code)


def _stay() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # we leave when the switchboard does, and not before
    os.nice(5)  # callers first


def main(argv: Sequence[str]) -> None:
    """Serve the switchboard at the other end of a socket that we inherited."""
    _stay()
    django.setup()
    gc.freeze()
    with socket.socket(fileno=int(argv[1])) as switchboard:
        Scribe(switchboard, Path(argv[2])).run()


if __name__ == "__main__":
    main(sys.argv)

"""Write down every transition in order, off the callers' path.

``put`` never waits. One thread writes in batches; while the database is away, entries are kept in memory and written
when it is back. The same thread gives the sign of life that screens look at.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from decroche.calls.actions.write_journal import write_journal
from decroche.calls.models import SwitchboardPulse
from decroche.calls.switchboard.records import Entry

log = logging.getLogger(__name__)

BATCH = 200
GATHER_SECONDS = (
    0.03  # steps that follow each other closely are one transaction, and leave the callers' thread its turn
)
BEAT_SECONDS = 2.0
RETRY_SECONDS = 0.5
MANY = 20_000


class Journal:
    """Own the writing thread."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        state: Callable[[], tuple[bool, bool]],
        on_written: Callable[[Sequence[Entry]], None] = lambda _entries: None,
    ) -> None:
        """Take a clock, what the pulse says (exchange up, simulated), and whom to tell after a commit."""
        self._clock = clock
        self._state = state
        self._on_written = on_written
        self._entries: deque[Entry] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._busy = False
        self._started_at = clock()
        self._next_beat = 0.0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Keep an entry to be written; never waits."""
        with self._wake:
            self._entries.append(entry)
            self._wake.notify()
        if len(self._entries) == MANY:
            log.error("the journal holds %s entries that the database has not taken", MANY)

    def is_written(self) -> bool:
        """Say whether nothing is left to write."""
        with self._wake:
            return not self._entries and not self._busy

    def close(self, *, patience_seconds: float = 5.0) -> bool:
        """Write what is left, within the patience; return whether all is on file."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join(patience_seconds)
        left = len(self._entries)
        if left:
            log.error("the journal closed with %s entries unwritten", left)
        return not left

    def _run(self) -> None:
        try:
            while self._step():
                pass
        finally:
            connection.close()

    def _step(self) -> bool:
        with self._wake:
            if not self._entries and not self._closing:
                self._wake.wait(timeout=max(0.0, self._next_beat - time.monotonic()))
        if not self._closing:
            time.sleep(GATHER_SECONDS)
        with self._wake:
            batch = [self._entries[i] for i in range(min(BATCH, len(self._entries)))]
            closing = self._closing
            self._busy = bool(batch)
        try:
            self._beat()
            if batch:
                self._write(batch)
        except (OperationalError, InterfaceError) as error:
            log.warning("the database does not take the journal (%s); trying again", type(error).__name__)
            connection.close()
            time.sleep(RETRY_SECONDS)
            return True
        with self._wake:
            for _ in batch:
                self._entries.popleft()
            self._busy = False
            return bool(self._entries) or not closing

    def _write(self, batch: Sequence[Entry]) -> None:
        try:
            write_journal(entries=batch, now=self._clock())
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError:
            if len(batch) == 1:
                log.exception("a journal entry cannot be written and is dropped: %s", batch[0])
                return
            log.exception("a batch of the journal cannot be written at once; writing one by one")
            for entry in batch:
                self._write([entry])
            return
        self._on_written(batch)

    def _beat(self) -> None:
        if time.monotonic() < self._next_beat:
            return
        exchange_up, simulated = self._state()
        SwitchboardPulse.objects.update_or_create(
            pk=1,
            defaults={
                "beat_at": self._clock(),
                "started_at": self._started_at,
                "exchange_up": exchange_up,
                "is_simulated": simulated,
            },
        )
        self._next_beat = time.monotonic() + BEAT_SECONDS

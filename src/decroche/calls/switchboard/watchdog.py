"""End a process whose event loop hangs: the supervisor starts a fresh one, and calls live on meanwhile."""

import faulthandler
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
PATIENCE_LOOKS = 12
EXIT_CODE = 70


def tell_systemd(message: str) -> None:
    """Send systemd a word (READY=1, WATCHDOG=1, STOPPING=1) when it listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        try:
            sock.sendto(message.encode(), address)
        except OSError:
            log.warning("systemd does not listen")


class Watchdog:
    """Look at a counter that the loop must move.

    It counts its own looks, not seconds: a process frozen whole (SIGSTOP, a sleeping laptop) is not punished on waking.
    """

    def __init__(self, ticks: Callable[[], int], *, give_up: Callable[[], None] | None = None) -> None:
        self._ticks = ticks
        self._give_up = give_up or _die
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _run(self) -> None:
        seen, still = self._ticks(), 0
        while not self._stop.wait(LOOK_EVERY_SECONDS):
            ticks = self._ticks()
            still = still + 1 if ticks == seen else 0
            seen = ticks
            if still == 0:
                tell_systemd("WATCHDOG=1")
            elif still >= PATIENCE_LOOKS:
                log.critical("the event loop hangs; ending this process, calls live on")
                self._give_up()
                return
            time.sleep(0)


def _die() -> None:
    faulthandler.dump_traceback(file=sys.stderr)
    os._exit(EXIT_CODE)

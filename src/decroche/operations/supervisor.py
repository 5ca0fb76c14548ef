"""Run the processes of Décroche as one group: start in order, revive what falls, stop without orphans.

Each child is a session of its own, so that Ctrl-C reaches only us and we choose the order; the
kernel ends the children if we are killed outright (``PR_SET_PDEATHSIG``). The embedded
PostgreSQL is not a child: it is asked to stop at the end, when nobody else needs it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

PR_SET_PDEATHSIG = 1
BACKOFF_SECONDS = (0.5, 1, 2, 5, 10, 30)
STEADY_SECONDS = 60
POLL_SECONDS = 0.2


@dataclass(slots=True)
class Child:
    """One process of the group."""

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 10
    log_path: Path | None = None  # None: our own output
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: int = 0
    revive_at: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own."""
        with self.log_path.open("ab") if self.log_path else nullcontext() as output:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509
            )
        self.started_at = time.monotonic()

    def stop(self) -> None:
        """Ask the process to end, and end it when it does not; children of its own go with it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            log.warning("process did not stop in time; ending it", process=self.name)
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Group:
    """Keep children running until a signal says stop."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.stopping = False

    def run(self, *, on_ready: Callable[[], None], is_ready: Callable[[], bool]) -> int:
        """Start every child, say when ready, watch until told to stop; return the exit code."""
        previous = {
            sig: signal.signal(sig, self._told) for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        try:
            for child in self.children:
                child.start()
            said = False
            while not self.stopping:
                self._revive()
                if not said and is_ready():
                    on_ready()
                    said = True
                time.sleep(POLL_SECONDS)
        finally:
            for child in reversed(self.children):
                child.stop()
            for sig, handler in previous.items():
                signal.signal(sig, handler)
        return 0

    def _told(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.stopping = True

    def _revive(self) -> None:
        instant = time.monotonic()
        for child in self.children:
            if child.process is None:
                if instant >= child.revive_at:
                    child.start()
            elif (code := child.process.poll()) is not None:
                child.falls = 0 if instant - child.started_at > STEADY_SECONDS else child.falls + 1
                pause = BACKOFF_SECONDS[min(child.falls, len(BACKOFF_SECONDS)) - 1] if child.falls else 0.0
                log.warning(
                    "process ended; starting it again", process=child.name, code=code, in_seconds=pause
                )
                child.process, child.revive_at = None, instant + pause


def python_child(name: str, *arguments: str, stop_seconds: float = 10, **environment: str) -> Child:
    """Return a child that runs one ``decroche`` command with this very Python."""
    return Child(
        name=name,
        command=[sys.executable, "-m", "decroche", *arguments],
        environment=environment,
        stop_seconds=stop_seconds,
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

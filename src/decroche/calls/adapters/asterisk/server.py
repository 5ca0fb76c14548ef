"""Run one Asterisk: start it, know when it is ready, stop it, leave no orphan."""

import base64
import contextlib
import ctypes
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from decroche.calls.adapters.asterisk import configuration, sounds
from decroche.calls.adapters.asterisk.configuration import Connection, ExchangeSettings
from decroche.calls.adapters.asterisk.install import Installation

_SOCKET_PATH_MAX: Final = 90  # the kernel takes 107 bytes for the whole path of asterisk.ctl
_LOG_BYTES: Final = 10_000_000
_PR_SET_PDEATHSIG: Final = 1


class AsteriskFailed(Exception):
    """Asterisk did not start; the message says what its log ends with."""


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class AsteriskServer:
    """Own one Asterisk process. ``start`` returns once calls can be taken; ``stop`` once nothing is left."""

    def __init__(self, installation: Installation, settings: ExchangeSettings) -> None:
        self.installation = installation
        self.settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._run_dir = self._short_run_dir()

    @property
    def connection(self) -> Connection:
        if self._connection is None:
            raise AsteriskFailed("Asterisk n’a pas été démarré.")
        return self._connection

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _short_run_dir(self) -> Path:
        own = self.settings.state_dir.absolute() / "run"
        if len(str(own)) <= _SOCKET_PATH_MAX:
            return own
        name = hashlib.sha256(str(own).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"decroche-{os.getuid()}-{name}"

    def start(self, *, timeout: float = 30.0, say: Callable[[str], None] | None = None) -> Connection:
        """Write configuration and sounds, start the process, wait until ARI answers.

        Raises:
            AsteriskFailed: it ended or did not answer within ``timeout`` seconds.
        """
        if self.is_alive():
            return self.connection
        self.settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._stop_left_over()
        self._run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.settings = self.settings.settled()
        self._connection = configuration.write_configuration(self.settings, self.installation, self._run_dir)
        sounds.prepare(self.settings.sounds, say=say or (lambda _: None))
        self._spawn()
        self._wait_until_ready(timeout)
        return self._connection

    def _command(self, *more: str) -> list[str]:
        return [*self.installation.command, "-C", str(self.settings.state_dir / "conf/asterisk.conf"), *more]

    def _spawn(self) -> None:
        self._set_logs_aside()
        with (self.settings.state_dir / "log/console").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command("-f", "-n"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # A terminal's Ctrl-C is for whoever supervises: it stops us in order. And if that one is killed, so are we.
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509
                env={
                    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                    "LC_ALL": "C.UTF-8",
                    **dict(self.installation.env),
                },
            )
        self._pid_file.write_text(str(self._process.pid))

    def _set_logs_aside(self) -> None:
        for name in ("messages", "console"):
            log = self.settings.state_dir / "log" / name
            if log.exists() and log.stat().st_size > _LOG_BYTES:
                log.replace(log.with_suffix(".1"))

    @property
    def _pid_file(self) -> Path:
        return self.settings.state_dir / "asterisk.pid"

    def _stop_left_over(self) -> None:
        """End an Asterisk of this very folder that outlived its supervisor."""
        try:
            pid = int(self._pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            return
        if str(self.settings.state_dir / "conf/asterisk.conf") in command.split("\0"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + 5
            while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise AsteriskFailed(f"Asterisk s’est arrêté aussitôt : {self._last_words()}")
            if self.answers():
                return
            time.sleep(0.05)
        self.stop()
        raise AsteriskFailed(f"Asterisk ne répond pas après {timeout:.0f} s : {self._last_words()}")

    def answers(self) -> bool:
        """Say whether ARI answers now."""
        request = urllib.request.Request(f"{self.connection.ari_url}/ari/asterisk/info?only=status")  # noqa: S310
        credentials = f"{self.connection.ari_user}:{self.connection.ari_password}"
        request.add_header("Authorization", "Basic " + base64.b64encode(credentials.encode()).decode())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=2) as response:
                return bool(response.status == 200)  # noqa: PLR2004
        except (urllib.error.URLError, OSError):
            return False

    def _last_words(self) -> str:
        for name in ("log/messages", "log/console"):
            with contextlib.suppress(OSError):
                lines = (self.settings.state_dir / name).read_text(errors="replace").strip().splitlines()
                if found := [line for line in lines[-30:] if "ERROR" in line] or lines[-1:]:
                    return found[-1][-300:]
        return "son journal est vide"

    def command(self, line: str, *, timeout: float = 10.0) -> str:
        """Run one line of Asterisk's own console and return what it says."""
        done = subprocess.run(  # noqa: S603
            self._command("-rx", line), capture_output=True, text=True, timeout=timeout, check=False
        )
        return done.stdout

    def stop(self, *, timeout: float = 5.0) -> None:
        """End the process, kindly then firmly; calls on it end."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout)
        self._process = None
        self._pid_file.unlink(missing_ok=True)
        if self._run_dir.parent != self.settings.state_dir.absolute():
            shutil.rmtree(self._run_dir, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

"""Compose the group of processes and run it."""

import os
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from decroche.operations.supervisor import Child, Group, python_child


def children(*, host: str, port: int, telephony: str) -> list[Child]:
    """Return the processes in the order they start; they stop in the reverse order."""
    switchboard = [python_child("switchboard", "switchboard")]
    if telephony == "asterisk":
        switchboard.insert(0, python_child("asterisk", "asterisk"))
    return [
        *switchboard,
        python_child("worker", "worker"),
        python_child("web", "web", "--host", host, "--port", str(port), stop_seconds=6),
    ]


def run(
    *,
    host: str,
    port: int,
    data_dir: Path,
    on_ready: Callable[[], None] | None = None,
    log_dir: Path | None = None,
) -> int:
    """Run the group until Ctrl-C or SIGTERM; each process writes to our output, or to a file of its own in ``log_dir``."""
    data_dir.mkdir(parents=True, exist_ok=True)
    telephony = os.environ.get("DECROCHE_TELEPHONY", "asterisk")
    url = f"http://{host}:{port}/"
    processes = children(host=host, port=port, telephony=telephony)
    if log_dir is not None:
        log_dir.mkdir(parents=True, exist_ok=True)
        for child in processes:
            child.log_path = log_dir / f"{child.name}.log"
    return Group(processes).run(
        is_ready=lambda: _answers(f"{url}healthz"),
        on_ready=on_ready or (lambda: print(f"Décroche : {url}")),
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def run_asterisk_here(data_dir: Path, *, exchange: str = "") -> int:
    """Run the private Asterisk (installing it if need be) in the foreground until told to stop or until it falls."""
    from decroche.calls.adapters.asterisk.configuration import ExchangeSettings
    from decroche.calls.adapters.asterisk.install import install
    from decroche.calls.adapters.asterisk.places import default_state_dir
    from decroche.calls.adapters.asterisk.server import AsteriskServer

    told = threading.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, lambda *_: told.set())
    installation = install(data_dir / "asterisk", say=print)
    settings = ExchangeSettings.from_environment(default_state_dir(exchange), exchange)
    with AsteriskServer(installation, settings) as server:
        while not told.wait(0.5):
            if not server.is_alive():
                return 1
    return 0

"""The group starts, revives what falls, and leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

CHILD = """
import os, signal, sys, time
from pathlib import Path
folder, name = Path(sys.argv[1]), sys.argv[2]
if name == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with (folder / name).open("a") as log:
    print(os.getpid(), file=log)
time.sleep(600)
"""

GROUP = """
import sys
from pathlib import Path
from decroche.operations.supervisor import Child, Group

folder, child, names = Path(sys.argv[1]), sys.argv[2], ("tame", "deaf")
children = [Child(name, [sys.executable, "-c", child, str(folder), name], stop_seconds=1) for name in names]
ready = lambda: all((folder / name).exists() for name in names)
sys.exit(Group(children).run(on_ready=lambda: print("ready", flush=True), is_ready=ready))
"""


@contextmanager
def _group(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    group = subprocess.Popen(
        [sys.executable, "-c", GROUP, str(folder), CHILD], stdout=subprocess.PIPE, text=True
    )
    assert group.stdout is not None
    assert "ready" in group.stdout.readline()
    yield group
    group.terminate()
    group.communicate(timeout=15)


def _pids(folder: Path, name: str) -> list[int]:
    return [int(line) for line in (folder / name).read_text().split()]


def _eventually(condition: object, *, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_every_child_even_a_deaf_one(tmp_path: Path, told: signal.Signals) -> None:
    with _group(tmp_path) as group:
        group.send_signal(told)
        assert group.wait(15) == 0
    assert not any(psutil.pid_exists(_pids(tmp_path, name)[0]) for name in ("tame", "deaf"))


def test_a_child_that_falls_is_started_again(tmp_path: Path) -> None:
    with _group(tmp_path):
        os.kill(_pids(tmp_path, "tame")[0], signal.SIGKILL)
        assert _eventually(lambda: len(_pids(tmp_path, "tame")) == 2)


def test_killed_outright_it_still_takes_its_children_along(tmp_path: Path) -> None:
    with _group(tmp_path) as group:
        tame = _pids(tmp_path, "tame")[0]
        group.kill()
        group.wait(5)
        assert _eventually(
            lambda: not psutil.pid_exists(tame) or psutil.Process(tame).status() == psutil.STATUS_ZOMBIE
        )
        os.kill(_pids(tmp_path, "deaf")[0], signal.SIGKILL)  # it asked for it

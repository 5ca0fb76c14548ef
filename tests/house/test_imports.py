"""Imports run down the house only, and domains stay pure (.importlinter)."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]


def test_every_room_says_what_it_owns() -> None:
    rooms = [path.parent for path in (ROOT / "src" / "decroche").glob("*/__init__.py")]
    assert [room.name for room in rooms if not (room / "README.md").exists()] == []

"""Pass all tests, stage by stage; what waits for a real clock leaves its idle time to what computes.

Progress is printed as it comes, a family's report whole when it ends, a table last. One red family makes the whole red,
and stops no other.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q")
PROGRESS = re.compile(r"[.sxEFX]+ *(\[ *\d+%\])?$|== ")
YIELDING = 10  # of nice(1): a tenth of what the others are given, when all ask for it
PATIENCE_SECONDS = 600  # for one test: a busy machine is late, never stuck
_printing = threading.Lock()


@dataclass(frozen=True)
class Family:
    """Tests that run together, and how."""

    name: str
    command: Sequence[str]
    yields: bool = False

    def run(self) -> None:
        """Run it; print its progress at once and the rest of what it says when it has ended."""
        began, report = time.monotonic(), []
        niceness = YIELDING if self.yields else 0
        # Every family has databases of its own.
        environment = os.environ | {"DECROCHE_TEST_DB": f"test_{self.name.lower().replace(' ', '_')}"}
        process = subprocess.Popen(
            ("nice", "-n", str(niceness), *self.command),
            cwd=ROOT, env=environment, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout
        for line in process.stdout:
            if PROGRESS.match(line):
                say(f"{self.name:<14}| {line.rstrip()}")
            else:
                report.append(line)
        passed = process.wait() == 0
        verdict = f"{'passed' if passed else 'FAILED'} in {time.monotonic() - began:.0f} s"
        say(f"== {self.name}: {verdict}\n{''.join(report).strip()}")
        _ended.append(Ended(self.name, passed, verdict))


@dataclass(frozen=True)
class Ended:
    """What came of a family."""

    name: str
    passed: bool
    verdict: str


_ended: list[Ended] = []


def say(words: str) -> None:
    with _printing:
        print(words, flush=True)


def side_by_side(families: Sequence[Family]) -> None:
    """Run families beside one another, until the last has ended."""
    threads = [threading.Thread(target=family.run) for family in families]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def naming(word: str) -> list[str]:
    """Return the test files that say the marker's word (tests/conftest.py sees to it that they do): few to collect."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in files if word in path.read_text()]


def by_file(workers: int) -> tuple[str, ...]:
    """Keep whole files together, in their order: what is built for a file is built once."""
    return (*by_test(workers), "--dist", "loadfile", "--no-loadscope-reorder")


def by_test(workers: int) -> tuple[str, ...]:
    return ("-n", str(workers), "--dist", "load", "-o", f"timeout={PATIENCE_SECONDS}")


# Stages follow one another; the families of one run side by side.
STAGES = (
    (
        Family("Code", ("make", "--no-print-directory", "check")),
        Family("Migrations", (PYTHON, "-m", "tests.template_database")),  # all databases are its copies
    ),
    (Family("Rooms", (*PYTEST, *by_test(2), "-m", "not journey and not asterisk")),),
    (
        # Telephones wait for seconds on end: three exchanges leave room for PostgreSQL 15.
        Family("Real Asterisk", (*PYTEST, *by_file(3), "-m", "asterisk and not journey", *naming("asterisk"))),
        Family(
            "PostgreSQL 15",
            ("bash", "scripts/on_postgresql_15.sh", "bash", "-c", '"$0" -m tests.template_database && "$@"', PYTHON,
             *PYTEST, *by_test(2), "-m", "data", *naming("mark.data")),
            yields=True,
        ),
    ),
    (Family("Journeys", (*PYTEST, *by_file(2), "-m", "journey", *naming("journey"))),),
)  # fmt: skip


def main(chosen: Sequence[str]) -> int:
    """Run the families that are named, or all; return 0 when every one has passed."""
    known = [family.name for stage in STAGES for family in stage]
    if unknown := set(chosen) - set(known):
        raise SystemExit(f"no family is called {', '.join(unknown)}; there are {', '.join(known)}")
    wanted = set(chosen or known)
    for stage in STAGES:
        side_by_side([family for family in stage if family.name in wanted])
    say("== Tests")
    for ended in _ended:
        say(f"{ended.name:<14}| {ended.verdict}")
    return 0 if {ended.name for ended in _ended if ended.passed} == wanted else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

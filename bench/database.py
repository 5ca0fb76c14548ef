"""Give a benchmark a database of its own, migrated and empty, on the embedded server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from decroche.foundation import embedded_database


@contextmanager
def own_database(name: str, *, kept_as: str | None = None) -> Iterator[str]:
    """Create ``bench_<name>``, set up Django on it, yield its URL, drop it at the end.

    One that is kept is ``bench_<kept_as>`` from the moment the first run that made it ends well, and is never renamed again:
    what has that name is whole, wherever a run breaks off.
    """
    data_dir = Path(os.environ.get("DECROCHE_DATA_DIR", "var")).resolve()
    server = embedded_database.ensure_running(data_dir)
    own, kept = f"bench_{name}", f"bench_{kept_as}"
    with psycopg.connect(server, autocommit=True) as connection:
        is_made = kept_as is not None and _is_there(connection, kept)
        if not is_made:
            connection.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{own}"')
    database = kept if is_made else own
    url = server.replace(f"/{embedded_database.DATABASE_NAME}?", f"/{database}?")
    _set_django_up(database, url)
    from django.db import connections

    end = f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)'
    try:
        yield url
        if kept_as is not None:
            end = f'ALTER DATABASE "{own}" RENAME TO "{kept}"'
    finally:
        connections.close_all()
        if not is_made:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(end)


def _set_django_up(database: str, url: str) -> None:
    """Let Django, which reads its settings once, and every process that is started from here reach the database."""
    os.environ |= {
        "DATABASE_URL": url,
        "DECROCHE_MODE": "test",
        "DECROCHE_MFA_REQUIRED": "false",
        "DECROCHE_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "decroche.config.settings",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = database
    call_command("migrate", verbosity=0)


def _is_there(connection: psycopg.Connection, database: str) -> bool:
    return (
        connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None
    )

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

    One that is kept was made before or is made now, and stays as ``bench_<kept_as>`` until somebody drops it.
    """
    data_dir = Path(os.environ.get("DECROCHE_DATA_DIR", "var")).resolve()
    server = embedded_database.ensure_running(data_dir)
    database = f"bench_{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        if kept_as is not None and _is_there(connection, f"bench_{kept_as}"):
            connection.execute(f'ALTER DATABASE "bench_{kept_as}" RENAME TO "{database}"')
        else:
            connection.execute(f'CREATE DATABASE "{database}"')
    url = server.replace(f"/{embedded_database.DATABASE_NAME}?", f"/{database}?")
    os.environ |= {
        "DATABASE_URL": url,
        "DECROCHE_MODE": "test",
        "DECROCHE_MFA_REQUIRED": "false",
        "DECROCHE_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "decroche.config.settings",
    }
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield url
    finally:
        connections.close_all()
        with psycopg.connect(server, autocommit=True) as connection:
            if kept_as is None:
                connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            else:
                connection.execute(f'ALTER DATABASE "{database}" RENAME TO "bench_{kept_as}"')


def _is_there(connection: psycopg.Connection, database: str) -> bool:
    return (
        connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None
    )

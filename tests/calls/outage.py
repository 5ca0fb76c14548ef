"""Take the database away for real: nobody is let in any more, and whoever is in is thrown out."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def database_away(transactional_db: Any) -> Outage:
    """Return what closes the tests' database for the length of a block; the story's own connection stays, to tidy up."""
    connection.ensure_connection()
    at, ours = connection.settings_dict, connection.connection.info.backend_pid
    parts = {"user": at["USER"], "password": at["PASSWORD"], "host": at["HOST"], "port": at["PORT"]}

    @contextmanager
    def away() -> Iterator[None]:
        with psycopg.connect(
            dbname="postgres", autocommit=True, **{k: v for k, v in parts.items() if v}
        ) as server:
            name = Identifier(at["NAME"])
            server.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            try:
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
                    [at["NAME"], ours],
                )
                yield
            finally:
                server.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))

    return away

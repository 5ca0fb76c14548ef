"""Hold the line to PostgreSQL: who leads, and what wakes us.

One connection listens and owns the leader's lock. While it is down, calls go on; when it comes back we take the lock
again, or step down if somebody else took it meanwhile.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

log = logging.getLogger(__name__)

CHANNEL = "switchboard"
LEADER_LOCK = 0x_DEC0_C11E  # any number that nothing else locks
RETRY_SECONDS = 1.0


class Deposed(Exception):
    """Another switchboard leads."""


def conninfo() -> str:
    """Return how to reach the database that Django uses."""
    database = settings.DATABASES["default"]
    parts = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return make_conninfo("", **{key: value for key, value in parts.items() if value})


class Wire:
    """Own the listening connection."""

    def __init__(self, dsn: Callable[[], str] = conninfo) -> None:
        self._dsn = dsn
        self._connection: psycopg.AsyncConnection | None = None

    async def become_leader(self) -> None:
        """Return once we lead; wait in the second row while another does."""
        said = False
        while True:
            try:
                if await self._try_to_lead():
                    return
                if not said:
                    log.info("another switchboard leads; standing by")
                    said = True
            except psycopg.Error as error:
                log.warning("no database yet (%s); trying again", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def wakes(self) -> AsyncIterator[str]:
        """Yield what wakes us, for ever: a notification's words, and "resync" after the line was down.

        Raises Deposed when another switchboard took the lead meanwhile.
        """
        yield "resync"
        while True:
            try:
                if self._connection is None or self._connection.closed:
                    if not await self._try_to_lead():
                        raise Deposed
                    yield "resync"
                connection = self._connection
                if connection is not None:
                    async for notification in connection.notifies():
                        yield notification.payload
            except psycopg.Error as error:
                log.warning("the line to the database is down (%s); calls go on", type(error).__name__)
            await self._hang_up()
            await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Give the lock back and leave."""
        await self._hang_up()

    async def _try_to_lead(self) -> bool:
        await self._hang_up()
        connection = await psycopg.AsyncConnection.connect(self._dsn(), autocommit=True)
        try:
            cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK])
            row = await cursor.fetchone()
            leads = bool(row and row[0])
            if leads:
                await connection.execute(f"LISTEN {CHANNEL}")
                self._connection = connection
        finally:
            if self._connection is not connection:
                await connection.close()
        return leads

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and not connection.closed:
            await connection.close()

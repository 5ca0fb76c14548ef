"""Hold the line to PostgreSQL: who leads, and what wakes us.

One connection listens and owns the lock of the exchange that we lead; who finds it taken stands by. While the connection
is down, calls go on; when it comes back we take the lock again, or step down if somebody else took it meanwhile.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable

import psycopg

from decroche.foundation.database import conninfo

log = logging.getLogger(__name__)

CHANNEL = "switchboard"
LEADER_LOCK = 0x_DEC0_C11E  # any number that nothing else locks
RETRY_SECONDS = 1.0
STAND_BY_SECONDS = 0.5

# A leader whose machine vanishes says no goodbye: the server is to notice within seconds, and free its lock.
NOTICE_SILENCE = """
SELECT set_config('tcp_keepalives_idle', '2', false), set_config('tcp_keepalives_interval', '1', false),
  set_config('tcp_keepalives_count', '3', false)
"""


class Deposed(Exception):
    """Another switchboard leads."""


def lock_of(exchange: str) -> int:
    """Return the number whose lock makes a switchboard the leader of this exchange."""
    if not exchange:
        return LEADER_LOCK
    digest = hashlib.sha256(exchange.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


class Wire:
    """Own the listening connection."""

    def __init__(self, dsn: Callable[[], str] = conninfo, *, exchange: str = "") -> None:
        self._dsn = dsn
        self._exchange = exchange
        self._connection: psycopg.AsyncConnection | None = None

    async def become_leader(self) -> None:
        """Return once we lead; wait in the second row while another does."""
        said = False
        while True:
            try:
                if await self._try_to_lead():
                    return
                if not said:
                    log.info(
                        "another switchboard leads%s; standing by",
                        f" {self._exchange}" if self._exchange else "",
                    )
                    said = True
            except psycopg.Error as error:
                log.warning("no database yet (%s); trying again", type(error).__name__)
            await asyncio.sleep(STAND_BY_SECONDS)

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
                        if self._concerns_us(notification.payload):
                            yield notification.payload
            except psycopg.Error as error:
                log.warning("the line to the database is down (%s); calls go on", type(error).__name__)
            await self._hang_up()
            await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Give the lock back and leave."""
        await self._hang_up()

    def _concerns_us(self, words: str) -> bool:
        """Say whether a notification is for everybody or for our exchange: what follows an @ is an exchange's name."""
        _, at, exchange = words.partition("@")
        return not at or exchange == self._exchange

    async def _try_to_lead(self) -> bool:
        await self._hang_up()
        connection = await psycopg.AsyncConnection.connect(self._dsn(), autocommit=True)
        try:
            await connection.execute(NOTICE_SILENCE)
            lock = lock_of(self._exchange)
            cursor = await connection.execute("SELECT pg_try_advisory_lock(%s)", [lock])
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

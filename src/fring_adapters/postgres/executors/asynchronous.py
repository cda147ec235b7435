"""Executors for event loops."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg

from fring_adapters.postgres.errors import delay_before_retry, is_lost
from fring_adapters.postgres.executors.protocol import Executor, check_open, translating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg import AsyncConnection
    from psycopg_pool import AsyncConnectionPool

    from fring_adapters.postgres.pools import PooledAsyncConnection
    from fring_adapters.postgres.rows import Row
    from fring_adapters.postgres.statements import Statement


class AsyncExecutor:
    """Send each statement on a connection of a pool, in an event loop."""

    def __init__(self, pool: AsyncConnectionPool[PooledAsyncConnection]) -> None:
        self._pool = pool

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        _check_loop()
        failures = 0
        while True:
            try:
                connection = await self._pool.getconn()
                try:
                    cursor = connection.cursor(binary=True)
                    await cursor.execute(statement.sql, parameters)
                    return await cursor.fetchall()
                finally:
                    connection.used_at = monotonic()
                    await self._pool.putconn(connection)
            except psycopg.Error as error:
                if is_lost(error):
                    await self._pool.drain()
                failures += 1
                delay = delay_before_retry(error, statement, failures)
            await asyncio.sleep(delay)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a transaction on one connection of the pool."""
        with translating():
            async with self._pool.connection() as connection, connection.transaction():
                inner = AsyncTransactionExecutor(connection)
                try:
                    yield inner
                finally:
                    inner.closed = True


def _check_loop() -> None:
    # Without this, the pool would fail half-way, and not in words that help.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "PostgresStore needs an event loop; with run_sync, use BlockingPostgresStore"
        ) from None


class AsyncTransactionExecutor:
    """Send statements inside one transaction, in an event loop, one at a time."""

    def __init__(self, connection: AsyncConnection[Row]) -> None:
        self.closed = False
        self._connection = connection
        self._lock = asyncio.Lock()

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows; if it fails, the transaction goes on."""
        check_open(closed=self.closed)
        async with self._lock:
            with translating():
                async with self._connection.transaction():
                    cursor = self._connection.cursor(binary=True)
                    await cursor.execute(statement.sql, parameters)
                    return await cursor.fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a savepoint."""
        check_open(closed=self.closed)
        with translating():
            async with self._connection.transaction():
                yield self

"""Executors for event loops."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from fring_adapters.postgres.errors import delay_before_retry, is_lost
from fring_adapters.postgres.executors.protocol import Executor, check_open, translating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg import AsyncConnection

    from fring_adapters.postgres.pools import AsyncPool
    from fring_adapters.postgres.rows import Row
    from fring_adapters.postgres.statements import Statement


class AsyncExecutor:
    """Send each statement on a connection of a pool, in an event loop."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        _check_loop()
        failures = 0
        while True:
            try:
                connection = await self._pool.take()
                try:
                    cursor = connection.cursor(binary=True)
                    await cursor.execute(statement.sql, parameters)
                    return await cursor.fetchall()
                except psycopg.Error as error:
                    if is_lost(error):
                        await self._pool.renew(connection)
                    raise
                finally:
                    await self._pool.give_back(connection)
            except psycopg.Error as error:
                failures += 1
                delay = delay_before_retry(error, statement, failures)
            await asyncio.sleep(delay)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a transaction on one connection of the pool."""
        with translating():
            connection = await self._pool.take()
            try:
                async with connection.transaction():
                    inner = AsyncTransactionExecutor(connection)
                    try:
                        yield inner
                    finally:
                        inner.closed = True
            finally:
                await self._pool.give_back(connection)


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

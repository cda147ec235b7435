"""Executors for event loops."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg

from fring_adapters.postgres.wire.errors import (
    STALE,
    delay_before_retry,
    is_lost,
    renewal_pause,
)
from fring_adapters.postgres.wire.executor import Executor, Scope, translating
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg import AsyncConnection

    from fring_adapters.postgres.wire.connections import PooledAsyncConnection
    from fring_adapters.postgres.wire.pools import AsyncPool
    from fring_adapters.postgres.wire.statement import Row, Statement

# The longest that a statement of ours may wait, for a lock above all. It is measured here: a
# session setting would not survive PgBouncer.
DEADLINE_SECONDS: Final = 10.0


class AsyncExecutor:
    """Send each statement on a connection of a pool, in an event loop."""

    def __init__(self, pool: AsyncPool, schema: str | None) -> None:
        self._pool = pool
        self._schema = schema

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        _check_loop(self._pool)
        sql, failures = statement.within(self._schema), 0
        while True:
            try:
                connection = await self._pool.take()
                try:
                    return await _execute(connection, sql, parameters)
                except psycopg.Error as error:
                    if error.sqlstate in STALE:
                        await _forget_prepared(connection)
                        return await _execute(connection, sql, parameters, prepare=False)
                    if is_lost(error):
                        await self._pool.renew(connection, renewal_pause(error))
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
        _check_loop(self._pool)
        with translating():
            connection = await self._pool.take()
            try:
                async with connection.transaction():
                    inner = AsyncTransactionExecutor(connection, self._pool, self._schema)
                    with inner.scope.opened():
                        yield inner
                    self._pool.check_process()
            finally:
                if connection.broken:
                    await self._pool.renew(connection)
                await self._pool.give_back(connection)


class AsyncTransactionExecutor:
    """Send statements inside one transaction, in an event loop, one at a time."""

    def __init__(
        self, connection: PooledAsyncConnection, pool: AsyncPool, schema: str | None
    ) -> None:
        self.scope = Scope()
        self._connection = connection
        self._pool = pool
        self._schema = schema
        self._lock = asyncio.Lock()

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows; if it fails, the transaction goes on."""
        self._pool.check_process()
        self.scope.check()
        async with self._lock:
            with translating():
                try:
                    return await self._send(statement, parameters)
                except psycopg.Error as error:
                    if error.sqlstate in STALE:  # psycopg forgot it all in rolling back
                        return await self._send(statement, parameters, prepare=False)
                    if is_lost(error):
                        await self._pool.renew(self._connection, renewal_pause(error))
                    raise

    async def _send(
        self, statement: Statement, parameters: Mapping[str, Any], *, prepare: bool | None = None
    ) -> list[Row]:
        sql = statement.within(self._schema)
        async with self._connection.transaction():
            return await _execute(self._connection, sql, parameters, prepare=prepare)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a savepoint, with an executor of its own."""
        self._pool.check_process()
        with self.scope.suspended(), translating():
            async with self._connection.transaction():
                inner = AsyncTransactionExecutor(self._connection, self._pool, self._schema)
                with inner.scope.opened():
                    yield inner
                self._pool.check_process()


async def _forget_prepared(connection: AsyncConnection[Row]) -> None:
    # psycopg reads along, and prepares everything anew.
    await connection.execute("DEALLOCATE ALL", prepare=False)


async def _execute(
    connection: AsyncConnection[Row],
    sql: bytes,
    parameters: Mapping[str, Any],
    *,
    prepare: bool | None = None,
) -> list[Row]:
    """Send a statement; raise `StoreUnavailable` if it takes longer than it may."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            cursor = connection.cursor(binary=True)
            await cursor.execute(sql, parameters, prepare=prepare)
            return await cursor.fetchall()
    except TimeoutError:
        reason = f"A statement took longer than {DEADLINE_SECONDS:g} s and was cancelled"
        raise StoreUnavailable(reason) from None


def _check_loop(pool: AsyncPool) -> None:
    # Without this, the pool would fail half-way, and not in words that help.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pool.check_process()  # a loop does not outlive a fork either
        raise RuntimeError(
            "PostgresStore needs an event loop; with run_sync, use BlockingPostgresStore"
        ) from None

"""Executors that block the thread: their coroutines never suspend."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any

import psycopg

from fring_adapters.postgres.errors import delay_before_retry, is_lost
from fring_adapters.postgres.executors.protocol import Executor, check_open, translating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg import Connection
    from psycopg_pool import ConnectionPool

    from fring_adapters.postgres.pools import PooledConnection
    from fring_adapters.postgres.rows import Row
    from fring_adapters.postgres.statements import Statement


class BlockingExecutor:
    """Send each statement on a connection of a pool, blocking the thread."""

    def __init__(self, pool: ConnectionPool[PooledConnection]) -> None:
        self._pool = pool

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        failures = 0
        while True:
            try:
                connection = self._pool.getconn()
                try:
                    cursor = connection.cursor(binary=True)
                    cursor.execute(statement.sql, parameters)
                    return cursor.fetchall()
                finally:
                    connection.used_at = monotonic()
                    self._pool.putconn(connection)
            except psycopg.Error as error:
                if is_lost(error):
                    self._pool.drain()
                failures += 1
                delay = delay_before_retry(error, statement, failures)
            time.sleep(delay)  # noqa: ASYNC251  # blocking is what this one is for

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a transaction on one connection of the pool."""
        with (
            translating(),
            self._pool.connection() as connection,
            connection.transaction(),
        ):
            inner = BlockingTransactionExecutor(connection)
            try:
                yield inner
            finally:
                inner.closed = True


class BlockingTransactionExecutor:
    """Send statements inside one transaction, blocking the thread."""

    def __init__(self, connection: Connection[Row]) -> None:
        self.closed = False
        self._connection = connection

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows; if it fails, the transaction goes on."""
        check_open(closed=self.closed)
        with translating(), self._connection.transaction():
            cursor = self._connection.cursor(binary=True)
            cursor.execute(statement.sql, parameters)
            return cursor.fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a savepoint."""
        check_open(closed=self.closed)
        with translating(), self._connection.transaction():
            yield self

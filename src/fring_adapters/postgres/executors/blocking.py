"""Executors that block the thread: their coroutines never suspend."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from fring_adapters.postgres.errors import delay_before_retry, is_lost
from fring_adapters.postgres.executors.protocol import Executor, check_open, translating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg import Connection

    from fring_adapters.postgres.pools import BlockingPool
    from fring_adapters.postgres.rows import Row
    from fring_adapters.postgres.statements import Statement


class BlockingExecutor:
    """Send each statement on a connection of a pool, blocking the thread."""

    def __init__(self, pool: BlockingPool) -> None:
        self._pool = pool

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        failures = 0
        while True:
            try:
                connection = self._pool.take()
                try:
                    cursor = connection.cursor(binary=True)
                    cursor.execute(statement.sql, parameters)
                    return cursor.fetchall()
                except psycopg.Error as error:
                    if is_lost(error):
                        self._pool.renew(connection)
                    raise
                finally:
                    self._pool.give_back(connection)
            except psycopg.Error as error:
                failures += 1
                delay = delay_before_retry(error, statement, failures)
            time.sleep(delay)  # noqa: ASYNC251  # blocking is what this one is for

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a transaction on one connection of the pool."""
        with translating():
            connection = self._pool.take()
            try:
                with connection.transaction():
                    inner = BlockingTransactionExecutor(connection)
                    try:
                        yield inner
                    finally:
                        inner.closed = True
            finally:
                self._pool.give_back(connection)


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

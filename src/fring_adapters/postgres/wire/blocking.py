"""Executors that block the thread: their coroutines never suspend."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from fring_adapters.postgres.wire.errors import (
    STALE,
    delay_before_retry,
    is_lost,
    renewal_pause,
)
from fring_adapters.postgres.wire.executor import Executor, Scope, translating

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from psycopg import Connection

    from fring_adapters.postgres.wire.connections import PooledConnection
    from fring_adapters.postgres.wire.pools import BlockingPool
    from fring_adapters.postgres.wire.statement import Row, Statement


class BlockingExecutor:
    """Send each statement on a connection of a pool, blocking the thread."""

    def __init__(self, pool: BlockingPool, schema: str | None) -> None:
        self._pool = pool
        self._schema = schema

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        sql, failures = statement.within(self._schema), 0
        while True:
            try:
                connection = self._pool.take()
                try:
                    return _execute(connection, sql, parameters)
                except psycopg.Error as error:
                    if error.sqlstate in STALE:
                        _forget_prepared(connection)
                        return _execute(connection, sql, parameters, prepare=False)
                    if is_lost(error):
                        self._pool.renew(connection, renewal_pause(error))
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
                    inner = BlockingTransactionExecutor(connection, self._pool, self._schema)
                    with inner.scope.opened():
                        yield inner
                    self._pool.check_process()
            finally:
                if connection.broken:
                    self._pool.renew(connection)
                self._pool.give_back(connection)


class BlockingTransactionExecutor:
    """Send statements inside one transaction, blocking the thread."""

    def __init__(
        self, connection: PooledConnection, pool: BlockingPool, schema: str | None
    ) -> None:
        self.scope = Scope()
        self._connection = connection
        self._pool = pool
        self._schema = schema

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows; if it fails, the transaction goes on."""
        self._pool.check_process()
        self.scope.check()
        with translating():
            try:
                return self._send(statement, parameters)
            except psycopg.Error as error:
                if error.sqlstate in STALE:  # psycopg forgot it all in rolling back
                    return self._send(statement, parameters, prepare=False)
                if is_lost(error):
                    self._pool.renew(self._connection, renewal_pause(error))
                raise

    def _send(
        self, statement: Statement, parameters: Mapping[str, Any], *, prepare: bool | None = None
    ) -> list[Row]:
        sql = statement.within(self._schema)
        with self._connection.transaction():
            return _execute(self._connection, sql, parameters, prepare=prepare)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a savepoint, with an executor of its own."""
        self._pool.check_process()
        with self.scope.suspended(), translating(), self._connection.transaction():
            inner = BlockingTransactionExecutor(self._connection, self._pool, self._schema)
            with inner.scope.opened():
                yield inner
            self._pool.check_process()


def _forget_prepared(connection: Connection[Row]) -> None:
    # psycopg reads along, and prepares everything anew.
    connection.execute("DEALLOCATE ALL", prepare=False)


def _execute(
    connection: Connection[Row],
    sql: bytes,
    parameters: Mapping[str, Any],
    *,
    prepare: bool | None = None,
) -> list[Row]:
    cursor = connection.cursor(binary=True)
    cursor.execute(sql, parameters, prepare=prepare)
    return cursor.fetchall()

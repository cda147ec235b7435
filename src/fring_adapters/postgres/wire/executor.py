"""What sends statements on a pool, each in a transaction of its own: the same for both colours."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol

import psycopg

from fring_adapters.postgres.wire.driver import C
from fring_adapters.postgres.wire.errors import (
    STALE,
    delay_before_retry,
    is_lost,
    renewal_pause,
    translating,
)
from fring_adapters.postgres.wire.transaction import Transaction
from fring_core.scopes import Block, check_outside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from fring_adapters.postgres.wire.driver import PoolDriver
    from fring_adapters.postgres.wire.statement import Row, Statement


class Executor(Protocol):
    """Send statements, each in a transaction of its own or all in one."""

    def check(self) -> None:
        """Raise `RuntimeError` if it may not be used here and now."""
        ...

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows.

        Raise `Unavailable` if it cannot be done now, and `psycopg.IntegrityError` for a
        constraint that stands against it.
        """
        ...

    def transaction(self) -> AbstractAsyncContextManager[Executor]:
        """Open a transaction, or a savepoint inside one."""
        ...


class PoolExecutor(Generic[C]):
    """Send each statement on a connection of a pool, again where that does no harm."""

    def __init__(self, driver: PoolDriver[C]) -> None:
        self._driver = driver

    def check(self) -> None:
        """Raise `RuntimeError` if it may not be used here and now."""
        self._driver.check_usable()
        check_outside(self)

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        self.check()
        driver = self._driver
        failures = 0
        while True:
            try:
                connection = await driver.take()
                try:
                    return await driver.execute(connection, statement, parameters)
                except psycopg.Error as error:
                    if error.sqlstate in STALE:
                        await driver.forget_prepared(connection)
                        return await driver.execute(
                            connection, statement, parameters, prepare=False
                        )
                    if is_lost(error):
                        await driver.renew(connection, renewal_pause(error))
                    raise
                finally:
                    await driver.give_back(connection)
            except psycopg.Error as error:
                failures += 1
                delay = delay_before_retry(error, statement, failures)
            await driver.pause(delay)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Executor]:
        """Open a transaction on one connection of the pool."""
        self.check()
        driver = self._driver
        with translating():
            connection = await driver.take()
        try:
            with Block(self):
                async with Transaction(driver, connection) as transaction:
                    yield transaction
        finally:
            if connection.broken:
                await driver.renew(connection)
            await driver.give_back(connection)

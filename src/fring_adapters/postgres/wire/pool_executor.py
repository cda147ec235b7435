"""What sends statements on a pool, each in a transaction of its own: the same for both colours."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

import psycopg

from fring_adapters.postgres.wire.driver import C
from fring_adapters.postgres.wire.errors import (
    MAX_CLASHES,
    STALE,
    delay_before_retry,
    is_lost,
    pause_after_clash,
    renewal_pause,
    translating,
)
from fring_adapters.postgres.wire.executor import Asking
from fring_adapters.postgres.wire.transaction import Transaction
from fring_core import TransactionConflict
from fring_core.scopes import Block, check_outside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
    from types import TracebackType

    from fring_adapters.postgres.wire.driver import PoolDriver
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement
    from fring_adapters.postgres.wire.turns import Tables

# Given an error, its statement and how often that has failed, returns how long to wait before it is
# sent again, in seconds, or raises.
Delay: TypeAlias = "Callable[[psycopg.Error, Statement, int], float]"

T = TypeVar("T")


class PoolExecutor(Asking, Generic[C]):
    """Send each statement on a connection of a pool, again where that does no harm."""

    def __init__(self, driver: PoolDriver[C], delay: Delay = delay_before_retry) -> None:
        self._driver = driver
        self._take: Callable[[Tables], Awaitable[C]] = driver.take
        self._give_back = driver.give_back
        self._delay = delay

    def check(self) -> None:
        """Raise `RuntimeError` if it may not be used here and now."""
        self._driver.check_usable()
        check_outside(self)

    async def run(
        self,
        statement: Statement,
        parameters: Mapping[str, Any] | Callable[[], Mapping[str, Any]],
        *,
        patience: float | None = None,
    ) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says.

        `parameters` may be what returns them once there is a connection. With `patience`, it is
        cancelled after so many seconds.
        """
        self.check()
        driver = self._driver
        failures, asked = 0, cast("Mapping[str, Any]", parameters)
        while True:
            try:
                connection = await self._take(statement.tables)
                try:
                    if callable(parameters):
                        asked = parameters()
                    if patience is not None:
                        with driver.hurried(connection, patience):
                            return await driver.execute(connection, statement, asked)
                    return await driver.execute(connection, statement, asked)
                except psycopg.Error as error:
                    if error.sqlstate in STALE:
                        await driver.forget_prepared(connection)
                        return await driver.execute(connection, statement, asked, prepare=False)
                    if is_lost(error):
                        await self._renew(connection, renewal_pause(error))
                    raise
                finally:
                    try:
                        if connection.broken:  # others that are as old will hang, too
                            await self._renew(connection, 0.0)
                    finally:
                        await self._give_back(connection)
            except psycopg.Error as error:
                failures += 1
                delay = self._delay(error, statement, failures)
            await driver.pause(delay)

    async def _renew(self, lost: C, pause: float) -> None:
        await self._driver.renew(lost, pause)

    def on_one_connection(self) -> OneConnection[C]:
        """Return what keeps the connection of its first statement, to be opened by entering it."""
        return OneConnection(self._driver)

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
                    with translating():
                        await driver.limit(connection)
                    yield transaction
        finally:
            try:
                if connection.broken:
                    await driver.renew(connection)
            finally:
                await driver.give_back(connection)

    async def all_or_nothing(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        """Return what `work` does in one transaction, as `Executor` says."""
        for clashes in range(1, MAX_CLASHES + 1):
            try:
                return await self._in_transaction(work)
            except TransactionConflict:
                await self._driver.pause(pause_after_clash(clashes))
        return await self._in_transaction(work)

    async def _in_transaction(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        async with self.transaction() as inside:
            return await work(inside)


class OneConnection(PoolExecutor[C]):
    """Keep a connection of a pool from one statement to the next, unless it was lost."""

    def __init__(self, driver: PoolDriver[C]) -> None:
        super().__init__(driver)
        self._take, self._give_back = self._take_again, self._keep
        self._kept: C | None = None

    async def _take_again(self, tables: Tables) -> C:
        kept, self._kept = self._kept, None
        return await self._driver.take(tables) if kept is None else kept

    async def _keep(self, connection: C) -> None:
        self._kept = connection

    async def _renew(self, lost: C, pause: float) -> None:
        await super()._renew(lost, pause)
        self._give_back = self._driver.give_back  # the next one may be of another server

    async def __aenter__(self) -> Executor:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._kept is not None:
            await self._driver.give_back(self._kept)

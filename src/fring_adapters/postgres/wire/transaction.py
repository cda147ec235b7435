"""Transactions: several statements on one connection, and transactions inside each other."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import psycopg

from fring_adapters.postgres.wire.driver import C
from fring_adapters.postgres.wire.errors import STALE, is_lost, renewal_pause, translating
from fring_adapters.postgres.wire.executor import Asking
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType
    from typing import Self

    from fring_adapters.postgres.wire.driver import Driver, Lock
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement

T = TypeVar("T")

OVER: Final = "The transaction is over; use the store that it was opened on"
INSIDE: Final = "A transaction inside this one is open; use the store that it gave"
LEFT_BEHIND: Final = (
    "The transaction was left while one inside it was open, so nothing is stored: before its block"
    " ends, await the tasks that use it"
)
LOST: Final = "The connection was lost inside the transaction, so nothing is stored"


class Transaction(Asking, Generic[C]):
    """Send statements on one connection, one at a time, whichever tasks they come from.

    In its block, it may be used except while one inside it is open, whose end will decide about
    what is done meanwhile. Whoever has waited for calls of others asks whether it still may: after
    the block, the connection serves others. Without a block, it is a transaction of the host's.
    """

    def __init__(
        self, driver: Driver[C], connection: C, parent: Transaction[C] | None = None
    ) -> None:
        self._driver = driver
        self._connection = connection
        self._parent = parent
        self.lock: Lock = parent.lock if parent else driver.lock()
        self._over = False
        self.inside: Transaction[C] | None = None

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows; if it fails, the transaction goes on."""
        self._driver.check_usable()
        await self.lock.acquire()
        try:
            self.check()
            with translating():
                return await self._run(statement, parameters)
        finally:
            self.lock.release()

    async def _run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        try:
            return await self._send(statement, parameters)
        except psycopg.Error as error:
            if error.sqlstate in STALE:  # psycopg forgot it all in rolling back
                return await self._send(statement, parameters, prepare=False)
            if is_lost(error):
                await self._driver.renew(self._connection, renewal_pause(error))
            raise

    async def _send(
        self, statement: Statement, parameters: Mapping[str, Any], *, prepare: bool | None = None
    ) -> list[Row]:
        driver, connection = self._driver, self._connection
        async with driver.transaction(connection):
            return await driver.execute(connection, statement, parameters, prepare=prepare)

    async def all_or_nothing(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        """Return what `work` does in a savepoint of its own, while other calls wait."""
        self._driver.check_usable()
        await self.lock.acquire()
        try:
            self.check()
            async with Transaction(self._driver, self._connection) as inside:
                return await work(inside)
        finally:
            self.lock.release()

    def on_one_connection(self) -> AbstractAsyncContextManager[Transaction[C]]:
        """Return itself: it has one only."""
        return nullcontext(self)

    def transaction(self) -> Transaction[C]:
        """Return one inside this one, to be opened by entering it."""
        return Transaction(self._driver, self._connection, self)

    async def __aenter__(self) -> Self:
        self._driver.check_usable()
        await self.lock.acquire()
        try:
            if self._parent is not None:
                self._parent.check()
            self._block = self._driver.transaction(self._connection)
            with translating():
                await self._block.__aenter__()
            if self._parent is not None:
                self._parent.inside = self
        finally:
            self.lock.release()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        self._over = True
        error = await self._locked(raised)
        try:
            error = error or self._objection()
            if self.inside is not None:  # neither can be undone by itself any more
                self._connection.pgconn.finish()
            with translating():
                left = (type(error), error, error.__traceback__) if error else (None, None, None)
                done_with = await self._block.__aexit__(*left)
        finally:
            if self._parent is not None:
                self._parent.inside = None
            self.lock.release()
        if error is not None and error is not raised:
            raise error
        return done_with

    async def _locked(self, error: BaseException | None) -> BaseException | None:
        """Wait for a call of another task, and if cancelled meanwhile, return that as the error."""
        while True:
            try:
                await self.lock.acquire()
            except asyncio.CancelledError as cancelled:
                error = cancelled
            else:
                return error

    def check(self) -> None:
        """Raise `RuntimeError` if it may not be used here and now."""
        self._driver.check_usable()
        if self.is_over():
            raise RuntimeError(OVER)
        if self.inside is not None:
            raise RuntimeError(INSIDE)

    def is_over(self) -> bool:
        """Tell whether it, or one around it, is over."""
        return self._over or (self._parent is not None and self._parent.is_over())

    def _objection(self) -> Exception | None:
        """Return what speaks against a commit."""
        try:
            self._driver.check_usable()
        except RuntimeError as refused:
            return refused
        if self.inside is not None or (self._parent is not None and self._parent.is_over()):
            return RuntimeError(LEFT_BEHIND)
        if self._connection.closed:
            return StoreUnavailable(LOST)
        return None

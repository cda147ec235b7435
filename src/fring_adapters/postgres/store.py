"""The PostgreSQL stores: asynchronous and blocking, over the same repositories."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import attrs

from fring_adapters.postgres.repositories import (
    PostgresAssignments,
    PostgresCredentials,
    PostgresDeliveries,
    PostgresEvents,
    PostgresRateLimits,
    PostgresReceipts,
    PostgresTasks,
    PostgresUsers,
    PostgresWebhooks,
)
from fring_adapters.postgres.repositories.async_changing import Together
from fring_adapters.postgres.repositories.blocking_changing import InTurn
from fring_adapters.postgres.wire.coalescing import Coalescing
from fring_adapters.postgres.wire.host import on_async, on_blocking
from fring_adapters.postgres.wire.pool_executor import PoolExecutor
from fring_adapters.postgres.wire.pool_settings import PoolSettings
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import to_conninfo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType
    from typing import Any, Self

    from psycopg import AsyncConnection, Connection

    from fring_adapters.postgres.repositories.changing import Changing
    from fring_adapters.postgres.wire.driver import Watch
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.supply import PoolStatistics

_ASYNC_POOL: Final = PoolSettings()
_BLOCKING_POOL: Final = PoolSettings(size=1, overflow=15)


class StoreOnExecutor:
    """Reach what a database keeps through one executor."""

    def __init__(
        self, executor: Executor, changing: type[Changing], *, brings_on: bool = False
    ) -> None:
        self._executor = executor
        self._changing = changing
        changes = changing(executor)
        self.users = PostgresUsers(executor, changes)
        self.credentials = PostgresCredentials(executor)
        self.tasks = PostgresTasks(executor, changes)
        self.assignments = PostgresAssignments(executor)
        self.events = PostgresEvents(executor, changes.pause, brings_on)
        self.receipts = PostgresReceipts(executor)
        self.webhooks = PostgresWebhooks(executor)
        self.deliveries = PostgresDeliveries(executor)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[StoreOnExecutor]:
        """Open a transaction, as `fring_core.Store` says: READ COMMITTED, on one connection."""
        async with self._executor.transaction() as executor:
            yield StoreOnExecutor(executor, self._changing)


def _checked(pool: object, usual: PoolSettings) -> PoolSettings:
    if pool is None:
        return usual
    if not isinstance(pool, PoolSettings):
        raise TypeError(
            f"pool must be PoolSettings, such as PoolSettings(size=16), not {pool!r:.100}"
        )
    return pool


class PostgresStore(StoreOnExecutor):
    """Keep everything in a PostgreSQL database whose tables `prepare` has set up.

    Use it as `async with PostgresStore(url) as store`: connections are opened in the background
    and closed at the end. A database that is away raises `StoreUnavailable` at each call, until
    it is back. The tables are those of `schema`, or the first on the connection's search path if it
    is None. `pool` sizes its pool of connections (None: 16). `watch`, given a statement's name such as `SELECT tasks`, returns what is open while
    that is on its way: for metrics and traces. Raise `ValueError` for a URL that names no
    PostgreSQL database and for a schema that cannot be, and `TypeError` for what is no URL, no `PoolSettings` or no name. Outside the block,
    and in a child process that was forked inside it, each call raises `RuntimeError`.
    """

    def __init__(
        self,
        url: str,
        pool: PoolSettings | None = None,
        *,
        schema: str | None = None,
        watch: Watch | None = None,
    ) -> None:
        settings = _checked(pool, _ASYNC_POOL)
        self._pool = settings.pool(to_conninfo(url))
        self._pool.schema = checked_schema(schema)
        self._pool.watch = watch
        executor = PoolExecutor(self._pool)
        self._coalescing = Coalescing(executor) if settings.coalesce else None
        super().__init__(self._coalescing or executor, Together, brings_on=True)
        self.rate_limits = PostgresRateLimits(self._executor)

    def statistics(self) -> PoolStatistics:
        """Return how its pool does."""
        found = self._pool.statistics()
        sent = {} if self._coalescing is None else dict(self._coalescing.sent)
        return attrs.evolve(found, statements=sent)

    @staticmethod
    def on(connection: AsyncConnection[Any], *, schema: str | None = None) -> StoreOnExecutor:
        """Return a store on a connection of yours, for as long as you keep it open.

        What it does is part of the transaction that the connection is in, or begins: it comes
        about when you commit, together with what you did, and is gone when you roll back. In
        autocommit, outside of `connection.transaction()`, each call is one of its own. A call that
        raises leaves your transaction as it was. Nothing is tried again, no time limit but yours
        holds, and no setting of the connection is touched. Raise `TypeError` for what is no
        `psycopg.AsyncConnection`, `RuntimeError` for one that is closed, and `ValueError` for one
        whose client encoding is not UTF-8. A call raises `RuntimeError` in a transaction that has
        failed.
        """
        return StoreOnExecutor(on_async(connection, checked_schema(schema)), Together)

    async def __aenter__(self) -> Self:
        self._pool.begin()
        await self._pool.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pool.end():
            await self._pool.close()


class BlockingPostgresStore(StoreOnExecutor):
    """Do as `PostgresStore`, with no event loop: for `run_sync`, in any number of threads.

    Use it as `with BlockingPostgresStore(url) as store`.
    """

    def __init__(
        self,
        url: str,
        pool: PoolSettings | None = None,
        *,
        schema: str | None = None,
        watch: Watch | None = None,
    ) -> None:
        self._pool = _checked(pool, _BLOCKING_POOL).blocking_pool(to_conninfo(url))
        self._pool.schema = checked_schema(schema)
        self._pool.watch = watch
        super().__init__(PoolExecutor(self._pool), InTurn, brings_on=True)

    def statistics(self) -> PoolStatistics:
        """Return how its pool does."""
        return self._pool.statistics()

    @staticmethod
    def on(connection: Connection[Any], *, schema: str | None = None) -> StoreOnExecutor:
        """Return a store on a `psycopg.Connection` of yours, as `PostgresStore.on` says."""
        return StoreOnExecutor(on_blocking(connection, checked_schema(schema)), InTurn)

    def __enter__(self) -> Self:
        self._pool.begin()
        self._pool.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pool.end():
            self._pool.close()

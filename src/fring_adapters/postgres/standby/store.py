"""The PostgreSQL store that reads from a standby, where the caller says that it may."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

import attrs
import psycopg

from fring_adapters.postgres.standby.replication import Replication
from fring_adapters.postgres.standby.servers import ANSWER_SECONDS, CANCEL_SECONDS
from fring_adapters.postgres.store import PostgresStore
from fring_adapters.postgres.wire.errors import CLASHES
from fring_adapters.postgres.wire.executor import Asking
from fring_adapters.postgres.wire.pool_executor import PoolExecutor
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from fring_adapters.postgres.wire.connections import PooledAsyncConnection
    from fring_adapters.postgres.wire.driver import Watch
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.pool_settings import PoolSettings
    from fring_adapters.postgres.wire.pools import AsyncPool
    from fring_adapters.postgres.wire.statement import Row, Statement
    from fring_adapters.postgres.wire.turns import Tables

# Together with that for an answer, about a second: then the primary is asked.
WAIT_SECONDS: Final = 0.2
# It answers, but not this: the statement was in the way of the log, or took too long.
_ALIVE: Final = CLASHES | {"57014"}


class _TooNew(Exception):  # noqa: N818  # it is what the connection is
    """Report a connection that is newer than what is known of the standby."""


def _once(error: psycopg.Error, _: Statement, __: int) -> NoReturn:
    raise error


class _StandbyExecutor(PoolExecutor["PooledAsyncConnection"]):
    """Send each statement once, on a connection to the standby that is known."""

    def __init__(self, pool: AsyncPool, replication: Replication) -> None:
        super().__init__(pool, delay=_once)
        self._replication = replication
        self._take = self._take_known

    async def _take_known(self, tables: Tables) -> PooledAsyncConnection:
        connection = await self._driver.take(tables)
        if connection.number > self._replication.known:
            await self._give_back(connection)
            raise _TooNew
        return connection


@attrs.frozen
class StandbyStatistics:
    """Hold how old a standby's state is, at most, in seconds, and who answered what was read.

    The two numbers of statements have grown since the store was made.
    """

    age: float
    by_standby: int
    by_primary: int


class SplitExecutor(Asking):
    """Send what only reads to a standby if `may_be_stale` says so, and all else to the primary.

    What the standby does not answer, the primary does. `by_standby` and `by_primary` count the
    statements that read.
    """

    def __init__(
        self,
        primary: Executor,
        pool: AsyncPool,
        replication: Replication,
        may_be_stale: Callable[[], bool],
    ) -> None:
        self._primary = primary
        self._standby = _StandbyExecutor(pool, replication)
        self._replication = replication
        self._may_be_stale = may_be_stale
        self.check = primary.check
        self.transaction = primary.transaction
        self.all_or_nothing = primary.all_or_nothing
        self.on_one_connection = primary.on_one_connection
        self.by_standby = self.by_primary = 0

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows, as `Executor` says."""
        if not statement.reads:
            return await self._primary.run(statement, parameters)
        # In this order: what is a bound old by the first moment is on what is younger by the second.
        if self._may_be_stale() and self._replication.is_usable():
            self.check()
            try:
                rows = await self._standby.run(statement, parameters)
            except _TooNew:
                pass
            except (psycopg.Error, StoreUnavailable) as error:
                if getattr(error, "sqlstate", None) not in _ALIVE:
                    self._replication.fail()
            else:
                self.by_standby += 1
                return rows
        self.by_primary += 1
        return await self._primary.run(statement, parameters)


class PostgresStoreWithStandby(PostgresStore):
    """Do as `PostgresStore`, and read users, tasks and assignments from a hot standby at times.

    `standby` is its URL, and `bound` the most seconds that its state may be old. `may_be_stale` is
    asked at each statement that reads, and tells whether its caller may see such a state: not who
    has written within `bound` seconds, nor who is about to write. Credentials, transactions and
    changes are the primary's.
    """

    def __init__(
        self,
        url: str,
        pool: PoolSettings,
        *,
        schema: str | None,
        watch: Watch | None,
        standby: str,
        bound: float,
        may_be_stale: Callable[[], bool],
    ) -> None:
        super().__init__(url, pool, schema=schema, watch=watch)
        wait, deadline = min(pool.timeout, WAIT_SECONDS), min(pool.deadline, ANSWER_SECONDS)
        quick = attrs.evolve(pool, timeout=wait, patience=wait, deadline=deadline)
        self._standby_pool = quick.pool(to_conninfo(standby))
        self._standby_pool.door.cancel = CANCEL_SECONDS
        self._standby_pool.schema, self._standby_pool.watch = self._pool.schema, watch
        self.replication = Replication(url, standby, bound, schema)
        self.reading = SplitExecutor(
            self._executor, self._standby_pool, self.replication, may_be_stale
        )
        self.users = attrs.evolve(self.users, executor=self.reading)
        self.tasks = attrs.evolve(self.tasks, executor=self.reading)
        self.assignments = attrs.evolve(self.assignments, executor=self.reading)

    def standby_statistics(self) -> StandbyStatistics:
        """Return how its standby does."""
        reading = self.reading
        return StandbyStatistics(self.replication.age(), reading.by_standby, reading.by_primary)

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._standby_pool.begin()
        await self._standby_pool.open()
        self._following = asyncio.create_task(self.replication.follow())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._standby_pool.end():
            self._following.cancel()
            with suppress(asyncio.CancelledError):
                await self._following
            await self._standby_pool.close()
        await super().__aexit__(kind, error, traceback)

"""The two kinds of pool, each of them a driver with connections of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from psycopg_pool import AsyncConnectionPool, ConnectionPool

from fring_adapters.postgres.wire.async_driver import AsyncDriver
from fring_adapters.postgres.wire.blocking_driver import BlockingDriver
from fring_adapters.postgres.wire.connections import PooledAsyncConnection, PooledConnection
from fring_adapters.postgres.wire.supply import Supply
from fring_adapters.postgres.wire.turns import InLoop, InThread

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

    from fring_adapters.postgres.wire.cursors import FringAsyncCursor, FringCursor
    from fring_adapters.postgres.wire.turns import Tables


async def _end_together(tasks: set[asyncio.Task[Any]]) -> None:
    """Wait for a pool's tasks; if cancelled, cancel them until they end.

    They take it for one more failure, or lose it (Python 3.11). So a store that was opened and
    never closed would keep its loop from ending, which waits for all that runs on it.
    """
    try:
        await asyncio.wait(tasks)
    except asyncio.CancelledError:
        while pending := [task for task in tasks if not task.done()]:
            for task in pending:
                task.cancel()
            await asyncio.sleep(0.01)
        raise


class AsyncPool(
    Supply[PooledAsyncConnection], AsyncDriver, AsyncConnectionPool[PooledAsyncConnection]
):
    """Hand out connections in an event loop."""

    async def open(self, wait: bool = False, timeout: float = 30.0) -> None:  # noqa: ASYNC109, FBT001, FBT002  # as in psycopg_pool
        """Start what makes connections, and have it end when the loop does."""
        await super().open(wait, timeout)
        ours = {task for task in asyncio.all_tasks() if task.get_name().startswith(f"{self.name}-")}
        self._ending = asyncio.create_task(_end_together(ours))

    def check_usable(self) -> None:
        """Raise `RuntimeError` in another process, or without a loop."""
        self.check_process()  # a loop does not outlive a fork either
        super().check_usable()

    async def _turn(self, tables: Tables) -> None:
        await self.turns.take(InLoop, tables)

    async def _get(self, seconds: float) -> PooledAsyncConnection:
        return await self.getconn(seconds)

    async def _ask(self, connection: PooledAsyncConnection) -> None:
        await connection.ask()

    async def limit(self, connection: PooledAsyncConnection) -> None:
        """Have the database end by itself what a transaction may not do."""
        await connection.execute(connection.limits, prepare=False)

    def _cursor(self, connection: AsyncConnection[Any]) -> FringAsyncCursor:
        return cast("PooledAsyncConnection", connection).kept_cursor()

    async def _put(self, connection: PooledAsyncConnection) -> None:
        await self.putconn(connection)

    async def _drain(self) -> None:
        await self.drain()


class BlockingPool(Supply[PooledConnection], BlockingDriver, ConnectionPool[PooledConnection]):
    """Hand out connections in threads."""

    def check_usable(self) -> None:
        """Raise `RuntimeError` in another process, or in a loop that it would hold up."""
        self.check_process()
        super().check_usable()

    async def _turn(self, tables: Tables) -> None:
        await self.turns.take(InThread, tables)

    async def _get(self, seconds: float) -> PooledConnection:
        return self.getconn(seconds)

    async def _ask(self, connection: PooledConnection) -> None:
        connection.ask()

    async def limit(self, connection: PooledConnection) -> None:
        """Have the database end by itself what a transaction may not do."""
        connection.execute(connection.limits, prepare=False)

    def _cursor(self, connection: Connection[Any]) -> FringCursor:
        return cast("PooledConnection", connection).kept_cursor()

    async def _put(self, connection: PooledConnection) -> None:
        self.putconn(connection)

    async def _drain(self) -> None:
        self.drain()

    def close(self, timeout: float = 5.0) -> None:
        """Close it; wait so many seconds at most for its threads."""
        # Its scheduler is stopped at a time of the caller's clock, which a test may have frozen
        # far ahead of the scheduler's own.
        self._sched.enter(float("-inf"), None)
        super().close(timeout)

    def __del__(self) -> None:
        if not self.forked:  # or it would wait for threads that are not there
            super().__del__()

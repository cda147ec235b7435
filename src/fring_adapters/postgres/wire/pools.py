"""Connection pools: quick to hand out, quick to say no, quick to recover."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolClosed, PoolTimeout

from fring_adapters.postgres.wire.connections import (
    Door,
    PooledAsyncConnection,
    PooledConnection,
    numbers,
)
from fring_adapters.postgres.wire.lifetimes import CLOSED, Lifetime

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.turns import Turns

# A connection that was used a moment ago is taken to be alive; asking it costs a round trip.
FRESH_SECONDS: Final = 1.0
# The time for a connection is measured in parts: an event loop that is held up by thousands of
# callers lets a timer run out before it looks at what has arrived.
PARTS: Final = 4


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


class AsyncPool(Lifetime, AsyncConnectionPool[PooledAsyncConnection]):
    """Hand out connections that are alive, as far as can be known, in an event loop.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has.
    """

    _renewed = 0
    _renewed_at = float("-inf")

    def __init__(self, conninfo: str, *, door: Door, turns: Turns, **arguments: Any) -> None:
        super().__init__(conninfo, **arguments)
        self.door = door
        self.turns = turns

    async def open(self, wait: bool = False, timeout: float = 30.0) -> None:  # noqa: ASYNC109, FBT001, FBT002  # as in psycopg_pool
        """Start what makes connections, and have it end when the loop does."""
        await super().open(wait, timeout)
        ours = {task for task in asyncio.all_tasks() if task.get_name().startswith(f"{self.name}-")}
        self._ending = asyncio.create_task(_end_together(ours))

    async def take(self) -> PooledAsyncConnection:
        """Return a connection, when it is this caller's turn.

        Raise `psycopg_pool.PoolTimeout` if none is to be had in time, and `RuntimeError` if the
        pool may not be used at all.
        """
        self.check_open()
        await self.turns.take()
        try:
            return await self._alive()
        except BaseException:
            self.turns.pass_on()
            raise

    async def _alive(self) -> PooledAsyncConnection:
        while True:
            self.check_open()
            connection = await self._connected()
            if 0 <= monotonic() - connection.used_at < FRESH_SECONDS:
                return connection
            try:
                await self.check_connection(connection)
            except psycopg.OperationalError:
                await self.renew(connection)
                await self._put(connection)
            except BaseException:  # a cancelled caller must not take the connection with it
                await self._put(connection)
                raise
            else:
                return connection

    async def _connected(self) -> PooledAsyncConnection:
        for _ in range(PARTS):
            try:
                return await self.getconn(self.timeout / PARTS)
            except PoolClosed:  # while this caller waited
                raise RuntimeError(CLOSED) from None
            except PoolTimeout:
                continue
        # The database lets nobody in: those who wait for their turn need not try.
        why = f"the database gave no connection within {self.timeout:g} s{self.door.reason}"
        error = partial(PoolTimeout, why)
        self.turns.refuse(error)
        raise error()

    async def give_back(self, connection: PooledAsyncConnection) -> None:
        """Take a connection back, in whatever state, and end its caller's turn."""
        if self.forked:  # both are the other process's, as may be the lock of the turns
            return
        try:
            await self._put(connection)
        finally:
            self.turns.pass_on()

    async def _put(self, connection: PooledAsyncConnection) -> None:
        connection.used_at = monotonic()
        await self.putconn(connection)

    def end(self) -> bool:
        """Refuse its use from now on, to those who wait too; tell whether to close it."""
        ended = super().end()
        if ended:
            self.turns.refuse(lambda: RuntimeError(CLOSED))
        return ended

    async def renew(self, lost: PooledAsyncConnection, pause: float = 0.0) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it.

        Do nothing within `pause` seconds after the last time.
        """
        due = lost.number > self._renewed and abs(monotonic() - self._renewed_at) >= pause
        if due and not self.forked:
            self._renewed, self._renewed_at = next(numbers), monotonic()
            await self.drain()


class BlockingPool(Lifetime, ConnectionPool[PooledConnection]):
    """Hand out connections that are alive, as far as can be known, in threads.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has.
    """

    _renewed = 0
    _renewed_at = float("-inf")

    def __init__(self, conninfo: str, *, door: Door, turns: Turns, **arguments: Any) -> None:
        super().__init__(conninfo, **arguments)
        self.door = door
        self.turns = turns

    def take(self) -> PooledConnection:
        """Return a connection, when it is this caller's turn.

        Raise `psycopg_pool.PoolTimeout` if none is to be had in time, and `RuntimeError` if the
        pool may not be used at all.
        """
        self.check_open()
        self.turns.take_blocking()
        try:
            return self._alive()
        except BaseException:
            self.turns.pass_on()
            raise

    def _alive(self) -> PooledConnection:
        while True:
            self.check_open()
            connection = self._connected()
            if 0 <= monotonic() - connection.used_at < FRESH_SECONDS:
                return connection
            try:
                self.check_connection(connection)
            except psycopg.OperationalError:
                self.renew(connection)
                self._put(connection)
            except BaseException:
                self._put(connection)
                raise
            else:
                return connection

    def _connected(self) -> PooledConnection:
        for _ in range(PARTS):
            try:
                return self.getconn(self.timeout / PARTS)
            except PoolClosed:  # while this caller waited
                raise RuntimeError(CLOSED) from None
            except PoolTimeout:
                continue
        # The database lets nobody in: those who wait for their turn need not try.
        why = f"the database gave no connection within {self.timeout:g} s{self.door.reason}"
        error = partial(PoolTimeout, why)
        self.turns.refuse(error)
        raise error()

    def give_back(self, connection: PooledConnection) -> None:
        """Take a connection back, in whatever state, and end its caller's turn."""
        if self.forked:  # both are the other process's, as may be the lock of the turns
            return
        try:
            self._put(connection)
        finally:
            self.turns.pass_on()

    def _put(self, connection: PooledConnection) -> None:
        connection.used_at = monotonic()
        self.putconn(connection)

    def end(self) -> bool:
        """Refuse its use from now on, to those who wait too; tell whether to close it."""
        ended = super().end()
        if ended:
            self.turns.refuse(lambda: RuntimeError(CLOSED))
        return ended

    def renew(self, lost: PooledConnection, pause: float = 0.0) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it.

        Do nothing within `pause` seconds after the last time.
        """
        due = lost.number > self._renewed and abs(monotonic() - self._renewed_at) >= pause
        if due and not self.forked:
            self._renewed, self._renewed_at = next(numbers), monotonic()
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

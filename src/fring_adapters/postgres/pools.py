"""Connection pools: quick to hand out, quick to say no, quick to recover."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.types.numeric import Int8BinaryDumper
from psycopg_pool import AsyncConnectionPool, ConnectionPool, PoolClosed

from fring_adapters.postgres.lifetimes import CLOSED, Lifetime, remember

# A connection that was used a moment ago is taken to be alive; asking it costs a round trip.
FRESH_SECONDS: Final = 1.0


class PooledAsyncConnection(AsyncConnection[tuple[Any, ...]]):
    """Connect, and remember since when, and when the connection was last used."""

    opened_at: float = 0.0
    used_at: float = 0.0

    async def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.opened_at = self.used_at = monotonic()
        remember(self)


class AsyncPool(Lifetime, AsyncConnectionPool[PooledAsyncConnection]):
    """Hand out connections that are alive, as far as can be known, in an event loop.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has.
    """

    _renewed_at = 0.0

    async def take(self) -> PooledAsyncConnection:
        """Return a connection; raise `psycopg_pool.PoolTimeout` if none is to be had in time.

        Raise `RuntimeError` if the pool may not be used at all.
        """
        while True:
            if self.refusal is not None:
                raise RuntimeError(self.refusal)
            try:
                connection = await self.getconn()
            except PoolClosed:  # while this caller waited
                raise RuntimeError(CLOSED) from None
            if monotonic() - connection.used_at < FRESH_SECONDS:
                return connection
            try:
                await self.check_connection(connection)
            except psycopg.OperationalError:
                await self.renew(connection)
                await self.give_back(connection)
            except BaseException:  # a cancelled caller must not take the connection with it
                await self.give_back(connection)
                raise
            else:
                return connection

    async def give_back(self, connection: PooledAsyncConnection) -> None:
        """Take a connection back, in whatever state."""
        if not self.forked:
            connection.used_at = monotonic()
            await self.putconn(connection)

    async def renew(self, lost: PooledAsyncConnection, pause: float = 0.0) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it.

        Do nothing within `pause` seconds after the last time.
        """
        due = lost.opened_at > self._renewed_at and monotonic() >= self._renewed_at + pause
        if due and not self.forked:
            self._renewed_at = monotonic()
            await self.drain()


class PooledConnection(Connection[tuple[Any, ...]]):
    """Connect, and remember since when, and when the connection was last used."""

    opened_at: float = 0.0
    used_at: float = 0.0

    def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.opened_at = self.used_at = monotonic()
        remember(self)


class BlockingPool(Lifetime, ConnectionPool[PooledConnection]):
    """Hand out connections that are alive, as far as can be known, in threads.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has.
    """

    _renewed_at = 0.0

    def take(self) -> PooledConnection:
        """Return a connection; raise `psycopg_pool.PoolTimeout` if none is to be had in time.

        Raise `RuntimeError` if the pool may not be used at all.
        """
        while True:
            if self.refusal is not None:
                raise RuntimeError(self.refusal)
            try:
                connection = self.getconn()
            except PoolClosed:  # while this caller waited
                raise RuntimeError(CLOSED) from None
            if monotonic() - connection.used_at < FRESH_SECONDS:
                return connection
            try:
                self.check_connection(connection)
            except psycopg.OperationalError:
                self.renew(connection)
                self.give_back(connection)
            except BaseException:
                self.give_back(connection)
                raise
            else:
                return connection

    def give_back(self, connection: PooledConnection) -> None:
        """Take a connection back, in whatever state."""
        if not self.forked:
            connection.used_at = monotonic()
            self.putconn(connection)

    def renew(self, lost: PooledConnection, pause: float = 0.0) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it.

        Do nothing within `pause` seconds after the last time.
        """
        due = lost.opened_at > self._renewed_at and monotonic() >= self._renewed_at + pause
        if due and not self.forked:
            self._renewed_at = monotonic()
            self.drain()

    def __del__(self) -> None:
        if not self.forked:  # or it would wait for threads that are not there
            super().__del__()

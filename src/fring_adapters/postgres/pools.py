"""Connection pools: quick to hand out, quick to say no, quick to recover."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

import attrs
import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.types.numeric import Int8BinaryDumper
from psycopg_pool import AsyncConnectionPool, ConnectionPool

# A connection that was used a moment ago is taken to be alive; asking it costs a round trip.
FRESH_SECONDS: Final = 1.0


@attrs.frozen(kw_only=True)
class PoolSettings:
    """Size a pool.

    `size` connections are kept open and up to `overflow` more opened under load; a caller waits
    `timeout` seconds for one at most; each is replaced after `recycle` seconds. Statements are
    prepared when first used, unless `prepare` is False (for a PgBouncer that does not follow them).
    """

    size: int = 16
    overflow: int = 0
    timeout: float = 1.0
    recycle: float = 3600.0
    prepare: bool = True

    def _arguments(self) -> dict[str, Any]:
        return {
            "min_size": self.size,
            "max_size": self.size + self.overflow,
            "timeout": self.timeout,
            "max_lifetime": self.recycle,
            # With the default, 300 s, a pool keeps failing for seconds after an outage is over.
            "reconnect_timeout": 2.0,
            "open": False,
            "kwargs": {
                "autocommit": True,
                "prepare_threshold": 0 if self.prepare else None,
                "application_name": "fring",
                "connect_timeout": 2,
                # A network that has gone silent is noticed within seconds, not hours.
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 5000,
            },
        }

    def pool(self, conninfo: str) -> AsyncPool:
        """Return a pool for event loops, not yet open."""
        return AsyncPool(
            conninfo,
            connection_class=PooledAsyncConnection,
            configure=PooledAsyncConnection.set_up,
            **self._arguments(),
        )

    def blocking_pool(self, conninfo: str) -> BlockingPool:
        """Return a pool for threads, not yet open."""
        return BlockingPool(
            conninfo,
            connection_class=PooledConnection,
            configure=PooledConnection.set_up,
            **self._arguments(),
        )


class PooledAsyncConnection(AsyncConnection[tuple[Any, ...]]):
    """Connect, and remember since when, and when the connection was last used."""

    opened_at: float = 0.0
    used_at: float = 0.0

    async def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.opened_at = self.used_at = monotonic()


class AsyncPool(AsyncConnectionPool[PooledAsyncConnection]):
    """Hand out connections that are alive, as far as can be known, in an event loop.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has.
    """

    _renewed_at = 0.0

    async def take(self) -> PooledAsyncConnection:
        """Return a connection; raise `psycopg_pool.PoolTimeout` if none is to be had in time."""
        while True:
            connection = await self.getconn()
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
        connection.used_at = monotonic()
        await self.putconn(connection)

    async def renew(self, lost: PooledAsyncConnection) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it."""
        if lost.opened_at > self._renewed_at:
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


class BlockingPool(ConnectionPool[PooledConnection]):
    """Hand out connections that are alive, as far as can be known, in threads.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has.
    """

    _renewed_at = 0.0

    def take(self) -> PooledConnection:
        """Return a connection; raise `psycopg_pool.PoolTimeout` if none is to be had in time."""
        while True:
            connection = self.getconn()
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
        connection.used_at = monotonic()
        self.putconn(connection)

    def renew(self, lost: PooledConnection) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it."""
        if lost.opened_at > self._renewed_at:
            self._renewed_at = monotonic()
            self.drain()

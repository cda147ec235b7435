"""Connection pools: quick to hand out, quick to say no, quick to recover."""

from __future__ import annotations

from time import monotonic
from typing import Any, Final

import attrs
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
    prepared when first used, unless `prepare` is False (for a PgBouncer older than 1.21).
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
                "connect_timeout": 5,
            },
        }

    def pool(self, conninfo: str) -> AsyncConnectionPool[PooledAsyncConnection]:
        """Return a pool for event loops, not yet open."""
        return AsyncConnectionPool(
            conninfo,
            connection_class=PooledAsyncConnection,
            configure=PooledAsyncConnection.set_up,
            check=PooledAsyncConnection.check,
            **self._arguments(),
        )

    def blocking_pool(self, conninfo: str) -> ConnectionPool[PooledConnection]:
        """Return a pool for threads, not yet open."""
        return ConnectionPool(
            conninfo,
            connection_class=PooledConnection,
            configure=PooledConnection.set_up,
            check=PooledConnection.check,
            **self._arguments(),
        )


class PooledAsyncConnection(AsyncConnection[tuple[Any, ...]]):
    """Connect, and remember when the connection was last used."""

    used_at: float = 0.0

    async def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)

    async def check(self) -> None:
        """Raise `psycopg.OperationalError` if the connection was idle and has died."""
        if monotonic() - self.used_at > FRESH_SECONDS:
            await AsyncConnectionPool.check_connection(self)


class PooledConnection(Connection[tuple[Any, ...]]):
    """Connect, and remember when the connection was last used."""

    used_at: float = 0.0

    def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)

    def check(self) -> None:
        """Raise `psycopg.OperationalError` if the connection was idle and has died."""
        if monotonic() - self.used_at > FRESH_SECONDS:
            ConnectionPool.check_connection(self)

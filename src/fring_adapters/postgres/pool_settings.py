"""How large a pool is, and how patient."""

from __future__ import annotations

from typing import Any

import attrs

from fring_adapters.postgres.parameters import arguments
from fring_adapters.postgres.pools import (
    AsyncPool,
    BlockingPool,
    PooledAsyncConnection,
    PooledConnection,
)
from fring_adapters.postgres.turns import Turns


@attrs.frozen(kw_only=True)
class PoolSettings:
    """Size a pool.

    `size` connections are kept open and up to `overflow` more opened under load; each is replaced
    after `recycle` seconds. A call waits for its turn while all are in use, in the order in which
    they came: for as long as connections come back, or `patience` seconds if that is not None. It
    waits `timeout` seconds at most for the database to let it in. Statements are prepared when
    first used, unless `prepare` is False (for a PgBouncer that does not follow them).
    """

    size: int = 16
    overflow: int = 0
    timeout: float = 1.0
    patience: float | None = None
    recycle: float = 3600.0
    prepare: bool = True

    def _arguments(self, conninfo: str) -> dict[str, Any]:
        return {
            "min_size": self.size,
            "max_size": self.size + self.overflow,
            "timeout": self.timeout,
            "max_lifetime": self.recycle,
            # With the default, 300 s, a pool keeps failing for seconds after an outage is over.
            "reconnect_timeout": 2.0,
            "open": False,
            "turns": Turns(self.size + self.overflow, self.patience),
            "kwargs": {
                "autocommit": True,
                "prepare_threshold": 0 if self.prepare else None,
                **arguments(conninfo, connect_timeout=2),
            },
        }

    def pool(self, conninfo: str) -> AsyncPool:
        """Return a pool for event loops, not yet open."""
        return AsyncPool(
            conninfo,
            connection_class=PooledAsyncConnection,
            configure=PooledAsyncConnection.set_up,
            **self._arguments(conninfo),
        )

    def blocking_pool(self, conninfo: str) -> BlockingPool:
        """Return a pool for threads, not yet open."""
        return BlockingPool(
            conninfo,
            connection_class=PooledConnection,
            configure=PooledConnection.set_up,
            **self._arguments(conninfo),
        )

"""How large a pool is, and how patient."""

from __future__ import annotations

from math import inf
from typing import Any

import attrs
from attrs.validators import optional

from fring_adapters.postgres.wire.connections import PooledAsyncConnection, PooledConnection
from fring_adapters.postgres.wire.door import DEADLINE_SECONDS, IDLE_SECONDS, Door
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.pools import AsyncPool, BlockingPool
from fring_adapters.postgres.wire.turns import Turns


def _connections(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{field.name}={value!r} must be a number of connections, 0 or more")


def _seconds(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < inf:
        raise ValueError(f"{field.name}={value!r} must be a number of seconds above 0")


def _flag(_: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{field.name}={value!r} must be True or False")  # noqa: TRY004  # as above


@attrs.frozen(kw_only=True)
class PoolSettings:
    """Size a pool.

    `size` connections are kept open and up to `overflow` more opened under load; each is replaced
    after `recycle` seconds. A call waits for its turn while all are in use, in the order in which
    they came: for as long as connections come back, or `patience` seconds if that is not None. It
    waits `timeout` seconds at most for the database to let it in, and `deadline` seconds for a
    statement, which is cancelled then; in a transaction, half as long for a lock. The database
    itself ends a transaction that does nothing for `idle` seconds. Statements are prepared when
    first used, unless `prepare` is False (for a PgBouncer that does not follow them). Calls that
    come together in an event loop go as one statement, unless `coalesce` is False. Raise
    `ValueError` for what is no such number.
    """

    size: int = attrs.field(default=16, validator=_connections)
    overflow: int = attrs.field(default=0, validator=_connections)
    timeout: float = attrs.field(default=1.0, validator=_seconds)
    patience: float | None = attrs.field(default=None, validator=optional(_seconds))
    recycle: float = attrs.field(default=3600.0, validator=_seconds)
    deadline: float = attrs.field(default=DEADLINE_SECONDS, validator=_seconds)
    idle: float = attrs.field(default=IDLE_SECONDS, validator=_seconds)
    prepare: bool = attrs.field(default=True, validator=_flag)
    coalesce: bool = attrs.field(default=True, validator=_flag)

    def __attrs_post_init__(self) -> None:
        if not self.size + self.overflow:
            raise ValueError("size=0 and overflow=0 leave no connection at all")

    def _arguments(self, conninfo: str) -> dict[str, Any]:
        door = Door(self.deadline, idle=self.idle)
        return {
            "min_size": self.size,
            "max_size": self.size + self.overflow,
            "timeout": self.timeout,
            "max_lifetime": self.recycle,
            # With the default, 300 s, a pool keeps failing for seconds after an outage is over.
            "reconnect_timeout": 2.0,
            "open": False,
            "door": door,
            "turns": Turns(self.size + self.overflow, self.patience),
            "kwargs": {
                "door": door,
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

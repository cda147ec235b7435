"""What both kinds of pool share: quick to hand out, quick to say no, quick to recover."""

from __future__ import annotations

from collections import Counter
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs
import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from fring_adapters.postgres.wire.connections import (
    PooledAsyncConnection,
    PooledConnection,
    numbers,
)
from fring_adapters.postgres.wire.held_up import held_up
from fring_adapters.postgres.wire.lifetimes import CLOSED, Lifetime
from fring_adapters.postgres.wire.turns import ANY
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from fring_adapters.postgres.wire.door import Door
    from fring_adapters.postgres.wire.statement import Statement
    from fring_adapters.postgres.wire.turns import Tables, Turns

P = TypeVar("P", PooledAsyncConnection, PooledConnection)

# A connection that was used a moment ago is taken to be alive; asking it costs a round trip.
FRESH_SECONDS: Final = 1.0
# The time for a connection is measured in parts: an event loop that is held up by thousands of
# callers lets a timer run out before it looks at what has arrived.
PARTS: Final = 4


@attrs.frozen
class PoolStatistics:
    """Hold how a pool does: connections that are open and in use, callers that wait for one.

    What follows has grown since the pool was opened: seconds that callers have waited, together,
    and that connections were in use; connections that could not be made; errors of statements, by
    class of SQLSTATE; statements, by how many calls they served, up to the next power of two.
    """

    open: int
    in_use: int
    waiting: int
    waited_seconds: float
    used_seconds: float
    failed_connections: int
    errors: Mapping[str, int]
    statements: Mapping[int, int] = attrs.field(factory=dict)


class Supply(Lifetime, Generic[P]):
    """Hand out connections that are alive, as far as can be known.

    The pool's own `check` will not do: after one dead connection it waits for about a second,
    which is all the time that a caller has. A pool of psycopg_pool fills in how it takes a turn
    and gets, asks, puts back and drains connections, in its colour.
    """

    timeout: float
    get_stats: Callable[[], dict[str, int]]
    _pool: deque[P]
    _used = 0.0
    _renewed = 0
    _renewed_at = float("-inf")

    def __init__(self, conninfo: str, *, door: Door, turns: Turns, **arguments: Any) -> None:
        super().__init__(conninfo, **arguments)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the pool's own
        self.door = door
        self.turns = turns
        self.turns.held_up = self._held_up
        self.under_way: dict[Any, tuple[Statement, float]] | None = {}
        self.errors: Counter[str] | None = Counter()

    async def take(self, tables: Tables = ANY) -> P:
        """Return a connection, when it is the turn of a caller that needs these tables.

        Raise `psycopg_pool.PoolTimeout` if none is to be had in time, and `RuntimeError` if the
        pool may not be used at all.
        """
        self.check_open()
        await self._turn(tables)
        try:
            connection = await self._alive()
        except BaseException:
            self.turns.pass_on()
            raise
        connection.taken_at = monotonic()
        return connection

    async def _alive(self) -> P:
        while True:
            self.check_open()
            connection = await self._connected()
            if 0 <= monotonic() - connection.used_at < FRESH_SECONDS:
                return connection
            try:
                await self._ask(connection)
            except (psycopg.OperationalError, StoreUnavailable):
                await self.renew(connection)
                await self._put(connection)
            except BaseException:  # a cancelled caller must not take the connection with it
                await self._put(connection)
                raise
            else:
                return connection

    async def _connected(self) -> P:
        for _ in range(PARTS):
            # Last in, first out: first in, first out would let each of them grow old, and be asked.
            self._pool.rotate()
            try:
                return await self._get(self.timeout / PARTS)
            except PoolClosed:  # while this caller waited
                raise RuntimeError(CLOSED) from None
            except PoolTimeout:
                continue
        # The database lets nobody in: those who wait for their turn need not try.
        why = f"the database gave no connection within {self.timeout:g} s{self.door.reason}"
        error = partial(PoolTimeout, why)
        self.turns.refuse(error)
        raise error()

    def _held_up(self) -> frozenset[str]:
        return held_up(tuple((self.under_way or {}).values()), monotonic())

    def statistics(self) -> PoolStatistics:
        """Return how it does."""
        found = self.get_stats()
        return PoolStatistics(
            open=found.get("pool_size", 0),
            in_use=self.turns.taken(),
            waiting=self.turns.waiting(),
            waited_seconds=self.turns.waited,
            used_seconds=self._used,
            failed_connections=found.get("connections_errors", 0),
            errors=dict(self.errors or {}),
        )

    async def give_back(self, connection: P) -> None:
        """Take a connection back, in whatever state, and end its caller's turn."""
        if self.forked:  # both are the other process's, as may be the lock of the turns
            return
        try:
            connection.used_at = monotonic()
            self._used += connection.used_at - connection.taken_at
            await self._put(connection)
        finally:
            self.turns.pass_on()

    def hurried(self, connection: P, seconds: float) -> AbstractContextManager[None]:
        """Have what is sent in this block end after so many seconds at most."""
        return connection.hurried(seconds)

    def end(self) -> bool:
        """Refuse its use from now on, to those who wait too; tell whether to close it."""
        ended = super().end()
        if ended:
            self.turns.refuse(lambda: RuntimeError(CLOSED))
        return ended

    async def renew(self, lost: P, pause: float = 0.0) -> None:
        """Replace the connections that are as old as a lost one: they will have died with it.

        Do nothing within `pause` seconds after the last time.
        """
        due = lost.number > self._renewed and abs(monotonic() - self._renewed_at) >= pause
        if due and not self.forked:
            self._renewed, self._renewed_at = next(numbers), monotonic()
            await self._drain()

    async def _turn(self, tables: Tables) -> None:
        raise NotImplementedError

    async def _get(self, seconds: float) -> P:
        raise NotImplementedError

    async def _ask(self, connection: P) -> None:
        raise NotImplementedError

    async def _put(self, connection: P) -> None:
        raise NotImplementedError

    async def _drain(self) -> None:
        raise NotImplementedError

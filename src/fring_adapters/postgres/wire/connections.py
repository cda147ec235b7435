"""The connections of a pool, which wait for the database no longer than they may."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection, waiting

from fring_adapters.postgres.wire.cursors import FringAsyncCursor, FringCursor
from fring_adapters.postgres.wire.door import ASK_SECONDS
from fring_adapters.postgres.wire.lifetimes import remember
from fring_adapters.postgres.wire.statement import Row
from fring_adapters.postgres.wire.waits import Pooled, is_late, is_waiting, note

if TYPE_CHECKING:
    from typing import Self

    from psycopg.abc import PQGen

    from fring_adapters.postgres.wire.door import Door

T = TypeVar("T")

# In the order of their making, which no clock decides: tests set it back and forth.
numbers: Final = count(1)

INTERVAL_SECONDS: Final = 0.1  # psycopg's own, after which it looks for Ctrl-C


class PooledAsyncConnection(Pooled, AsyncConnection[Row]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    _cursor: FringAsyncCursor | None = None

    @classmethod
    async def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            connection = await super().connect(conninfo, **arguments)
        connection.enter(door)
        connection.add_notice_handler(partial(note, connection.noticed))
        return connection

    async def set_up(self) -> None:
        """Make it one of its pool."""
        self.number, self.used_at = next(numbers), monotonic()
        remember(self)

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = INTERVAL_SECONDS,
        timeout: float | None = None,  # noqa: ASYNC109  # as in psycopg
    ) -> T:
        """Wait for the database; raise `StoreUnavailable` if that takes longer than it may.

        What is late, or whose caller was stopped, has `cancel_seconds` to end. psycopg itself would
        give it ten seconds, and does not count what it waits before.
        """
        socket = self.pgconn.socket
        try:
            found = await waiting.wait_async(gen, socket, interval, timeout or self.deadline)
            return self.confirmed(found)
        except BaseException as error:
            if not is_waiting(self):
                raise
            stopped = error
        ends = monotonic() + self.cancel_seconds
        try:
            with suppress(psycopg.Error):
                await self.cancel_safe(timeout=self.cancel_seconds)
            found = await waiting.wait_async(gen, socket, interval, max(0.0, ends - monotonic()))
        except psycopg.Error as error:
            stopped = self.outcome(stopped, error)
        else:
            if is_late(stopped):
                return self.confirmed(found)
        finally:
            self.noticed.clear()
            if is_waiting(self):  # the database does not answer at all
                self.pgconn.finish()
        raise stopped from stopped.__cause__

    def kept_cursor(self) -> FringAsyncCursor:
        """Return the cursor that was used before, if it is open: to make one takes its time."""
        if self._cursor is None or self._cursor.closed:
            self._cursor = FringAsyncCursor(self)
        return self._cursor

    async def ask(self) -> None:
        """Raise what a statement raises unless the database answers in `ASK_SECONDS`."""
        with self.hurried(ASK_SECONDS):
            await self.execute("")


class PooledConnection(Pooled, Connection[Row]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    _cursor: FringCursor | None = None

    @classmethod
    def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            connection = super().connect(conninfo, **arguments)
        connection.enter(door)
        connection.add_notice_handler(partial(note, connection.noticed))
        return connection

    def set_up(self) -> None:
        """Make it one of its pool."""
        self.number, self.used_at = next(numbers), monotonic()
        remember(self)

    def wait(
        self, gen: PQGen[T], interval: float = INTERVAL_SECONDS, timeout: float | None = None
    ) -> T:
        """Wait for the database, as `PooledAsyncConnection.wait` does."""
        socket = self.pgconn.socket
        try:
            found = waiting.wait(gen, socket, interval, timeout or self.deadline)
            return self.confirmed(found)
        except BaseException as error:
            if not is_waiting(self):
                raise
            stopped = error
        ends = monotonic() + self.cancel_seconds
        try:
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=self.cancel_seconds)
            found = waiting.wait(gen, socket, interval, max(0.0, ends - monotonic()))
        except psycopg.Error as error:
            stopped = self.outcome(stopped, error)
        else:
            if is_late(stopped):
                return self.confirmed(found)
        finally:
            self.noticed.clear()
            if is_waiting(self):  # the database does not answer at all
                self.pgconn.finish()
        raise stopped from stopped.__cause__

    def kept_cursor(self) -> FringCursor:
        """Return the cursor that was used before, if it is open."""
        if self._cursor is None or self._cursor.closed:
            self._cursor = FringCursor(self)
        return self._cursor

    def ask(self) -> None:
        """Ask as `PooledAsyncConnection.ask` does."""
        with self.hurried(ASK_SECONDS):
            self.execute("")

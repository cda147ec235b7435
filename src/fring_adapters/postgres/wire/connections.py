"""The connections of a pool, which wait for the database no longer than they may."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection, waiting
from psycopg.pq import TransactionStatus

from fring_adapters.postgres.wire.door import ASK_SECONDS, CANCEL_SECONDS, DEADLINE_SECONDS
from fring_adapters.postgres.wire.lifetimes import remember
from fring_adapters.postgres.wire.statement import Row
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from psycopg.abc import PQGen
    from psycopg.errors import Diagnostic

    from fring_adapters.postgres.wire.door import Door

T = TypeVar("T")

# In the order of their making, which no clock decides: tests set it back and forth.
numbers: Final = count(1)

# What PostgreSQL warns from if it ends the wait for a synchronous standby: what is cancelled then has
# succeeded all the same.
_UNCONFIRMED: Final = "SyncRepWaitForLSN"

INTERVAL_SECONDS: Final = 0.1  # psycopg's own, after which it looks for Ctrl-C


def _is_waiting(connection: AsyncConnection[Row] | Connection[Row]) -> bool:
    # Of what ends a wait, only its own time, or a caller that is stopped, leaves a statement going.
    return connection.pgconn.transaction_status == TransactionStatus.ACTIVE


def _is_late(error: BaseException) -> bool:
    return isinstance(error, psycopg.OperationalError)


def _note(noticed: list[str | None], notice: Diagnostic) -> None:
    noticed.append(notice.source_function)  # now: the notice itself is gone afterwards


class _Pooled:
    """Hold what the pool knows of a connection, and how patient it is."""

    number: int = 0
    taken_at: float = 0.0
    used_at: float = 0.0
    deadline: float = DEADLINE_SECONDS
    cancel_seconds: float = CANCEL_SECONDS
    limits: bytes = b""
    noticed: list[str | None]  # where in the server the notices of the last statement came from

    def enter(self, door: Door) -> None:
        """Keep to what a door allows."""
        self.deadline, self.cancel_seconds, self.limits = door.deadline, door.cancel, door.limits
        self.noticed = []

    def _outcome(self, stopped: BaseException, error: psycopg.Error) -> BaseException:
        """Return what to raise for a wait that was stopped, and then ended with an error."""
        if not _is_late(stopped):  # its caller was stopped, and has to learn of that
            return stopped
        if not _is_late(error):
            return error
        late = StoreUnavailable(
            f"A statement took longer than {self.deadline:g} s and was cancelled"
        )
        late.__cause__ = error  # which tells whether the database has cancelled it
        return late

    def _confirmed(self, found: T) -> T:
        """Return what was found; raise `StoreUnavailable` if nobody knows whether it will last."""
        if self.noticed:
            is_unconfirmed = _UNCONFIRMED in self.noticed
            self.noticed.clear()
            if is_unconfirmed:
                raise StoreUnavailable("No synchronous standby has confirmed a commit in time")
        return found

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Wait so many seconds at most in this block."""
        deadline, self.deadline = self.deadline, min(self.deadline, seconds)
        try:
            yield
        finally:
            self.deadline = deadline


class PooledAsyncConnection(_Pooled, AsyncConnection[Row]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    @classmethod
    async def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            connection = await super().connect(conninfo, **arguments)
        connection.enter(door)
        connection.add_notice_handler(partial(_note, connection.noticed))
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
            return self._confirmed(found)
        except BaseException as error:
            if not _is_waiting(self):
                raise
            stopped = error
        ends = monotonic() + self.cancel_seconds
        try:
            with suppress(psycopg.Error):
                await self.cancel_safe(timeout=self.cancel_seconds)
            found = await waiting.wait_async(gen, socket, interval, max(0.0, ends - monotonic()))
        except psycopg.Error as error:
            stopped = self._outcome(stopped, error)
        else:
            if _is_late(stopped):
                return self._confirmed(found)
        finally:
            self.noticed.clear()
            if _is_waiting(self):  # the database does not answer at all
                self.pgconn.finish()
        raise stopped from stopped.__cause__

    async def ask(self) -> None:
        """Raise what a statement raises unless the database answers in `ASK_SECONDS`."""
        with self.hurried(ASK_SECONDS):
            await self.execute("")


class PooledConnection(_Pooled, Connection[Row]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    @classmethod
    def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            connection = super().connect(conninfo, **arguments)
        connection.enter(door)
        connection.add_notice_handler(partial(_note, connection.noticed))
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
            return self._confirmed(found)
        except BaseException as error:
            if not _is_waiting(self):
                raise
            stopped = error
        ends = monotonic() + self.cancel_seconds
        try:
            with suppress(psycopg.Error):
                self.cancel_safe(timeout=self.cancel_seconds)
            found = waiting.wait(gen, socket, interval, max(0.0, ends - monotonic()))
        except psycopg.Error as error:
            stopped = self._outcome(stopped, error)
        else:
            if _is_late(stopped):
                return self._confirmed(found)
        finally:
            self.noticed.clear()
            if _is_waiting(self):  # the database does not answer at all
                self.pgconn.finish()
        raise stopped from stopped.__cause__

    def ask(self) -> None:
        """Ask as `PooledAsyncConnection.ask` does."""
        with self.hurried(ASK_SECONDS):
            self.execute("")

"""The connections of a pool: what the database says to those it keeps out, and a deadline."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.pq import TransactionStatus

from fring_adapters.postgres.wire.lifetimes import remember
from fring_adapters.postgres.wire.statement import Row
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from psycopg.abc import PQGen

T = TypeVar("T")

# In the order of their making, which no clock decides: tests set it back and forth.
numbers: Final = count(1)

# The longest that the database may take to answer, for a lock above all. It is measured here: a
# session setting would not survive PgBouncer.
DEADLINE_SECONDS: Final = 10.0
# The longest that it may take to cancel, before the connection is given up.
CANCEL_SECONDS: Final = 1.0
INTERVAL_SECONDS: Final = 0.1  # psycopg's own, after which it looks for Ctrl-C


class Door:
    """Remember what libpq said when the database last let nobody in.

    The pool itself only logs it: to its callers, a wrong password is a time that has run out.
    `reason` is empty as long as the last attempt succeeded. Whoever is let in may wait `deadline`
    seconds for an answer, and `cancel` seconds for it to be cancelled then.
    """

    reason = ""

    def __init__(self, deadline: float = DEADLINE_SECONDS, cancel: float = CANCEL_SECONDS) -> None:
        self.deadline = deadline
        self.cancel = cancel

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Hold for as long as an attempt lasts."""
        try:
            yield
        except psycopg.Error as error:
            self.reason = f": {error}"
            raise
        self.reason = ""


def _is_waiting(connection: AsyncConnection[Row] | Connection[Row]) -> bool:
    # Of what psycopg raises, only a wait that was too long leaves the statement under way.
    return connection.pgconn.transaction_status == TransactionStatus.ACTIVE


def _too_late(connection: PooledAsyncConnection | PooledConnection) -> StoreUnavailable:
    if _is_waiting(connection):  # the database does not answer at all
        connection.pgconn.finish()
    return StoreUnavailable(
        f"A statement took longer than {connection.deadline:g} s and was cancelled"
    )


class PooledAsyncConnection(AsyncConnection[Row]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    number: int = 0
    taken_at: float = 0.0
    used_at: float = 0.0
    deadline: float = DEADLINE_SECONDS
    cancel_seconds: float = CANCEL_SECONDS

    @classmethod
    async def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            connection = await super().connect(conninfo, **arguments)
        connection.deadline, connection.cancel_seconds = door.deadline, door.cancel
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
        """Wait for the database; raise `StoreUnavailable` if that takes longer than it may."""
        try:
            return await super().wait(gen, interval, timeout or self.deadline)
        except psycopg.OperationalError:
            if not _is_waiting(self):
                raise
        with suppress(psycopg.Error):
            await self.cancel_safe(timeout=self.cancel_seconds)
        try:
            return await super().wait(gen, interval, self.cancel_seconds)
        except psycopg.OperationalError:
            raise _too_late(self) from None


class PooledConnection(Connection[Row]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    number: int = 0
    taken_at: float = 0.0
    used_at: float = 0.0
    deadline: float = DEADLINE_SECONDS
    cancel_seconds: float = CANCEL_SECONDS

    @classmethod
    def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            connection = super().connect(conninfo, **arguments)
        connection.deadline, connection.cancel_seconds = door.deadline, door.cancel
        return connection

    def set_up(self) -> None:
        """Make it one of its pool."""
        self.number, self.used_at = next(numbers), monotonic()
        remember(self)

    def wait(
        self, gen: PQGen[T], interval: float = INTERVAL_SECONDS, timeout: float | None = None
    ) -> T:
        """Wait for the database; raise `StoreUnavailable` if that takes longer than it may."""
        try:
            return super().wait(gen, interval, timeout or self.deadline)
        except psycopg.OperationalError:
            if not _is_waiting(self):
                raise
        with suppress(psycopg.Error):
            self.cancel_safe(timeout=self.cancel_seconds)
        try:
            return super().wait(gen, interval, self.cancel_seconds)
        except psycopg.OperationalError:
            raise _too_late(self) from None

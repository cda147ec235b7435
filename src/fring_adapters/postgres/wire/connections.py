"""The connections of a pool, and what the database says to those that it does not let in."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.types.numeric import Int8BinaryDumper

from fring_adapters.postgres.wire.lifetimes import remember

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

# In the order of their making, which no clock decides: tests set it back and forth.
numbers: Final = count(1)


class Door:
    """Remember what libpq said when the database last let nobody in.

    The pool itself only logs it: to its callers, a wrong password is a time that has run out.
    `reason` is empty as long as the last attempt succeeded.
    """

    reason = ""

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Hold for as long as an attempt lasts."""
        try:
            yield
        except psycopg.Error as error:
            self.reason = f": {error}"
            raise
        self.reason = ""


class PooledAsyncConnection(AsyncConnection[tuple[Any, ...]]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    number: int = 0
    used_at: float = 0.0

    @classmethod
    async def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            return await super().connect(conninfo, **arguments)

    async def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.number, self.used_at = next(numbers), monotonic()
        remember(self)


class PooledConnection(Connection[tuple[Any, ...]]):
    """Connect, and remember which of all connections it is, and when it was last used."""

    number: int = 0
    used_at: float = 0.0

    @classmethod
    def connect(cls, conninfo: str = "", *, door: Door, **arguments: Any) -> Self:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # only pools call it
        """Connect as psycopg does, and have the door remember a failure."""
        with door.watched():
            return super().connect(conninfo, **arguments)

    def set_up(self) -> None:
        """Send every integer as BIGINT: by size, each statement would be prepared several times."""
        self.adapters.register_dumper(int, Int8BinaryDumper)
        self.number, self.used_at = next(numbers), monotonic()
        remember(self)

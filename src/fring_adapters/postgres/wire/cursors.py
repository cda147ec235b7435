"""Cursors that send and read values as Fring does, whatever their connection is set to.

A connection may be the host's, with row factories, dumpers and loaders of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import AsyncCursor, Cursor
from psycopg.adapt import AdaptersMap
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8BinaryDumper

from fring_adapters.postgres.wire.statement import Row

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

_ADAPTERS: Final = AdaptersMap(psycopg.adapters)
# Every integer is sent as BIGINT: by size, each statement would be prepared several times.
_ADAPTERS.register_dumper(int, Int8BinaryDumper)


class FringAsyncCursor(AsyncCursor[Row]):
    """Return tuples, in an event loop."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        super().__init__(connection, row_factory=tuple_row)

    @property
    def adapters(self) -> AdaptersMap:
        """Return what converts values."""
        return _ADAPTERS


class FringCursor(Cursor[Row]):
    """Return tuples, blocking the thread."""

    def __init__(self, connection: Connection[Any]) -> None:
        super().__init__(connection, row_factory=tuple_row)

    @property
    def adapters(self) -> AdaptersMap:
        """Return what converts values."""
        return _ADAPTERS

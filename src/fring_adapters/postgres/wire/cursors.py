"""Cursors that send and read values as Fring does, whatever their connection is set to.

A connection may be the host's, with row factories, dumpers and loaders of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import psycopg
from psycopg import AsyncCursor, Cursor
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8BinaryDumper

from fring_adapters.postgres.wire.arrays import register
from fring_adapters.postgres.wire.statement import Row

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection
    from psycopg.adapt import Loader

_ADAPTERS: Final = AdaptersMap(psycopg.adapters)
# Every integer is sent as BIGINT: by size, each statement would be prepared several times.
_ADAPTERS.register_dumper(int, Int8BinaryDumper)
register(_ADAPTERS)

# A cursor holds the rows of its last statement: so many, if it is to be used again.
MOST_KEPT: Final = 100

_MOMENT: Final = psycopg.adapters.types["timestamptz"].oid
_LOADER: Any = psycopg.adapters.get_loader(_MOMENT, Format.BINARY)


class _InUtc:
    """Make what loads moments in UTC: without a connection, it knows no other zone.

    To bring each into the zone of the session, and then into UTC, takes longer than all else.
    """

    format = Format.BINARY

    def __call__(self, oid: int, _: object = None) -> Loader:
        loader: Loader = _LOADER(oid)
        return loader


_ADAPTERS.register_loader(_MOMENT, cast("type[Loader]", _InUtc()))


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

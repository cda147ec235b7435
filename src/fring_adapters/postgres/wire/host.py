"""Drivers for a connection of the host's, whose transaction and settings are its own."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.pq import TransactionStatus

from fring_adapters.postgres.wire.async_driver import AsyncDriver
from fring_adapters.postgres.wire.blocking_driver import BlockingDriver
from fring_adapters.postgres.wire.cursors import FringAsyncCursor, FringCursor
from fring_adapters.postgres.wire.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_FAILED: Final = "The connection's transaction has failed: roll it back before you go on"
_HINT: Final = "; SQLAlchemy's has one, as connection.connection.driver_connection"


def _is_to_be_begun(connection: psycopg.AsyncConnection[Any] | psycopg.Connection[Any]) -> bool:
    """Tell whether psycopg would begin a transaction by itself, which only the host may commit."""
    status = connection.pgconn.transaction_status
    if status == TransactionStatus.INERROR:
        raise RuntimeError(_FAILED)
    return status == TransactionStatus.IDLE and not connection.autocommit


class AsyncHostDriver(AsyncDriver):
    """Send on the host's connection, in an event loop."""

    @asynccontextmanager
    async def transaction(self, connection: psycopg.AsyncConnection[Any]) -> AsyncIterator[None]:
        """Open a savepoint in the host's transaction, or one of our own in autocommit."""
        if _is_to_be_begun(connection):
            await FringAsyncCursor(connection).execute("")
        async with connection.transaction():
            yield

    async def renew(self, lost: psycopg.AsyncConnection[Any], pause: float = 0.0) -> None:
        """Leave it to the host."""


class BlockingHostDriver(BlockingDriver):
    """Send on the host's connection, blocking the thread."""

    @asynccontextmanager
    async def transaction(self, connection: psycopg.Connection[Any]) -> AsyncIterator[None]:
        """Open a savepoint in the host's transaction, or one of our own in autocommit."""
        if _is_to_be_begun(connection):
            FringCursor(connection).execute("")
        with connection.transaction():
            yield

    async def renew(self, lost: psycopg.Connection[Any], pause: float = 0.0) -> None:
        """Leave it to the host."""


def on_async(connection: object, schema: str | None) -> Transaction[psycopg.AsyncConnection[Any]]:
    """Return an executor on the host's connection; raise what `PostgresStore.on` says."""
    if not isinstance(connection, psycopg.AsyncConnection):
        raise TypeError(_wrong(connection, "PostgresStore", "AsyncConnection"))
    _check(connection)
    driver = AsyncHostDriver()
    driver.schema = schema
    return Transaction(driver, connection)


def on_blocking(connection: object, schema: str | None) -> Transaction[psycopg.Connection[Any]]:
    """Return an executor on the host's connection; raise what `BlockingPostgresStore.on` says."""
    if not isinstance(connection, psycopg.Connection):
        raise TypeError(_wrong(connection, "BlockingPostgresStore", "Connection"))
    _check(connection)
    driver = BlockingHostDriver()
    driver.schema = schema
    return Transaction(driver, connection)


def _wrong(connection: object, store: str, kind: str) -> str:
    return f"{store}.on takes a psycopg.{kind}, not {type(connection)!r}{_hint(connection)}"


def _hint(connection: object) -> str:
    if isinstance(connection, psycopg.Connection):
        return ": BlockingPostgresStore.on takes that"
    if isinstance(connection, psycopg.AsyncConnection):
        return ": PostgresStore.on takes that"
    return _HINT


def _check(connection: psycopg.AsyncConnection[Any] | psycopg.Connection[Any]) -> None:
    if connection.closed:
        raise RuntimeError("The connection is closed: a store on it needs an open one")
    if connection.info.encoding != "utf-8":
        raise ValueError(
            f"The connection sends texts as {connection.info.encoding}, which cannot hold them"
            " all: open it with client_encoding=utf8"
        )

"""Transactions that set the tables up, change or read them: alone, if others must not meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from fring_adapters.postgres.setup.places import Place, SchemaError
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

# Any number that no other program is likely to take: "fring" on a telephone's keys.
LOCK: Final = 37464
LOCK_SECONDS: Final = 30
CONNECT_SECONDS: Final = 10  # a database that has to be woken takes longer than one in use


@contextmanager
def alone(
    url: str, place: Place, *, task: str = "set up", reads: bool = False
) -> Iterator[Connection]:
    """Give a transaction under Fring's advisory lock; it ends with the block, and the lock with it.

    If `reads` is True, it can change nothing. The errors are those of `transaction`.
    """
    with transaction(url, place, task, mode="READ ONLY" if reads else None) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        yield connection


@contextmanager
def transaction(url: str, place: Place, task: str, *, mode: str | None) -> Iterator[Connection]:
    """Give a transaction of a mode, such as "READ ONLY"; it has taken no snapshot yet.

    Raise `StoreUnavailable` if the database is away or somebody keeps a lock for 30 seconds, and
    `SchemaError`, which names the `task`, for all else that the database refuses.
    """
    try:
        with engine(url).begin() as connection:
            if mode:
                connection.execute(text(f"SET TRANSACTION {mode}"))
            _check_encoding(connection, place)
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            yield connection
    except (DBAPIError, psycopg.Error) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(said, psycopg.errors.LockNotAvailable):
            raise StoreUnavailable(
                f"Somebody keeps a lock in {place.database} for over {LOCK_SECONDS} s: another"
                " Fring that is upgrading it, or a session that was left open; end it, and try again"
            ) from error
        if isinstance(said, psycopg.OperationalError):
            raise StoreUnavailable(f"Cannot reach {place.database}: {said}") from error
        raise SchemaError(f"Cannot {task} {place}: {said}") from error


def engine(url: str) -> Engine:
    """Return a source of connections as Fring makes them, each of them used once."""
    conninfo = to_conninfo(url)
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(
            conninfo,
            **arguments(conninfo, connect_timeout=CONNECT_SECONDS),
        ),
        poolclass=NullPool,
    )


def driver_of(connection: Connection) -> psycopg.Connection:
    """Return psycopg's own connection behind one of SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101  # `engine` makes no other
    return driver


def _check_encoding(connection: Connection, place: Place) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise SchemaError(
            f"{place.database} stores text as {encoding}, which has no place for every character;"
            " Fring needs one that was created with ENCODING 'UTF8' (and TEMPLATE template0)"
        )

"""PostgreSQL for a run of tests: a server that is thrown away, and databases on it.

The fixtures of `fring_adapters.pytest_plugin` are made of these.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from fring_adapters.postgres import prepare
from fring_adapters.postgres.embedded import embedded
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.urls import to_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def passing_server() -> Iterator[str]:
    """Run an embedded PostgreSQL in a temporary folder, and give its URL."""
    # Not below pytest's own folder: as root, PostgreSQL runs as another user, and any other
    # pytest that starts meanwhile takes that folder's permissions away.
    with (
        TemporaryDirectory(prefix="fring-tests-", ignore_cleanup_errors=True) as folder,
        embedded(Path(folder) / "data") as url,
    ):
        with psycopg.connect(url, autocommit=True) as connection:
            # Nobody needs the tests' data after a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


@contextmanager
def passing_database(server: str) -> Iterator[str]:
    """Create a database with Fring's tables on a server, and give its URL; drop it at the end."""
    name = f"fring_test_{uuid4().hex}"
    with psycopg.connect(to_conninfo(server), autocommit=True) as connection:
        create = SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
        connection.execute(create.format(Identifier(name)))
        url = urlsplit(server)._replace(path=f"/{name}").geturl()
        prepare(url)
        yield url
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def empty(url: str, patience: str = "10s") -> None:
    """Delete what Fring's tables in a database hold; ids begin at 1 again.

    Raise `psycopg.errors.LockNotAvailable` if somebody has written in a transaction that stays
    open for longer than `patience`.
    """
    names = [table.name for table in reversed(metadata.sorted_tables)]
    tables = SQL(", ").join(map(Identifier, names))
    # For a few rows TRUNCATE takes fifteen times as long.
    statements = [
        SQL("SET lock_timeout = {}").format(patience),
        SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(tables),
        *(SQL("DELETE FROM {}").format(Identifier(name)) for name in names),
        SQL("SELECT setval(pg_get_serial_sequence('users', 'id'), 1, false)"),
        SQL("SELECT setval(pg_get_serial_sequence('tasks', 'id'), 1, false)"),
    ]
    with psycopg.connect(to_conninfo(url)) as connection:
        connection.execute(SQL("; ").join(statements))

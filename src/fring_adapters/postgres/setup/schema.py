"""The tables of a database: set up when it is empty, checked when it is not."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.urls import described, to_conninfo
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine

# Any number that no other program is likely to take: "fring" on a telephone's keys.
LOCK: Final = 37464
LOCK_SECONDS: Final = 30
CONNECT_SECONDS: Final = 10  # a database that has to be woken takes longer than one in use
MIGRATIONS: Final = Path(__file__).parent / "migrations"
UPGRADE_COMMAND: Final = "fring db upgrade"


_alembic = Lock()  # its scripts know the connection by module state


def _unlock() -> None:
    # The thread that held it is not there in a child.
    global _alembic
    _alembic = Lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_unlock)


class SchemaError(Exception):
    """Report a database whose tables this version of Fring cannot work with; it is untouched."""


def prepare(url: str, *, upgrade: bool = False) -> str:
    """Make sure that the database has this version's tables; return their revision.

    An empty database is set up. An older one is upgraded if `upgrade` is True, and otherwise
    refused, as is one that is newer, holds tables of these names that are not Fring's, or stores
    text otherwise than as UTF-8. All of it happens in one transaction under an advisory lock that
    ends with it, so workers and threads that start together do not collide. Raise `SchemaError`,
    `StoreUnavailable` if the database is away or somebody keeps a lock for 30 seconds, or
    `ValueError` for a URL that names no PostgreSQL database, `TypeError` for what is no text.
    """
    # Only here: it takes long, and who only serves does without.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    assert head is not None  # noqa: S101  # the wheel holds the scripts
    try:
        with _engine(url).begin() as connection:
            _check_encoding(connection, url)
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            current = MigrationContext.configure(connection).get_current_revision()
            if current != head:
                _check(connection, current, scripts, url, upgrade=upgrade)
                config.attributes["connection"] = connection
                with _alembic:
                    command.upgrade(config, "head")
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise StoreUnavailable(
                f"Somebody keeps a lock in {described(url)} for over {LOCK_SECONDS} s: another"
                " Fring that is upgrading it, or a session that was left open; end it, and try again"
            ) from error
        raise StoreUnavailable(f"Cannot reach {described(url)}: {error.orig}") from error
    except DBAPIError as error:
        raise SchemaError(f"Cannot set up {described(url)}: {error.orig}") from error
    return head


def _engine(url: str) -> Engine:
    conninfo = to_conninfo(url)
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: psycopg.connect(
            conninfo,
            **arguments(conninfo, connect_timeout=CONNECT_SECONDS),
        ),
        poolclass=NullPool,
    )


def _check_encoding(connection: Connection, url: str) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise SchemaError(
            f"{described(url)} stores text as {encoding}, which has no place for every character;"
            " Fring needs one that was created with ENCODING 'UTF8' (and TEMPLATE template0)"
        )


def _check(
    connection: Connection,
    current: str | None,
    scripts: ScriptDirectory,
    url: str,
    *,
    upgrade: bool,
) -> None:
    if current is None:
        strangers = metadata.tables.keys() & set(inspect(connection).get_table_names())
        if strangers:
            names = ", ".join(sorted(strangers))
            raise SchemaError(f"{described(url)} has tables that are not Fring's: {names}")
    elif current not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaError(
            f"{described(url)} was set up by a newer Fring (revision {current}); upgrade Fring"
        )
    elif not upgrade:
        raise SchemaError(
            f"{described(url)} was set up by an older Fring (revision {current}); back it up and"
            f" run `{UPGRADE_COMMAND}`, or start with FRING_MIGRATE=auto"
        )

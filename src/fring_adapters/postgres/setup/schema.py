"""The tables of a database: set up when it is empty, checked when it is not."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from fring_adapters.postgres.setup.places import Place, SchemaError
from fring_adapters.postgres.setup.revisions import MIGRATIONS
from fring_adapters.postgres.setup.versions import FORMER_TABLE, current_revision, found
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import described, to_conninfo
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine

# Any number that no other program is likely to take: "fring" on a telephone's keys.
LOCK: Final = 37464
LOCK_SECONDS: Final = 30
CONNECT_SECONDS: Final = 10  # a database that has to be woken takes longer than one in use
UPGRADE_COMMAND: Final = "fring db upgrade"
OWN_SCHEMA: Final = (
    'FRING_SCHEMA=fring gives Fring a schema of its own beside them, from Python schema="fring"'
)


_alembic = Lock()  # its scripts know the connection by module state


def _unlock() -> None:
    # The thread that held it is not there in a child.
    global _alembic
    _alembic = Lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_unlock)


def prepare(url: str, *, schema: str | None = None, upgrade: bool = False) -> str:
    """Make sure that the database has this version's tables; return their revision.

    They are in `schema`, which is created if it is missing, or if it is None wherever the
    connection's search path leads. An empty database is set up. An older one is upgraded if
    `upgrade` is True, and otherwise refused, as is one that is newer, holds tables of these names
    that are not Fring's, or stores text otherwise than as UTF-8. Among the tables of a program that
    uses Alembic, Fring is set up only if `schema` says so. All of it happens in one transaction
    under an advisory lock that ends with it, so workers and threads that start together do not
    collide. Raise `SchemaError`, `StoreUnavailable` if the database is away or somebody keeps a
    lock for 30 seconds, or `ValueError` for a URL that names no PostgreSQL database and a schema
    that cannot be, `TypeError` for what is no text.
    """
    # Only here: it takes long, and who only serves does without.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    assert head is not None  # noqa: S101  # the wheel holds the scripts
    place = Place(described(url), checked_schema(schema))
    try:
        with _engine(url).begin() as connection:
            _check_encoding(connection, place)
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            place.enter(connection)
            current = current_revision(connection, scripts)
            _check(connection, current, scripts, place, upgrade=upgrade)
            if current != head:
                config.attributes["connection"] = connection
                with _alembic:
                    command.upgrade(config, "head")
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise StoreUnavailable(
                f"Somebody keeps a lock in {place.database} for over {LOCK_SECONDS} s: another"
                " Fring that is upgrading it, or a session that was left open; end it, and try again"
            ) from error
        raise StoreUnavailable(f"Cannot reach {place.database}: {error.orig}") from error
    except DBAPIError as error:
        raise SchemaError(f"Cannot set up {place}: {error.orig}") from error
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


def _check_encoding(connection: Connection, place: Place) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise SchemaError(
            f"{place.database} stores text as {encoding}, which has no place for every character;"
            " Fring needs one that was created with ENCODING 'UTF8' (and TEMPLATE template0)"
        )


def _check(
    connection: Connection,
    current: str | None,
    scripts: ScriptDirectory,
    place: Place,
    *,
    upgrade: bool,
) -> None:
    if current is None:
        _check_strangers(connection, place)
    elif current not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaError(
            f"{place} was set up by a newer Fring (revision {current}); upgrade Fring"
        )
    elif current == scripts.get_current_head():
        _check_whole(connection, current, place)
    elif not upgrade:
        raise SchemaError(
            f"{place} was set up by an older Fring (revision {current}); back it up and"
            f" run `{UPGRADE_COMMAND}`, or start with FRING_MIGRATE=auto"
        )


def _check_strangers(connection: Connection, place: Place) -> None:
    strangers = found(connection, metadata.tables)
    if not strangers and place.schema is None:
        strangers = found(connection, [FORMER_TABLE])
    if strangers:
        names = ", ".join(sorted(strangers))
        way_out = "name another schema" if place.schema else OWN_SCHEMA
        raise SchemaError(f"{place} has tables that are not Fring's: {names}; {way_out}")


def _check_whole(connection: Connection, current: str, place: Place) -> None:
    missing = metadata.tables.keys() - found(connection, metadata.tables)
    if missing:
        raise SchemaError(
            f"{place} has revision {current} of Fring's tables, but not all of them; missing:"
            f" {', '.join(sorted(missing))}; restore a backup"
        )

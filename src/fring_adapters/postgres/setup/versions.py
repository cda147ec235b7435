"""Where the revision of the tables stands: in a table of Fring's own.

Up to revision 0005 it stood in `alembic_version`, the table of every program that uses Alembic,
and names such as `0002` are anybody's too. So that table is believed only where Fring's tables
are as that revision left them, and is otherwise left alone.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from fring_adapters.postgres.setup.older import OLDER
from fring_adapters.postgres.setup.scripts import config
from fring_adapters.postgres.sql.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection

VERSION_TABLE: Final = "fring_version"
FORMER_TABLE: Final = "alembic_version"

_NOTED: Final = text(f"SELECT version_num FROM {FORMER_TABLE}")  # noqa: S608  # a constant
# Or the key of another program's `alembic_version` could not have that name.
_RENAME_KEY: Final = text(
    f"ALTER TABLE {VERSION_TABLE} RENAME CONSTRAINT {FORMER_TABLE}_pkc TO {VERSION_TABLE}_pkc"
)

_log = logging.getLogger("fring.migrations")

_FOUND: Final = text(
    "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(name) IS NOT NULL"
)
# Without the constraints that say NOT NULL, which are named from PostgreSQL 18 on.
_SHAPE: Final = text("""
    WITH ours AS (
        SELECT to_regclass(name) AS id, name FROM unnest(CAST(:names AS text[])) AS name
    )
    SELECT name || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    FROM ours JOIN pg_attribute ON attrelid = id WHERE attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT conname FROM ours JOIN pg_constraint ON conrelid = id WHERE contype <> 'n'
""")
_OTHERS: Final = text("""
    SELECT EXISTS (
        SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
        AND nspname <> 'information_schema' AND nspname !~ '^pg_'
        AND pg_class.oid NOT IN (
            SELECT to_regclass(name) FROM unnest(CAST(:names AS text[])) AS name
            WHERE to_regclass(name) IS NOT NULL
        )
        AND NOT EXISTS (
            SELECT 1 FROM pg_depend
            WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
        )
    )
""")


def found(connection: Connection, names: Iterable[str]) -> set[str]:
    """Return which of these names are taken, by a table or by anything else like one."""
    return set(connection.execute(_FOUND, {"names": list(names)}).scalars())


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the tables, wherever it is noted; None if there are none."""
    if found(connection, [VERSION_TABLE]):
        return _context(connection).get_current_revision()
    return _noted_formerly(connection)


def move_over(connection: Connection) -> None:
    """Note in Fring's own table what an earlier Fring noted, if one did.

    The former table becomes that table if it is Fring's for certain: nothing but Fring's tables,
    as it left them, is in the database. Otherwise it stays, for a program that may share it.
    """
    if found(connection, [VERSION_TABLE]):
        return
    revision = _noted_formerly(connection)
    if revision is None:
        return
    if _shape(connection) == OLDER[revision] and not _has_others(connection):
        # Renamed, so that whoever may read it still may.
        connection.execute(text(f"ALTER TABLE {FORMER_TABLE} RENAME TO {VERSION_TABLE}"))
        connection.execute(_RENAME_KEY)
        return
    from alembic.script import ScriptDirectory  # noqa: PLC0415  # it takes long

    _context(connection).stamp(ScriptDirectory.from_config(config()), revision)
    _log.warning(
        "The revision of Fring's tables is in %s now. %s still says %s, for a program that may share"
        " it; if none does, drop it, so that an older Fring refuses to start",
        VERSION_TABLE,
        FORMER_TABLE,
        revision,
    )


def _context(connection: Connection) -> MigrationContext:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415  # it takes long

    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})


def _noted_formerly(connection: Connection) -> str | None:
    tables = _shape(connection)
    fitting = {number for number, older in OLDER.items() if older <= tables}
    if not fitting or not found(connection, [FORMER_TABLE]):
        return None  # a table of others is not even read
    noted = connection.execute(_NOTED).scalars().all()
    return noted[0] if len(noted) == 1 and noted[0] in fitting else None


def _shape(connection: Connection) -> set[str]:
    """Return the columns with their types, and the constraints, of tables with Fring's names."""
    return set(connection.execute(_SHAPE, {"names": list(metadata.tables)}).scalars())


def _has_others(connection: Connection) -> bool:
    names = {"names": [*metadata.tables, FORMER_TABLE]}
    return bool(connection.execute(_OTHERS, names).scalar_one())

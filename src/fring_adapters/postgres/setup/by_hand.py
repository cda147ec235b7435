"""The upgrade as a script of SQL, for those who let nobody but themselves change a database."""

from __future__ import annotations

from typing import Final

from psycopg.sql import Identifier

from fring_adapters.postgres.setup.alone import LOCK, LOCK_SECONDS
from fring_adapters.postgres.setup.revisions import newest
from fring_adapters.postgres.setup.schema import check_known
from fring_adapters.postgres.setup.scripts import written_upgrade
from fring_adapters.postgres.setup.versions import FORMER_TABLE, VERSION_TABLE
from fring_adapters.postgres.wire.schema_names import checked_schema

# Otherwise a script for another revision could run half, and leave the number as it was.
_EXPECT: Final = f"""\
DO $$ BEGIN
    IF to_regclass('{VERSION_TABLE}') IS NULL THEN
        RAISE EXCEPTION 'There is no {VERSION_TABLE} here. If {FORMER_TABLE} is Fring''s alone,'
            ' rename it first: ALTER TABLE {FORMER_TABLE} RENAME TO {VERSION_TABLE}';
    END IF;
    IF (SELECT version_num FROM {VERSION_TABLE}) IS DISTINCT FROM '%s' THEN
        RAISE EXCEPTION 'The tables are not of revision %s, for which this script was written';
    END IF;
END $$;
"""  # noqa: S608  # constants


def upgrade_sql(*, current: str | None = None, schema: str | None = None) -> str:
    """Return a script that brings tables from a revision to the newest, for psql to run.

    `current` is the revision that the database has now, such as "0004"; None is for an empty one.
    The tables are in `schema`, which the script creates if it is missing, or wherever the search
    path leads. It is one transaction, under the lock of `prepare`: as a whole or not at all, and
    not on tables of another revision. Raise `SchemaError` for a revision that is not known, and
    `ValueError` for a schema that cannot be.
    """
    checked_schema(schema)
    if current is not None:
        check_known(current)
    lines = [
        f"-- Fring's tables, from {current or 'nothing'} to revision {newest()}.",
        "BEGIN;",
        f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s';",
        f"SELECT pg_advisory_xact_lock({LOCK});",
    ]
    if schema is not None:
        name = Identifier(schema).as_string()
        lines += [f"CREATE SCHEMA IF NOT EXISTS {name};", f"SET LOCAL search_path = {name};"]
    if current is not None:
        lines.append(_EXPECT % (current, current))
    return "\n".join([*lines, written_upgrade(current), "COMMIT;", ""])

"""Restoring a backup: into a place without Fring's tables, as a whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from fring_adapters.postgres.backup.archive import copied, count, lines, rows
from fring_adapters.postgres.backup.programs import BackupError
from fring_adapters.postgres.setup.alone import alone, driver_of
from fring_adapters.postgres.setup.checks import check
from fring_adapters.postgres.setup.places import Place, SchemaError
from fring_adapters.postgres.setup.versions import VERSION_TABLE, current_revision, found
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import described

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

# What psql alone understands, and a setting that servers before version 17 do not know.
_LEFT_OUT: Final = (b"\\restrict ", b"\\unrestrict ", b"SET transaction_timeout ")
_PATH: Final = b"SELECT pg_catalog.set_config('search_path', '', false);\n"

_WHERE: Final = text("SELECT current_setting('search_path'), current_schema()")
_GO_BACK: Final = text("SELECT set_config('search_path', :path, true)")


def restore(url: str, file: str | Path, *, schema: str | None = None) -> str:
    """Restore Fring's tables from a file that `back_up` made; return their revision.

    The database, or the `schema` in it, must have none of them; a schema that is missing is made.
    Rows, ids that are spent and the revision are as they were, and everything belongs to the role
    that restores. If the revision is an older one, `prepare` upgrades. It happens in one
    transaction, under the lock of `prepare`: as a whole or not at all. The file is read to its end
    before. What is in it is executed, so it must be one that you trust.

    Raise `BackupError` if the file cannot be read, or if there is no `pg_restore` that can,
    `SchemaError` if tables of these names are there already, if the file's are of another schema
    or of a newer Fring, and the errors of `prepare` besides.
    """
    place = Place(described(url), checked_schema(schema))
    file = Path(file)
    tables = count(file)
    with alone(url, place, task=f"restore {file} into") as connection:
        place.enter(connection)
        path, into = connection.execute(_WHERE).one()
        others = sorted({name for name, _ in tables} - {into})
        if others:
            raise SchemaError(
                f"{file} holds tables of the schema {others[0]!r}, and {place} stands for {into!r}:"
                f" restore it with the schema {others[0]!r}; ALTER SCHEMA … RENAME TO renames it"
            )
        taken = found(connection, [*metadata.tables, VERSION_TABLE])
        if taken:
            raise SchemaError(
                f"{place} has tables already: {', '.join(sorted(taken))}; restore into an empty"
                " database or another one, or drop these tables first"
            )
        _run(lines(file), driver_of(connection))
        connection.execute(_GO_BACK, {"path": path})
        revision = current_revision(connection)
        if revision is None:
            raise BackupError(f"{file} holds no tables of Fring's")
        check(connection, revision, place)
    return revision


def _run(script: Iterator[bytes], connection: psycopg.Connection) -> None:
    """Run a script within the transaction, which is all that its settings are for."""
    cursor = connection.cursor()
    statements: list[bytes] = []
    for line in script:
        if copied(line):
            cursor.execute(b"".join(statements))
            statements.clear()
            with cursor.copy(line) as copy:
                for row in rows(script):
                    copy.write(row)
        else:
            statements.append(_within_transaction(line))
    cursor.execute(b"".join(statements))


def _within_transaction(line: bytes) -> bytes:
    """Return a line with a setting that ends with the transaction: a PgBouncer would hand it on."""
    if line.startswith(_LEFT_OUT):
        return b""
    if line == _PATH:
        return line.replace(b"false", b"true")
    return line.replace(b"SET ", b"SET LOCAL ", 1) if line.startswith(b"SET ") else line

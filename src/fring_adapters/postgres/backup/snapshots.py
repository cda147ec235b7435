"""A moment of the tables: what they are, and how many rows they have, while others write."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, TypeAlias

from psycopg.sql import SQL, Identifier
from sqlalchemy import text

from fring_adapters.postgres.setup.alone import alone, driver_of, transaction
from fring_adapters.postgres.setup.checks import check, check_newest
from fring_adapters.postgres.setup.places import Place, SchemaError
from fring_adapters.postgres.setup.versions import (
    FORMER_TABLE,
    VERSION_TABLE,
    current_revision,
    found,
)
from fring_adapters.postgres.sql.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from sqlalchemy import Connection

Table: TypeAlias = tuple[str, str]

_SNAPSHOT: Final = "ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_NAMES: Final = text(
    "SELECT nspname, relname FROM unnest(CAST(:names AS text[])) AS name"
    " JOIN pg_class ON pg_class.oid = to_regclass(name)"
    " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
)


@contextmanager
def snapshot_of(
    url: str, place: Place, *, task: str = "back up", newest_only: bool = False
) -> Iterator[tuple[psycopg.Connection, dict[Table, int]]]:
    """Give a transaction that sees one moment, and the tables with how many rows they have in it.

    Tables of an older revision will do, unless it takes the `newest_only`. Nobody can alter them before its end. They are locked before it looks at anything, and while no
    Fring can upgrade them: to a snapshot from before, a table that is rewritten looks empty.
    """
    with ExitStack() as stack:
        with alone(url, place, task="look at", reads=True) as looking:
            place.enter(looking, create=False)
            current = current_revision(looking)
            check(looking, current, place)
            if current is None:
                raise SchemaError(f"{place} has no tables of Fring's: there is nothing to {task}")
            if newest_only:
                check_newest(current, place)
            tables = _tables(looking)
            connection = driver_of(
                stack.enter_context(transaction(url, place, task, mode=_SNAPSHOT))
            )
            connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            for table in tables:
                lock = SQL("LOCK TABLE {} IN ACCESS SHARE MODE")
                connection.execute(lock.format(Identifier(*table)))
        yield connection, {table: _count(connection, table) for table in tables}


def _tables(connection: Connection) -> list[Table]:
    """Return the schema and the name of each table that Fring has here, and of its revision's."""
    noted = found(connection, [VERSION_TABLE]) or {FORMER_TABLE}
    names = [*found(connection, metadata.tables), *noted]
    return [(row.nspname, row.relname) for row in connection.execute(_NAMES, {"names": names})]


def _count(connection: psycopg.Connection, table: Table) -> int:
    query = SQL("SELECT count(*) FROM {}").format(Identifier(*table))
    [(number,)] = connection.execute(query)
    return int(number)

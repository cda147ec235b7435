"""Exporting: the rows of one moment, as lines that the database itself writes."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Final

import msgspec
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from fring_adapters.postgres.backup.snapshots import snapshot_of
from fring_adapters.postgres.bulk.files import writing
from fring_adapters.postgres.bulk.kinds import (
    ASSIGNMENT,
    DRAWN,
    KINDS,
    PASSWORD_HASH,
    SPENT_ID,
    TASK,
    Kind,
)
from fring_adapters.postgres.bulk.records import FORMAT, Header
from fring_adapters.postgres.bulk.watching import EVERY, Watch, unwatched
from fring_adapters.postgres.setup.places import Place
from fring_adapters.postgres.wire.schema_names import checked_schema
from fring_adapters.postgres.wire.urls import described

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import psycopg

_LAST: Final = SQL("SELECT coalesce(pg_sequence_last_value({}::regclass), 0)")
_COPY: Final = SQL("COPY (SELECT row_to_json(line) FROM ({}) AS line) TO STDOUT")
_COUNT: Final = SQL("SELECT count(*) FROM ({}) AS line")


def export_to(
    url: str,
    file: str | Path | IO[bytes],
    *,
    schema: str | None = None,
    passwords: bool = False,
    watch: Watch = unwatched,
) -> Mapping[str, int]:
    """Write all users, tasks, assignments and spent ids to a file; return how many of each kind.

    They are those of one moment, whoever writes meanwhile, in the order of their ids. A file by
    name is written under another one first, and gets its own when it is whole; if that ends with
    `.gz`, it is zipped. The hashes of passwords come along if `passwords` is True, roles always;
    receipts and limits on rates never. `watch` is told what is written, how many, and of how many.

    Raise `BulkError` if the file cannot be written, and as `prepare` does for a database that is
    away or whose tables are not this version's.
    """
    place = Place(described(url), checked_schema(schema))
    with (
        writing(file) as out,
        snapshot_of(url, place, task="export", newest_only=True) as (connection, tables),
    ):
        connection.execute("SET LOCAL timezone TO 'UTC'")
        [into] = {schema for schema, name in tables if name == TASK.table}

        def named(name: str) -> Identifier:
            return Identifier(into, name)

        queries = {kind: _query(kind, named, passwords=passwords) for kind in KINDS}
        rows = {kind: _number(connection, _COUNT.format(queries[kind])) for kind in KINDS}
        header = Header(
            FORMAT,
            {kind.name: number for kind, number in rows.items()},
            {kind.name: _last_drawn(connection, named(f"{kind.table}_id_seq")) for kind in DRAWN},
        )
        out.write(msgspec.json.encode(header) + b"\n")
        for kind, query in queries.items():
            with connection.cursor().copy(_COPY.format(query)) as copy:
                for number, line in enumerate(copy, start=1):
                    # Of what COPY escapes, JSON holds backslashes alone.
                    out.write(bytes(line).replace(b"\\\\", b"\\"))
                    if not number % EVERY:
                        watch(f"{kind.name}s", number, rows[kind])
    return {kind.name: number for kind, number in rows.items()}


def _query(kind: Kind, named: Callable[[str], Identifier], *, passwords: bool) -> Composed:
    """Return the query of a kind's rows: those that Fring shows, by their key."""
    columns: list[Composable] = [SQL("{}::text AS kind").format(kind.name)]
    columns += [
        SQL("spent_ids.kind AS table") if (kind, name) == (SPENT_ID, "kind") else Identifier(name)
        for name in kind.columns
        if passwords or name != PASSWORD_HASH
    ]
    return SQL("SELECT {} FROM {} AS {} {} ORDER BY {}").format(
        SQL(", ").join(columns),
        named(kind.table),
        Identifier(kind.table),
        SQL("JOIN {} AS tasks ON tasks.id = task_id AND owner IS NULL").format(named(TASK.table))
        if kind is ASSIGNMENT
        else SQL(""),
        SQL(", ").join(Identifier(kind.table, name) for name in kind.key),
    )


def _last_drawn(connection: psycopg.Connection, sequence: Identifier) -> int:
    return _number(connection, _LAST.format(Literal(sequence.as_string(connection))))


def _number(connection: psycopg.Connection, query: Composed) -> int:
    [(number,)] = connection.execute(query)
    return int(number)

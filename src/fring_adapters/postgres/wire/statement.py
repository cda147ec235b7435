"""What is sent, and what comes back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fring_adapters.postgres.wire.arrays import Array

Row: TypeAlias = tuple[Any, ...]

# Stands in a statement's SQL where the name of a schema may come. No table is in a schema of that
# name, and no text that a caller sends becomes part of the SQL.
SCHEMA: Final = "__schema__"
_MARK: Final = f"{SCHEMA}.".encode()
_TABLE: Final = re.compile(re.escape(_MARK) + rb"(\w+)\b(?<!_id_seq)")
_CHANGE: Final = re.compile(rb"(INSERT INTO|UPDATE|DELETE FROM) " + _TABLE.pattern)


@attrs.frozen(eq=False)
class Statement:
    """Hold a statement's SQL, with psycopg's `%(name)s` placeholders, always returning rows.

    Before the name of each table and sequence in it stands `SCHEMA`. `reads` marks one that
    changes nothing, so that it may be sent again at will. `tables` are those it names, and it is
    `about` the first of them; `name` is what it does first, such as `SELECT tasks`.

    With `arrays`, of each parameter, it serves several calls: its parameters are of these types,
    and the last column of its rows is the number of the call that each is for, from 1.
    """

    sql: bytes
    reads: bool
    arrays: Mapping[str, type[Array]] = attrs.field(factory=dict)

    name: str = attrs.field(init=False)
    tables: frozenset[str] = attrs.field(init=False)
    about: str = attrs.field(init=False)
    anywhere: bytes = attrs.field(init=False)  # for the tables on the search path

    def __attrs_post_init__(self) -> None:
        tables = _TABLE.findall(self.sql)
        change = _CHANGE.search(self.sql)
        words = [change[1].split()[0], change[2]] if change else [b"SELECT", *tables[:1]]
        object.__setattr__(self, "tables", frozenset(table.decode() for table in tables))
        object.__setattr__(self, "about", tables[0].decode() if tables else "")
        object.__setattr__(self, "name", b" ".join(words).decode())
        object.__setattr__(self, "anywhere", self.sql.replace(_MARK, b""))

    def asked_by(self, calls: Sequence[Mapping[str, Any]]) -> Mapping[str, Array]:
        """Return the parameters of several calls as those of one statement."""
        return {name: array([call[name] for call in calls]) for name, array in self.arrays.items()}

    def within(self, schema: str | None) -> bytes:
        """Return the SQL for the tables of a schema; None: for those on the search path."""
        return self.anywhere if schema is None else _within(self.sql, schema)


def told(rows: Sequence[Row], calls: int) -> list[list[Row]]:
    """Return what is told to each of so many calls, by the numbers at the end of these rows."""
    if calls == 1:
        return [[row[:-1] for row in rows]]
    parts: list[list[Row]] = [[] for _ in range(calls)]
    for row in rows:
        parts[row[-1] - 1].append(row[:-1])
    return parts


@lru_cache(maxsize=4096)  # all statements in a few dozen schemas
def _within(sql: bytes, schema: str) -> bytes:
    name = '"{}".'.format(schema.replace('"', '""').replace("%", "%%"))
    in_text = name.replace("'", "''")  # as in 'users_id_seq'::regclass
    return sql.replace(b"'" + _MARK, f"'{in_text}".encode()).replace(_MARK, name.encode())

"""What is sent, and what comes back."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs

Row: TypeAlias = tuple[Any, ...]

# Stands in a statement's SQL where the name of a schema may come. No table is in a schema of that
# name, and no text that a caller sends becomes part of the SQL.
SCHEMA: Final = "__schema__"
_MARK: Final = f"{SCHEMA}.".encode()
_TABLE: Final = re.compile(re.escape(_MARK) + rb"(\w+)")


@attrs.frozen
class Statement:
    """Hold a statement's SQL, with psycopg's `%(name)s` placeholders, always returning rows.

    Before the name of each table and sequence in it stands `SCHEMA`. `reads` marks one that
    changes nothing, so that it may be sent again at will. `tables` are those it names, and it is
    `about` the first of them; `name` is what it does to that, such as `SELECT tasks`.
    """

    sql: bytes
    reads: bool

    name: str = attrs.field(init=False)
    tables: frozenset[str] = attrs.field(init=False)
    about: str = attrs.field(init=False)
    anywhere: bytes = attrs.field(init=False)  # for the tables on the search path

    def __attrs_post_init__(self) -> None:
        tables = _TABLE.findall(self.sql)
        words = [self.sql.split(maxsplit=1)[0], *tables[:1]]
        object.__setattr__(self, "tables", frozenset(table.decode() for table in tables))
        object.__setattr__(self, "about", tables[0].decode() if tables else "")
        object.__setattr__(self, "name", b" ".join(words).decode())
        object.__setattr__(self, "anywhere", self.sql.replace(_MARK, b""))

    def within(self, schema: str | None) -> bytes:
        """Return the SQL for the tables of a schema; None: for those on the search path."""
        return self.anywhere if schema is None else _within(self.sql, schema)


@lru_cache(maxsize=4096)  # all statements in a few dozen schemas
def _within(sql: bytes, schema: str) -> bytes:
    name = '"{}".'.format(schema.replace('"', '""').replace("%", "%%"))
    in_text = name.replace("'", "''")  # as in 'users_id_seq'::regclass
    return sql.replace(b"'" + _MARK, f"'{in_text}".encode()).replace(_MARK, name.encode())

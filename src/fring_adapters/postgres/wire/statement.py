"""What is sent, and what comes back."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeAlias

import attrs

Row: TypeAlias = tuple[Any, ...]

# Stands in a statement's SQL where the name of a schema may come. No table is in a schema of that
# name, and no text that a caller sends becomes part of the SQL.
SCHEMA: Final = "__schema__"
_MARK: Final = f"{SCHEMA}.".encode()


@attrs.frozen
class Statement:
    """Hold a statement's SQL, with psycopg's `%(name)s` placeholders, always returning rows.

    Before the name of each table and sequence in it stands `SCHEMA`. `reads` marks one that
    changes nothing, so that it may be sent again at will.
    """

    sql: bytes
    reads: bool

    anywhere: bytes = attrs.field(init=False)  # for the tables on the search path

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "anywhere", self.sql.replace(_MARK, b""))

    def within(self, schema: str | None) -> bytes:
        """Return the SQL for the tables of a schema; None: for those on the search path."""
        return self.anywhere if schema is None else _within(self.sql, schema)


@lru_cache(maxsize=4096)  # all statements in a few dozen schemas
def _within(sql: bytes, schema: str) -> bytes:
    name = '"{}".'.format(schema.replace('"', '""').replace("%", "%%"))
    in_text = name.replace("'", "''")  # as in 'users_id_seq'::regclass
    return sql.replace(b"'" + _MARK, f"'{in_text}".encode()).replace(_MARK, name.encode())

"""What the schema of Fring's tables may be called."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 63  # bytes; PostgreSQL would cut off the rest
_RESERVED: Final = ("information_schema", "$user")


def checked_schema(schema: str | None) -> str | None:
    """Return the name as it is; None, for the tables on the connection's search path, as well.

    Raise `ValueError` for a name that no schema can have or that PostgreSQL keeps to itself, and
    `TypeError` for what is no text.
    """
    if schema is None:
        return None
    if not isinstance(schema, str):
        raise TypeError(f"schema must be a text such as 'fring', or None, not {schema!r:.100}")
    if not schema:
        raise ValueError("schema is empty: name one, such as 'fring', or pass None")
    if "\0" in schema or not _is_encodable(schema):
        raise ValueError("schema holds a character that PostgreSQL cannot store")
    if len(schema.encode()) > _LONGEST:
        raise ValueError(f"schema {schema!r:.100} is longer than {_LONGEST} bytes")
    if schema.startswith("pg_") or schema in _RESERVED:
        raise ValueError(f"schema {schema!r} is PostgreSQL's own: name another, such as 'fring'")
    return schema


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

"""DATABASE_URL, as people spell it, to the connection string that libpq reads."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

_SCHEME: Final = re.compile(r"postgres(ql)?(\+(psycopg|psycopg2|asyncpg))?")
_SSL_MODES: Final = {"true": "require", "false": "disable"}


def to_conninfo(url: str) -> str:
    """Return the libpq connection string for a database URL.

    Takes `postgresql://` (or `postgres://`), alone or with `+psycopg`, `+psycopg2` or
    `+asyncpg`, and reads asyncpg's `ssl=` as libpq's `sslmode=`. Raise `ValueError`, which never
    quotes the password, for anything else.
    """
    parts = urlsplit(url)
    if not _SCHEME.fullmatch(parts.scheme):
        raise ValueError(f"a database URL begins with postgresql://, not {parts.scheme!r}")
    query = [
        ("sslmode", _SSL_MODES.get(value.lower(), value)) if name == "ssl" else (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    conninfo = urlunsplit(
        ("postgresql", parts.netloc, parts.path, urlencode(query, quote_via=quote), "")
    )
    try:
        conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError as error:
        raise ValueError(str(error).strip()) from None
    return conninfo


def described(url: str) -> str:
    """Return where a database URL leads, without its password, for people to read."""
    found = conninfo_to_dict(to_conninfo(url))
    host, port = found.get("host", "the local socket"), found.get("port", 5432)
    return f"database {found.get('dbname', 'of the user')!r} at {host}:{port}"

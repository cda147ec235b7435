"""Statements: written in SQLAlchemy Core and compiled once, or by hand; sent by psycopg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from fring_adapters.postgres.wire.statement import SCHEMA, Statement

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy


def reading(clause: Executable) -> Statement:
    """Compile a statement that changes nothing."""
    return Statement(compiled(clause), reads=True)


def writing(clause: Executable) -> Statement:
    """Compile a statement that changes rows."""
    return Statement(compiled(clause), reads=False)


def by_hand(text: str, *, reads: bool = False) -> Statement:
    """Return a statement that is written as it is sent; `reads` tells that it changes nothing."""
    return Statement(text.encode(), reads=reads)


def compiled(clause: Any) -> bytes:
    """Return the SQL of a statement for psycopg, its parameters by their names."""
    made = clause.compile(
        dialect=_DIALECT, schema_translate_map={None: SCHEMA}, render_schema_translate=True
    )
    fixed = {name for name, value in made.params.items() if value is not None}
    if fixed:  # its value would be lost: only the text is kept
        raise TypeError(f"A statement must name its parameters; these have values: {fixed}")
    return str(made).encode()

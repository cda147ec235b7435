"""What a row is, as events tell of it: what `fring_core.events.state` makes of an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import JSON, Date, DateTime, String, case, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from fring_adapters.postgres.sql.tables import user_tasks, users
from fring_core import Task
from fring_core.events import SUBJECTS, WORDY

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Table

_UTC: Final = literal_column("'UTC'", String)
_theirs: Final = user_tasks.alias("theirs")
_NO_ARRAY: Final[ColumnElement[Any]] = literal_column("'{}'::bigint[]")


def task_state(row: FromClause, is_wordy: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return a shared task of this row as JSON, with those who have it."""
    parts: list[ColumnElement[Any]] = []
    for name in SUBJECTS[Task].fields:
        column = row.c[name]
        value = _plain(column)
        if name in WORDY:
            value = case((is_wordy, func.to_json(value)), else_=_measured(column))
        parts += [literal_column(f"'{name}'", String), value]
    assignees = func.coalesce(assignees_of(row), _NO_ARRAY)
    return func.json_build_object(
        *parts, literal_column("'assignees'", String), assignees, type_=JSON
    )


def untold(table: Table) -> ColumnElement[Any]:
    """Return the ids of those who have a row that no event has told of; NULL for one that has."""
    those = _NO_ARRAY if table is users else func.coalesce(assignees_of(table), _NO_ARRAY)
    return case((~table.c.told, those))


def assignees_of(row: FromClause) -> ColumnElement[Any]:
    """Return the ids of those who have the task of this row, in order; NULL for nobody."""
    those = aggregate_order_by(_theirs.c.user_id, _theirs.c.user_id)
    return (
        select(func.array_agg(those))
        .where(_theirs.c.task_id == row.c.id)
        .correlate(row)
        .scalar_subquery()
    )


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, DateTime):
        there = func.timezone(_UTC, column)
        whole = func.to_char(there, literal_column("'YYYY-MM-DD\"T\"HH24:MI:SS'", String))
        part = func.to_char(there, literal_column("'.US'", String))
        none = literal_column("'.000000'", String)
        return func.concat(whole, func.nullif(part, none), literal_column("'Z'", String))
    if isinstance(column.type, Date):
        return func.to_char(column, literal_column("'YYYY-MM-DD'", String))
    return column


def _measured(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what tells whether a text has changed, and not what it is."""
    utf8, hexadecimal = (literal_column(f"'{each}'", String) for each in ("UTF8", "hex"))
    digest = func.encode(func.sha256(func.convert_to(column, utf8)), hexadecimal)
    length, name = (literal_column(f"'{each}'", String) for each in ("length", "sha256"))
    told = func.json_build_object(length, func.char_length(column), name, digest)
    return case((column.is_not(None), told))

"""What a row is, as events tell of it: what `fring_core.events.state` makes of an entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import JSON, Date, DateTime, String, case, func, literal_column, select

from fring_adapters.postgres.sql.tables import user_tasks, users
from fring_core import Task, User
from fring_core.events import SUBJECTS, WORDY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, FromClause, Table

_its: Final = user_tasks.alias("its")
_NO_ARRAY: Final[ColumnElement[Any]] = literal_column("'{}'::bigint[]")


def state(
    kind: type[Task | User], row: FromClause, is_wordy: ColumnElement[bool]
) -> ColumnElement[Any]:
    """Return a user or a task of this row as JSON, without those who have it."""
    return _json(_parts(kind, row, is_wordy))


def task_state(row: FromClause, is_wordy: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return a shared task of this row as JSON, with those who have it."""
    return _json([*_parts(Task, row, is_wordy), _text("assignees"), assignees_of(row)])


def _json(parts: Iterable[ColumnElement[Any]]) -> ColumnElement[Any]:
    return func.json_build_object(*parts, type_=JSON)


def _parts(
    kind: type[Task | User], row: FromClause, is_wordy: ColumnElement[bool]
) -> list[ColumnElement[Any]]:
    parts: list[ColumnElement[Any]] = []
    for name in SUBJECTS[kind].fields:
        value = told_value(row.c[name])
        if name in WORDY:
            value = case(
                (is_wordy, func.to_json(value)), (value.is_not(None), _measured(row.c[name]))
            )
        parts += [_text(name), value]
    return parts


def _text(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'", String)


def untold(table: Table) -> ColumnElement[Any]:
    """Return the ids of those who have a row that no event has told of; NULL for one that has."""
    those = _NO_ARRAY if table is users else assignees_of(table)
    return case((~table.c.told, those))


def assignees_of(row: FromClause) -> ColumnElement[Any]:
    """Return the ids of those who have the task of this row, in order."""
    those = select(_its.c.user_id).where(_its.c.task_id == row.c.id)
    return func.array(those.order_by(_its.c.user_id).correlate(row).scalar_subquery())


def told_value(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the value of a column as JSON has it; a text as it is."""
    if isinstance(column.type, DateTime):
        there = func.timezone(_text("UTC"), column)
        moment = func.to_char(there, _text('YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        return func.replace(moment, _text(".000000"), _text(""))
    if isinstance(column.type, Date):
        return func.to_char(column, _text("YYYY-MM-DD"))
    return column


def _measured(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what tells whether a text has changed, and not what it is."""
    digest = func.encode(func.sha256(func.convert_to(column, _text("UTF8"))), _text("hex"))
    return _json([_text("length"), func.char_length(column), _text("sha256"), digest])

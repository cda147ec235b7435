"""Events of what was imported: one for each row that has come to be, or was assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    String,
    bindparam,
    case,
    column,
    func,
    insert,
    literal_column,
    over,
    select,
    true,
    update,
)
from sqlalchemy import table as named

from fring_adapters.postgres.bulk.kinds import ASSIGNMENT, TASK, USER, Kind
from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.states import state, task_state
from fring_adapters.postgres.sql.tables import events, metadata, tasks
from fring_core import EventType, Task, User

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Column, ColumnElement, TableClause

    from fring_adapters.postgres.wire.statement import Statement

_WORDY: Final = bindparam("wordy", type_=Boolean)
_NOTHING: Final = literal_column("'{}'::json", JSON)


def record_rows(connection: psycopg.Connection, *, event_text: bool) -> None:
    """Record the users and tasks that have come, once they and all assignments are there."""
    for statement in (_USERS, _TASKS):
        connection.execute(statement.anywhere, {"wordy": event_text})


def record_assignments(connection: psycopg.Connection, *, event_text: bool) -> None:
    """Record assignments of tasks that were there already, before any of those is added."""
    connection.execute(_ASSIGNMENTS.anywhere, {"wordy": event_text})


def _come(kind: Kind) -> TableClause:
    """Return the table of rows that have come, with the types of where they go."""
    types = metadata.tables[kind.table].c
    return named(kind.staged, *(column(name, types[name].type) for name in kind.columns))


def _recording(rows: Any, *columns: Column[Any]) -> Statement:
    return writing(insert(events).from_select([*columns], rows))


def _type(kind: EventType) -> ColumnElement[str]:
    return literal_column(f"'{kind.value}'", String)


def _users() -> Statement:
    new = _come(USER)
    told = (_type(EventType.USER_CREATED), new.c.created_at, new.c.id, new.c.version)
    rows = select(*told, _NOTHING, state(User, new, _WORDY)).order_by(new.c.id)
    into = (events.c.type, events.c.at, events.c.user_id, events.c.version)
    return _recording(rows, *into, events.c.before, events.c.after)


def _tasks() -> Statement:
    new = _come(TASK)
    told = (_type(EventType.TASK_CREATED), new.c.updated_at, new.c.id, new.c.owner, new.c.version)
    after = case((new.c.owner.is_(None), task_state(new, _WORDY)), else_=state(Task, new, _WORDY))
    rows = select(*told, _NOTHING, after).order_by(new.c.id)
    into = (events.c.type, events.c.at, events.c.task_id, events.c.owner, events.c.version)
    return _recording(rows, *into, events.c.before, events.c.after)


def _assignments() -> Statement:
    """Return what records assignments of tasks that were there, and has these on versions."""
    pair, new = _come(ASSIGNMENT), _come(TASK)
    old = (
        select(pair.c.task_id, pair.c.user_id)
        .where(pair.c.task_id.not_in(select(new.c.id)))
        .cte("old")
    )
    steps = (
        select(old.c.task_id, func.count(literal_column("1")).label("number"))
        .group_by(old.c.task_id)
        .subquery("steps")
    )
    was = tasks.alias("was")
    touched = (
        update(tasks)
        .values(version=tasks.c.version + steps.c.number, told=true())
        .where(tasks.c.id == steps.c.task_id, was.c.id == steps.c.task_id)
        .returning(
            was.c.id, was.c.version, case((~was.c.told, task_state(was, _WORDY))).label("known")
        )
        .cte("touched")
    )
    step = over(func.row_number(), partition_by=old.c.task_id, order_by=old.c.user_id)
    those = func.json_build_object(
        literal_column("'assignees'", String), func.json_build_array(old.c.user_id), type_=JSON
    )
    known = case((step == literal_column("1"), touched.c.known))
    told = (_type(EventType.TASK_ASSIGNED), func.now(), old.c.task_id, old.c.user_id)
    rows = select(
        *told, touched.c.version + step, func.coalesce(known, _NOTHING), those
    ).select_from(old.join(touched, touched.c.id == old.c.task_id))
    into = (events.c.type, events.c.at, events.c.task_id, events.c.user_id, events.c.version)
    return _recording(rows, *into, events.c.before, events.c.after)


_USERS: Final = _users()
_TASKS: Final = _tasks()
_ASSIGNMENTS: Final = _assignments()

"""Events: recorded by the statement that makes the change, and read.

What a call records comes as one text, a list of JSON, for a change may stand for several calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import JSON, cast, column, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked, plain_type
from fring_adapters.postgres.sql.tables import events, users

if TYPE_CHECKING:
    from sqlalchemy import CTE, Column, ColumnElement, FromClause, Select, Table, TableValuedAlias

# What an event is; the others are about its place in the feed.
TOLD: Final = tuple(each for each in events.c if not each.name.startswith("late_"))
_COLUMNS: Final = tuple(each for each in TOLD if each is not events.c.id)


def about(table: Table) -> Column[Any]:
    """Return the column of events that names a row of users or of tasks."""
    return events.c.user_id if table is users else events.c.task_id


def told_by(source: FromClause) -> TableValuedAlias:
    """Return the events of each row of what has a column `events`, to be joined to it."""
    return (
        func.json_to_recordset(cast(source.c.events, JSON))
        .table_valued(*(column(each.name, plain_type(each.type)) for each in _COLUMNS))
        .render_derived(name="event", with_types=True)
    )


def recording(
    changed: FromClause,
    subject: Column[Any],
    known: ColumnElement[Any] | None = None,
    version: ColumnElement[int] | None = None,
) -> CTE:
    """Return the part of a statement that records events.

    `changed` has them in a column `events`, and in `id` the one that they are about: the task's or
    the user's, as `subject` says. It has `n` as well. `known`, all that a row was, and
    `version` are what the statement alone may know.
    """
    event = told_by(changed)
    values: dict[str, ColumnElement[Any]] = {each.name: event.c[each.name] for each in _COLUMNS}
    values[subject.name] = changed.c.id
    if known is not None:
        values["before"] = func.coalesce(known, event.c.before)
    if version is not None:
        values["version"] = version
    rows = select(*values.values()).select_from(changed.join(event, true()))
    return (
        insert(events)
        .from_select([*values], rows.order_by(changed.c.n, values["version"]))
        .returning(events.c.id, events.c.task_id, events.c.user_id)
        .cte("recorded")
    )


def recorded(changed: FromClause, subject: Column[Any]) -> Select[Any, Any, Any]:
    """Return what records events as `recording`, and tells of each its row's id and its own."""
    told = recording(changed, subject)
    return (
        select(changed.c.id, told.c.id, changed.c.n)
        .select_from(changed.join(told, told.c[subject.name] == changed.c.id))
        .order_by(told.c.id)
    )


def _of_task() -> Any:
    asked = Asked(task_id=ID, owner=TEXT, before=ID, limit=ID)
    before = asked.c.before
    page = (
        select(*TOLD)
        .where(
            events.c.task_id == asked.c.task_id,
            events.c.owner.is_not_distinct_from(asked.c.owner),
            events.c.id <= func.coalesce(before, literal_column(f"{2**63 - 1}")),
        )
        .order_by(events.c.id.desc())
        .limit(asked.c.limit)
        .correlate(asked.table)
        .lateral("page")
    )
    return asked.reading(
        select(*page.c, asked.c.n)
        .select_from(asked.table.join(page, true()))
        .order_by(asked.c.n, page.c.id.desc())
    )


OF_TASK: Final = _of_task()

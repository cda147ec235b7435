"""What is sent about assignments: one statement each, so that all facts are of one moment."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, delete, select
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Table

    from fring_adapters.postgres.wire.statement import Statement


def _there(asked: Asked) -> CTE:
    """Return the user and the task that each call names, NULL for one that does not exist."""
    return (
        select(
            users.c.id.label("user_id"),
            tasks.c.id.label("task_id"),
            # Of two calls about the same two, it is the first that changes anything.
            asked.first("user_id", "task_id").label("is_first"),
            asked.c.n,
        )
        .select_from(
            asked.table.outerjoin(users, users.c.id == asked.c.user_id).outerjoin(
                tasks, (tasks.c.id == asked.c.task_id) & tasks.c.owner.is_(None)
            )
        )
        .cte("there")
    )


def _outcome(
    there: CTE, changed: CTE, *more: ColumnElement[bool]
) -> tuple[ColumnElement[bool], ...]:
    return (
        there.c.user_id.is_not(None),
        there.c.task_id.is_not(None),
        and_(changed.c.user_id.is_not(None), there.c.is_first),
        *more,
    )


def _of_both(there: CTE, other: CTE | Table) -> ColumnElement[bool]:
    return (other.c.user_id == there.c.user_id) & (other.c.task_id == there.c.task_id)


def _addition() -> Statement:
    asked = Asked(user_id=ID, task_id=ID)
    there = _there(asked)
    added = (
        insert(user_tasks)
        .from_select(
            ["user_id", "task_id"],
            select(there.c.user_id, there.c.task_id).where(
                there.c.user_id.is_not(None), there.c.task_id.is_not(None)
            ),
        )
        .on_conflict_do_nothing()
        .returning(user_tasks.c.user_id, user_tasks.c.task_id)
        .cte("added")
    )
    return asked.writing(
        select(*_outcome(there, added), there.c.n).select_from(
            there.outerjoin(added, _of_both(there, added))
        )
    )


def _removal() -> Statement:
    asked = Asked(user_id=ID, task_id=ID)
    there = _there(asked)
    linked = (
        select(user_tasks.c.user_id, user_tasks.c.task_id)
        .select_from(there.join(user_tasks, _of_both(there, user_tasks)))
        .where(there.c.is_first)
        .cte("linked")
    )
    removed = (
        delete(user_tasks)
        .where(_of_both(there, user_tasks))
        .returning(user_tasks.c.user_id, user_tasks.c.task_id)
        .cte("removed")
    )
    return asked.writing(
        select(*_outcome(there, removed, linked.c.user_id.is_not(None)), there.c.n).select_from(
            there.outerjoin(removed, _of_both(there, removed)).outerjoin(
                linked, _of_both(there, linked)
            )
        )
    )


def _users_of() -> Statement:
    asked = Asked(task_id=ID)
    return asked.reading(
        select(tasks.c.id, *USERS.columns, asked.c.n)
        .select_from(
            asked.table.join(tasks, (tasks.c.id == asked.c.task_id) & tasks.c.owner.is_(None))
            .outerjoin(user_tasks, user_tasks.c.task_id == tasks.c.id)
            .outerjoin(users, users.c.id == user_tasks.c.user_id)
        )
        .order_by(users.c.id)
    )


ADD: Final = _addition()
REMOVE: Final = _removal()
USERS_OF: Final = _users_of()


@cache
def tasks_of(*, status: bool) -> Statement:
    """Return the statement that lists users' tasks, with or without a status.

    A user with no task that fits gives rows of NULLs, an absent user no row.
    """
    asked = Asked(user_id=ID, status=TEXT) if status else Asked(user_id=ID)
    fits = (tasks.c.id == user_tasks.c.task_id) & tasks.c.owner.is_(None)
    if status:
        fits &= tasks.c.status == asked.c.status
    return asked.reading(
        select(users.c.id, *TASKS.columns, asked.c.n)
        .select_from(
            asked.table.join(users, users.c.id == asked.c.user_id)
            .outerjoin(user_tasks, user_tasks.c.user_id == users.c.id)
            .outerjoin(tasks, fits)
        )
        .order_by(tasks.c.id)
    )

"""Lists of a user's tasks and of a task's users: all, or a page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, true

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Table

    from fring_adapters.postgres.sql.rows import Rows
    from fring_adapters.postgres.wire.statement import Statement


@cache
def tasks_of(*, status: bool = False, page: bool = False, after: bool = False) -> Statement:
    """Return the statement that lists users' tasks, with or without a status: all, or a page.

    A user with no task that fits gives rows of NULLs, an absent user no row.
    """
    asked = _asked("user_id", status=status, page=page, after=after)
    fits = (tasks.c.id == user_tasks.c.task_id) & tasks.c.owner.is_(None)
    if status:
        fits &= tasks.c.status == asked.c.status
    is_there = users.c.id == asked.c.user_id
    return _listing(asked, users, is_there, link=user_tasks.c.user_id, others=TASKS, fits=fits)


@cache
def users_of(*, page: bool = False, after: bool = False) -> Statement:
    """Return the statement that lists tasks' users, as `tasks_of`."""
    asked = _asked("task_id", page=page, after=after)
    fits = users.c.id == user_tasks.c.user_id
    is_there = (tasks.c.id == asked.c.task_id) & tasks.c.owner.is_(None)
    return _listing(asked, tasks, is_there, link=user_tasks.c.task_id, others=USERS, fits=fits)


def _asked(of: str, *, status: bool = False, page: bool, after: bool) -> Asked:
    wanted = {of: True, "skip": page, "limit": page, "after": after}
    numbers = {name: ID for name, is_wanted in wanted.items() if is_wanted}
    return Asked(**numbers, status=TEXT) if status else Asked(**numbers)


def _listing(
    asked: Asked,
    one: Table,
    is_there: ColumnElement[bool],
    *,
    link: Column[Any],
    others: Rows[Any],
    fits: ColumnElement[bool],
) -> Statement:
    """Return what lists the `others` that are linked to the `one` that is asked for."""
    [other] = (column for column in user_tasks.c if column is not link)
    linked = link == one.c.id
    if "after" in asked.c:
        linked &= other > asked.c.after
    there = asked.table.join(one, is_there)
    if "limit" not in asked.c:
        found, order = others.table, others.table.c.id
        source = there.outerjoin(user_tasks, linked).outerjoin(found, fits)
        return asked.reading(
            select(one.c.id, *others.columns, asked.c.n).select_from(source).order_by(order)
        )
    page = (
        select(*others.columns)
        .select_from(user_tasks.join(others.table, fits))
        .where(linked)
        .order_by(other)
        .limit(asked.c.limit)
        .offset(asked.c.skip)
        .correlate(one, asked.table)
        .lateral("page")
    )
    return asked.reading(
        select(one.c.id, *page.c, asked.c.n)
        .select_from(there.outerjoin(page, true()))
        .order_by(asked.c.n, page.c.id)
    )

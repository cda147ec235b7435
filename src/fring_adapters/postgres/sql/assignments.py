"""What is sent to assign and un-assign: one statement each, so that all facts are of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import case, delete, func, literal_column, over, select, true, update
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.events import recording
from fring_adapters.postgres.sql.states import task_state
from fring_adapters.postgres.sql.tables import events, tasks, user_tasks, users
from fring_core import Task
from fring_core.events import SUBJECTS

if TYPE_CHECKING:
    from sqlalchemy import CTE, ColumnElement, Table

    from fring_adapters.postgres.wire.statement import Statement


def _locked(asked: Asked) -> CTE:
    """Return the tasks that calls name, for nobody else to change: before what they are assigned to.

    So does whoever removes a task or a user, and all in this order. They are as they are now.
    """
    told = (tasks.c[name] for name in SUBJECTS[Task].fields)
    return (
        select(tasks.c.id, tasks.c.version, tasks.c.told, *told)
        .where(tasks.c.id.in_(select(asked.c.task_id)), tasks.c.owner.is_(None))
        .order_by(tasks.c.id)
        .with_for_update(key_share=True)
        .cte("task")
    )


def _there(asked: Asked) -> CTE:
    """Return the user and the task that each call names, NULL for one that does not exist.

    `known` is all of a task that no event has told of: the first one tells it.
    """
    locked = _locked(asked)
    known = task_state(locked, asked.c.wordy == literal_column("1"))
    return (
        select(
            users.c.id.label("user_id"),
            locked.c.id.label("task_id"),
            locked.c.version,
            case((~locked.c.told, known)).label("known"),
            # Of two calls about the same two, it is the first that changes anything.
            asked.first("user_id", "task_id").label("is_first"),
            asked.c.events,
            asked.c.n,
        )
        .select_from(
            asked.table.outerjoin(users, users.c.id == asked.c.user_id).outerjoin(
                locked, locked.c.id == asked.c.task_id
            )
        )
        .cte("there")
    )


def _of_both(there: CTE, other: CTE | Table) -> ColumnElement[bool]:
    return (other.c.user_id == there.c.user_id) & (other.c.task_id == there.c.task_id)


def _changing(asked: Asked, there: CTE, changed: CTE, linked: CTE | None = None) -> Statement:
    """Return what has the tasks of changed pairs on versions, and records what was changed.

    It tells whether the user is there, the task, and the change; then the task's version, the
    number of the event, what was not known before, and whether the two were `linked`.
    """
    step = over(func.row_number(), partition_by=there.c.task_id, order_by=there.c.n)
    pairs = (
        select(
            there.c.task_id.label("id"),
            there.c.user_id,
            (there.c.version + step).label("version"),
            case((step == literal_column("1"), there.c.known)).label("known"),
            there.c.events,
            there.c.n,
        )
        .select_from(there.join(changed, _of_both(there, changed)))
        .where(there.c.is_first)
        .cte("pairs")
    )
    last = select(pairs.c.id, func.max(pairs.c.version).label("version")).group_by(pairs.c.id)
    new = last.subquery("new")
    touched = (
        update(tasks)
        .values(version=new.c.version, told=true())
        .where(tasks.c.id == new.c.id)
        .returning(tasks.c.id)
        .cte("touched")
    )
    told = recording(pairs, events.c.task_id, known=pairs.c.known, version=pairs.c.version)
    theirs = (told.c.task_id == pairs.c.id) & (told.c.user_id == pairs.c.user_id)
    found = there.outerjoin(pairs, pairs.c.n == there.c.n).outerjoin(told, theirs)
    was = []
    if linked is not None:
        found = found.outerjoin(linked, _of_both(there, linked))
        was = [linked.c.user_id.is_not(None)]
    return asked.writing(
        select(
            there.c.user_id.is_not(None),
            there.c.task_id.is_not(None),
            pairs.c.id.is_not(None),
            pairs.c.version,
            told.c.id,
            pairs.c.known,
            *was,
            there.c.n,
        )
        .select_from(found)
        .add_cte(touched)
    )


def _addition() -> Statement:
    asked = Asked(user_id=ID, task_id=ID, wordy=ID, events=TEXT)
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
    return _changing(asked, there, added)


def _removal() -> Statement:
    asked = Asked(user_id=ID, task_id=ID, wordy=ID, events=TEXT)
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
    return _changing(asked, there, removed, linked)


ADD: Final = _addition()
REMOVE: Final = _removal()

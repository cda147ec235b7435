"""What a user takes along: its assignments, and an account its personal list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import case, delete, exists, literal_column, select, true, update

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.drawn_ids import spending
from fring_adapters.postgres.sql.events import recorded
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.states import task_state
from fring_adapters.postgres.sql.tables import events, tasks, user_tasks, users

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.statement import Statement

SOME: Final = 1000  # tasks of a list that are removed together


def _locking_tasks() -> Statement:
    asked = Asked(id=ID, wordy=ID)
    is_wordy = asked.c.wordy == literal_column("1")
    known = case((~tasks.c.told, task_state(tasks, is_wordy)))
    return asked.writing(
        select(tasks.c.id, tasks.c.version, known, asked.c.n)
        .select_from(asked.table.join(user_tasks, user_tasks.c.user_id == asked.c.id).join(tasks))
        .order_by(tasks.c.id)
        .with_for_update(of=tasks, key_share=True)
    )


def _locking() -> Statement:
    asked = Asked(id=ID)
    return asked.writing(
        select(*USERS.columns, users.c.password_hash.is_not(None), asked.c.n)
        .select_from(asked.table.join(users, users.c.id == asked.c.id))
        .with_for_update(of=users)
    )


def _unassigning() -> Statement:
    asked = Asked(id=ID, events=TEXT)
    changed = (
        update(tasks)
        .values(version=tasks.c.version + literal_column("1"), told=true())
        .where(tasks.c.id == asked.c.id)
        .returning(tasks.c.id, asked.c.events, asked.c.n)
        .cte("changed")
    )
    return asked.writing(recorded(changed, events.c.task_id))


def _removal() -> Statement:
    asked = Asked(id=ID, events=TEXT)
    removed = (
        delete(users)
        .where(users.c.id == asked.c.id)
        .returning(users.c.id, asked.c.events, asked.c.n)
        .cte("removed")
    )
    told = recorded(removed, events.c.user_id)
    return asked.writing(told.add_cte(spending((users, removed))))


def _left() -> Statement:
    asked = Asked(id=ID, owner=TEXT)
    return asked.writing(
        select(*TASKS.columns, asked.c.n)
        .select_from(asked.table.join(tasks, tasks.c.owner == asked.c.owner))
        .where(~exists(select(users.c.id).where(users.c.id == asked.c.id)))
        .order_by(tasks.c.id)
        .limit(literal_column(f"{SOME}"))
        .with_for_update(of=tasks)
    )


# The tasks that a user has, with all of what nobody was told of, and the user, for nobody to change until the transaction ends.
LOCK_TASKS: Final = _locking_tasks()
LOCK: Final = _locking()
UNASSIGN: Final = _unassigning()
REMOVE: Final = _removal()
# Of a list whose user is gone, for nobody to change either.
LEFT: Final = _left()

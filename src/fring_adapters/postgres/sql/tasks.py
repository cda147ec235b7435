"""What is sent about tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.drawn_ids import adding, spending
from fring_adapters.postgres.sql.entities import EntityStatements
from fring_adapters.postgres.sql.events import recorded
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.states import untold
from fring_adapters.postgres.sql.tables import events, tasks, user_tasks, users

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.statement import Statement

_KEY: Final = (tasks.c.id, tasks.c.owner)
_NEW: Final = tuple(tasks.c[name] for name in (*TASKS.changing, "created_at", "owner"))

STATEMENTS: Final = EntityStatements.of(TASKS, _NEW, *_KEY)
ADD: Final = adding(tasks, _NEW)


def _with_users() -> Statement:
    asked = Asked.like(_KEY)
    return asked.reading(
        select(*TASKS.columns, *USERS.columns, asked.c.n)
        .select_from(
            asked.table.join(tasks, asked.is_it(*_KEY)).outerjoin(user_tasks).outerjoin(users)
        )
        .order_by(users.c.id)
    )


def _locking() -> Statement:
    asked = Asked.like(_KEY)
    return asked.writing(
        select(*TASKS.columns, untold(tasks), asked.c.n)
        .select_from(asked.table.join(tasks, asked.is_it(*_KEY)))
        .order_by(tasks.c.id)
        .with_for_update(of=tasks, key_share=True)
    )


GET_WITH_USERS: Final = _with_users()
# As `STATEMENTS.find`, and nobody else changes the rows until the transaction ends.
LOCK: Final = _locking()


def _removal() -> Statement:
    asked = Asked.like(_KEY, was=ID, events=TEXT)
    removed = (
        delete(tasks)
        .where(asked.is_it(*_KEY), tasks.c.version == asked.c.was)
        .returning(tasks.c.id, asked.c.events, asked.c.n)
        .cte("removed")
    )
    told = recorded(removed, events.c.task_id)
    return asked.writing(told.add_cte(spending((tasks, removed))))


# Of a task that still has the version `was`, and so the users that it had then.
REMOVE: Final = _removal()

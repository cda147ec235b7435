"""What is sent about tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from fring_adapters.postgres.sql.asked import ID, Asked
from fring_adapters.postgres.sql.drawn_ids import adding, spending
from fring_adapters.postgres.sql.entities import EntityStatements
from fring_adapters.postgres.sql.removal_at import seen_beside
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users

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
        select(*TASKS.columns, asked.c.n)
        .select_from(asked.table.join(tasks, asked.is_it(*_KEY)))
        .order_by(tasks.c.id)
        .with_for_update(of=tasks, key_share=True)
    )


GET_WITH_USERS: Final = _with_users()
# As `STATEMENTS.get`, and nobody else changes the rows until the transaction ends.
LOCK: Final = _locking()


def _removal() -> Statement:
    asked = Asked.like(_KEY)
    removed = (
        delete(tasks).where(asked.is_it(*_KEY)).returning(tasks.c.id, asked.c.n).cte("removed")
    )
    return asked.writing(select(removed.c.id, removed.c.n).add_cte(spending((tasks, removed))))


def _removal_at() -> Statement:
    asked = Asked.like(_KEY, was=ID)
    removed = (
        delete(tasks)
        .where(asked.is_it(*_KEY), tasks.c.version == asked.c.was)
        .returning(tasks.c.id, asked.c.n)
        .cte("removed")
    )
    seen = seen_beside(removed, asked, tasks, *_KEY)
    return asked.writing(seen.add_cte(spending((tasks, removed))))


REMOVE: Final = _removal()
REMOVE_AT: Final = _removal_at()

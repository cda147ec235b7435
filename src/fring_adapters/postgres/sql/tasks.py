"""What is sent about tasks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, exists, func, literal_column, select

from fring_adapters.postgres.sql.asked import ID, TEXT, Asked
from fring_adapters.postgres.sql.drawn_ids import adding, spending
from fring_adapters.postgres.sql.entities import EntityStatements, counted, paged
from fring_adapters.postgres.sql.removal_at import seen_beside
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users
from fring_core import TaskOrder
from fring_core.status import COMPLETED_ONES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_adapters.postgres.sql.entities import Order
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


GET_WITH_USERS: Final = _with_users()


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


_ORDERS: Final[Mapping[TaskOrder, Order]] = {
    TaskOrder.BY_ID: lambda rows: (rows.c.id,),
    TaskOrder.NEWEST_FIRST: lambda rows: (rows.c.created_at.desc(), rows.c.id.desc()),
    TaskOrder.BY_TITLE: lambda rows: (rows.c.title, rows.c.id),
}
_DONE: Final = tasks.c.status.in_(literal_column(f"'{status}'") for status in COMPLETED_ONES)


@cache
def listing(
    *,
    shared: bool,
    status: bool = False,
    title: bool = False,
    assigned: bool | None = None,
    completed: bool | None = None,
    order: TaskOrder = TaskOrder.BY_ID,
    after: bool = False,
    front: bool = False,
    counts: bool = False,
) -> Statement:
    """Return the statement that lists or counts tasks, one for each set of filters and order."""
    asked = Asked.with_page(
        owner=None if shared else TEXT,
        status=TEXT if status else None,
        title=TEXT if title else None,
        after=ID if after else None,
    )
    # Not IS NOT DISTINCT FROM: PostgreSQL finds no index for that.
    owner = tasks.c.owner.is_(None) if shared else tasks.c.owner == asked.c.owner
    found = select(*TASKS.columns).where(owner)
    if status:
        found = found.where(tasks.c.status == asked.c.status)
    if title:
        found = found.where(func.strpos(tasks.c.title, asked.c.title) > literal_column("0"))
    if assigned is not None:
        has_users = exists(select(user_tasks.c.task_id).where(user_tasks.c.task_id == tasks.c.id))
        found = found.where(has_users if assigned else ~has_users)
    if completed is not None:
        found = found.where(_DONE if completed else ~_DONE)
    if after:
        found = found.where(tasks.c.id > asked.c.after)
    return counted(asked, found) if counts else paged(asked, found, _ORDERS[order], front=front)

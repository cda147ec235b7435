"""What is sent about tasks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
)

from fring_adapters.postgres.sql.drawn_ids import adding, spending
from fring_adapters.postgres.sql.entities import EntityStatements, counted, paged
from fring_adapters.postgres.sql.removal_at import at_version, seen_beside
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users
from fring_core import TaskOrder
from fring_core.status import COMPLETED_ONES

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.statement import Statement

_IS_IT: Final = (
    tasks.c.id == bindparam("id"),
    tasks.c.owner.is_not_distinct_from(bindparam("owner")),
)
_NEW: Final[dict[str, BindParameter[object]]] = {
    name: bindparam(name) for name in (*TASKS.changing, "created_at", "owner")
}

STATEMENTS: Final = EntityStatements.of(TASKS, _NEW, *_IS_IT)
ADD: Final = adding(tasks, _NEW)
GET_WITH_USERS: Final = reading(
    select(*TASKS.columns, *USERS.columns)
    .select_from(tasks.outerjoin(user_tasks.join(users)))
    .where(*_IS_IT)
    .order_by(users.c.id)
)


def _removed(*more: ColumnElement[bool]) -> CTE:
    return delete(tasks).where(*_IS_IT, *more).returning(tasks.c.id).cte("removed")


_REMOVED: Final = _removed()
REMOVE: Final = writing(select(_REMOVED.c.id).add_cte(spending((tasks, _REMOVED))))
_REMOVED_AT: Final = _removed(at_version(tasks))
REMOVE_AT: Final = writing(
    seen_beside(_REMOVED_AT, tasks, *_IS_IT).add_cte(spending((tasks, _REMOVED_AT)))
)


_ORDERS: Final = {
    TaskOrder.BY_ID: (tasks.c.id,),
    TaskOrder.NEWEST_FIRST: (tasks.c.created_at.desc(), tasks.c.id.desc()),
    TaskOrder.BY_TITLE: (tasks.c.title, tasks.c.id),
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
    counts: bool = False,
) -> Statement:
    """Return the statement that lists or counts tasks, one for each set of filters and order."""
    # Not IS NOT DISTINCT FROM: PostgreSQL finds no index for that.
    owner = tasks.c.owner.is_(None) if shared else tasks.c.owner == bindparam("owner")
    statement = select(*TASKS.columns).where(owner)
    if status:
        statement = statement.where(tasks.c.status == bindparam("status"))
    if title:
        statement = statement.where(
            func.strpos(tasks.c.title, bindparam("title")) > literal_column("0")
        )
    if assigned is not None:
        has_users = exists(select(user_tasks.c.task_id).where(user_tasks.c.task_id == tasks.c.id))
        statement = statement.where(has_users if assigned else ~has_users)
    if completed is not None:
        statement = statement.where(_DONE if completed else ~_DONE)
    if after:
        statement = statement.where(tasks.c.id > bindparam("after"))
    return counted(statement) if counts else paged(statement, *_ORDERS[order])

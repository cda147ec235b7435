"""Tasks in PostgreSQL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import (
    BindParameter,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.drawn_ids import (
    MAX_ROUNDS,
    adding,
    skipping_ahead,
    spending,
    steps_after,
)
from fring_adapters.postgres.sql.rows import (
    TASK_COLUMNS,
    USER_COLUMNS,
    from_new_task,
    from_task,
    saved,
    to_task,
    to_user,
)
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import tasks, user_tasks, users
from fring_core import IdTaken, StoreUnavailable, TaskOrder, TaskStatus, TaskWithUsers
from fring_core.ids import is_possible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import NewTask, Page, Task, TaskFilter

_IS_IT: Final = (
    tasks.c.id == bindparam("id"),
    tasks.c.owner.is_not_distinct_from(bindparam("owner")),
)
_CHANGING: Final[dict[str, BindParameter[object]]] = {
    name: bindparam(name) for name in ("title", "description", "status", "due_date", "updated_at")
}
_NEW: Final = _CHANGING | {name: bindparam(name) for name in ("created_at", "owner")}

ADD: Final = adding(tasks, _NEW)
ADD_WITH_ID: Final = writing(
    insert(tasks)
    .values(_NEW | {"id": bindparam("id")})
    .on_conflict_do_nothing()
    .returning(tasks.c.id)
)
SKIP_AHEAD: Final = skipping_ahead(tasks)
GET: Final = reading(select(*TASK_COLUMNS).where(*_IS_IT))
GET_WITH_USERS: Final = reading(
    select(*TASK_COLUMNS, *USER_COLUMNS)
    .select_from(tasks.outerjoin(user_tasks.join(users)))
    .where(*_IS_IT)
    .order_by(users.c.id)
)
SAVE: Final = writing(
    update(tasks)
    .values(_CHANGING | {"version": tasks.c.version + literal_column("1")})
    .where(*_IS_IT, tasks.c.version == bindparam("version"))
    .returning(tasks.c.version, tasks.c.created_at)
)
_REMOVED: Final = delete(tasks).where(*_IS_IT).returning(tasks.c.id).cte("removed")
REMOVE: Final = writing(select(_REMOVED.c.id).add_cte(spending((tasks, _REMOVED))))


_ORDERS: Final = {
    TaskOrder.BY_ID: (tasks.c.id,),
    TaskOrder.NEWEST_FIRST: (tasks.c.created_at.desc(), tasks.c.id.desc()),
    TaskOrder.BY_TITLE: (tasks.c.title, tasks.c.id),
}


@cache
def listing(
    *,
    shared: bool,
    status: bool = False,
    title: bool = False,
    assigned: bool | None = None,
    completed: bool | None = None,
    order: TaskOrder = TaskOrder.BY_ID,
) -> Statement:
    """Return the statement that lists tasks, one for each set of filters in use and order."""
    # Not IS NOT DISTINCT FROM: PostgreSQL finds no index for that.
    owner = tasks.c.owner.is_(None) if shared else tasks.c.owner == bindparam("owner")
    statement = select(*TASK_COLUMNS).where(owner)
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
        done = tasks.c.status == literal_column(f"'{TaskStatus.COMPLETED}'")
        statement = statement.where(done if completed else ~done)
    return reading(
        statement.order_by(*_ORDERS[order]).limit(bindparam("limit")).offset(bindparam("skip"))
    )


@attrs.frozen
class PostgresTasks:
    """Keep tasks, as `fring_core.Tasks` says."""

    _executor: Executor

    async def add(self, new: NewTask, owner: str | None, now: datetime) -> Task:
        parameters = from_new_task(new, owner, now)
        if new.id is not None:
            if not await self._executor.run(ADD_WITH_ID, parameters):
                raise IdTaken(new.id)
            return new.as_task(new.id, owner, now)
        for clashes in range(MAX_ROUNDS):
            rows = await self._executor.run(ADD, parameters)
            if rows:
                return new.as_task(rows[0][0], owner, now)
            await self._executor.run(SKIP_AHEAD, steps_after(clashes))
        raise StoreUnavailable(f"No free task id in {MAX_ROUNDS} attempts")

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        if not is_possible(task_id):
            return None
        rows = await self._executor.run(GET, {"id": task_id, "owner": owner})
        return to_task(rows[0]) if rows else None

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        if not is_possible(task_id):
            return None
        rows = await self._executor.run(GET_WITH_USERS, {"id": task_id, "owner": owner})
        if not rows:
            return None
        width = len(TASK_COLUMNS)
        task = to_task(rows[0][:width])
        return TaskWithUsers(task, [to_user(row[width:]) for row in rows if row[width] is not None])

    async def list(
        self,
        where: TaskFilter,
        page: Page,
        owner: str | None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Sequence[Task]:
        statement = listing(
            shared=owner is None,
            status=where.status is not None,
            title=where.title is not None,
            assigned=where.assigned,
            completed=where.completed,
            order=order,
        )
        rows = await self._executor.run(
            statement,
            {
                "owner": owner,
                "status": where.status,
                "title": where.title,
                "skip": page.skip,
                "limit": page.limit,
            },
        )
        return [to_task(row) for row in rows]

    async def save(self, task: Task) -> Task | None:
        if not is_possible(task.id):
            return None
        rows = await self._executor.run(SAVE, from_task(task))
        return saved(task, *rows[0]) if rows else None

    async def remove(self, task_id: int, owner: str | None) -> bool:
        return is_possible(task_id) and bool(
            await self._executor.run(REMOVE, {"id": task_id, "owner": owner})
        )

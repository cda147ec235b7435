"""Tasks in PostgreSQL."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs

from fring_adapters.postgres.repositories import many_tasks
from fring_adapters.postgres.repositories.pages import (
    NO_PAGE,
    alone,
    asked_page,
    is_front,
    rows_of,
)
from fring_adapters.postgres.repositories.removing import removed_at
from fring_adapters.postgres.sql import tasks as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS, steps_after
from fring_adapters.postgres.sql.pieces import needle
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.task_lists import listing
from fring_adapters.postgres.sql.tasks import STATEMENTS
from fring_core import IdTaken, Slice, StoreUnavailable, TaskOrder, TaskWithUsers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from fring_adapters.postgres.repositories.changing import Changing
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import NewTask, Page, Task, TaskFilter


@attrs.frozen
class PostgresTasks:
    """Keep tasks, as `fring_core.Tasks` says."""

    _executor: Executor
    _changing: Changing

    async def add(self, new: NewTask, owner: str | None, now: datetime) -> Task:
        parameters = TASKS.parameters(new.as_task(0, owner, now)) | {"id": new.id}
        if new.id is not None:
            if not await self._executor.ask(STATEMENTS.add_with_id, parameters):
                raise IdTaken(new.id)
            return new.as_task(new.id, owner, now)
        for clashes in range(MAX_ROUNDS):
            rows = await self._executor.ask(sql.ADD, parameters)
            if rows:
                return new.as_task(rows[0][0], owner, now)
            await self._executor.run(STATEMENTS.skip_ahead, steps_after(clashes))
        raise StoreUnavailable(f"No free task id in {MAX_ROUNDS} attempts")

    async def add_many(
        self, new: Sequence[NewTask], owner: str | None, now: datetime
    ) -> Sequence[Task | IdTaken]:
        return await self._executor.all_or_nothing(partial(many_tasks.added, new, owner, now))

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        return await _get(task_id, owner, self._executor)

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        rows = await self._executor.ask(sql.GET_WITH_USERS, {"id": task_id, "owner": owner})
        if not rows:
            return None
        width = TASKS.width
        users = [USERS.entity(row[width:]) for row in rows if row[width] is not None]
        return TaskWithUsers(TASKS.entity(rows[0][:width]), users)

    async def list(
        self,
        where: TaskFilter,
        page: Page,
        owner: str | None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Slice[Task]:
        statement = _listing(
            where, owner, order, after=page.after is not None, front=is_front(page)
        )
        asked = _meant(where, owner) | asked_page(page)
        is_quick = where.title is None and where.assigned is None and is_front(page)
        rows = await rows_of(self._executor, statement, asked, is_quick=is_quick)
        return Slice.of(map(TASKS.entity, rows), page.limit)

    async def count(self, where: TaskFilter, owner: str | None) -> int:
        asked = _meant(where, owner) | asked_page(NO_PAGE)
        [(number,)] = await alone(self._executor, _listing(where, owner, counts=True), asked)
        return int(number)

    async def change(
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task]
    ) -> Task | None:
        return await self._changing.change(
            ("task", task_id, owner), verb, partial(_get, task_id, owner), _save
        )

    async def change_many(
        self, task_ids: Sequence[int], owner: str | None, verb: Callable[[Task], Task]
    ) -> Sequence[Task | Exception | None]:
        work = partial(many_tasks.changed, task_ids, owner, verb)
        return await self._executor.all_or_nothing(work)

    async def remove(self, task_id: int, owner: str | None, *, version: int | None = None) -> bool:
        parameters = {"id": task_id, "owner": owner}
        if version is not None:
            return bool(await removed_at(version, self._executor, sql.REMOVE_AT, parameters))
        return bool(await self._executor.ask(sql.REMOVE, parameters))


async def _get(task_id: int, owner: str | None, executor: Executor) -> Task | None:
    rows = await executor.ask(STATEMENTS.get, {"id": task_id, "owner": owner})
    return TASKS.entity(rows[0]) if rows else None


async def _save(executor: Executor, task: Task, was: int) -> bool:
    return bool(await executor.ask(STATEMENTS.save, TASKS.parameters(task) | {"was": was}))


def _listing(
    where: TaskFilter,
    owner: str | None,
    order: TaskOrder = TaskOrder.BY_ID,
    *,
    after: bool = False,
    front: bool = False,
    counts: bool = False,
) -> Statement:
    return listing(
        shared=owner is None,
        status=where.status is not None,
        title=where.title is not None,
        assigned=where.assigned,
        completed=where.completed,
        order=order,
        after=after,
        front=front,
        counts=counts,
    )


def _meant(where: TaskFilter, owner: str | None) -> dict[str, object]:
    return {
        "owner": owner,
        "status": where.status,
        "title": where.title,
        "title_pieces": needle(where.title),
    }

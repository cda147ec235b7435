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
from fring_adapters.postgres.repositories.recording import read, sent, tell_all
from fring_adapters.postgres.repositories.task_places import TaskPlace
from fring_adapters.postgres.sql import tasks as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS, steps_after
from fring_adapters.postgres.sql.pieces import needle
from fring_adapters.postgres.sql.reminders import REMIND
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.task_lists import listing
from fring_adapters.postgres.sql.tasks import STATEMENTS
from fring_core import IdTaken, Slice, StoreUnavailable, TaskOrder, TaskWithUsers
from fring_core.events import created, deleted
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fring_adapters.postgres.repositories.changing import Changing
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import Cause, NewTask, Page, Task, TaskFilter


@attrs.frozen
class PostgresTasks:
    """Keep tasks, as `fring_core.Tasks` says."""

    _executor: Executor
    _changing: Changing

    async def add(self, new: NewTask, owner: str | None, cause: Cause) -> Task:
        task = new.as_task(0, owner, cause.at)
        event = created(task, cause)
        parameters = TASKS.parameters(task) | {"id": new.id, "events": sent(event)}
        for clashes in range(MAX_ROUNDS):
            statement = sql.ADD if new.id is None else STATEMENTS.add_with_id
            rows = await self._executor.ask(statement, parameters)
            if rows:
                [(task_id, number)] = rows
                cause.tell(event, str(number), task_id=task_id)
                return new.as_task(task_id, owner, cause.at)
            if new.id is not None:
                raise IdTaken(new.id)
            await self._executor.run(STATEMENTS.skip_ahead, steps_after(clashes))
        raise StoreUnavailable(f"No free task id in {MAX_ROUNDS} attempts")

    async def add_many(
        self, new: Sequence[NewTask], owner: str | None, cause: Cause
    ) -> Sequence[Task | IdTaken]:
        work = partial(many_tasks.added, new, owner, cause)
        results, told = await self._executor.all_or_nothing(work)
        tell_all(cause, told)
        return results

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        return await _get(task_id, owner, self._executor)

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        return await _get_with_users(task_id, owner, self._executor)

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
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task], cause: Cause
    ) -> Task | None:
        return await self._changing.change(TaskPlace(task_id, owner), verb, cause)

    async def change_many(
        self,
        task_ids: Sequence[int],
        owner: str | None,
        verb: Callable[[Task], Task],
        cause: Cause,
    ) -> Sequence[Task | Exception | None]:
        work = partial(many_tasks.changed, task_ids, owner, verb, cause)
        results, told = await self._executor.all_or_nothing(work)
        tell_all(cause, told)
        return results

    async def remove(
        self, task_id: int, owner: str | None, cause: Cause, *, version: int | None = None
    ) -> bool:
        for _ in range(MAX_ROUNDS):
            async with self._executor.on_one_connection() as executor:
                found = await _get_with_users(task_id, owner, executor)
                if found is None:
                    return False
                check_version(found.task, version)
                event = deleted(found.task, cause, [user.id for user in found.users])
                asked = {"id": task_id, "owner": owner, "was": found.task.version}
                rows = await executor.ask(sql.REMOVE, {**asked, "events": sent(event)})
            if rows:
                [(_, number)] = rows
                cause.tell(event, str(number))
                return True
            # Another caller was faster: look again.
        raise StoreUnavailable(f"Task {task_id} changed under {MAX_ROUNDS} attempts to remove it")

    async def remind(self, limit: int, cause: Cause) -> int:
        asked = {"actor": cause.actor, "request_id": cause.request_id, "wordy": cause.is_wordy}
        rows = await self._executor.run(REMIND, {**asked, "limit": limit})
        tell_all(cause, [(read(row), row[0]) for row in rows])
        return len(rows)


async def _get(task_id: int, owner: str | None, executor: Executor) -> Task | None:
    rows = await executor.ask(STATEMENTS.get, {"id": task_id, "owner": owner})
    return TASKS.entity(rows[0]) if rows else None


async def _get_with_users(
    task_id: int, owner: str | None, executor: Executor
) -> TaskWithUsers | None:
    rows = await executor.ask(sql.GET_WITH_USERS, {"id": task_id, "owner": owner})
    if not rows:
        return None
    width = TASKS.width
    users = [USERS.entity(row[width:]) for row in rows if row[width] is not None]
    return TaskWithUsers(TASKS.entity(rows[0][:width]), users)


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

"""Tasks in memory."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.pages import part
from fring_core import VIEWS, IdTaken, TaskOrder, TaskWithUsers
from fring_core.events import created, deleted, reminded, updated
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fring_adapters.memory.database import Database
    from fring_adapters.memory.tables import Tables
    from fring_core import Cause, Event, NewTask, Page, Place, Slice, Task, TaskFilter


@attrs.frozen
class MemoryTasks:
    """Keep tasks, as `fring_core.Tasks` says."""

    _database: Database

    async def add(self, new: NewTask, owner: str | None, cause: Cause) -> Task:
        with self._database.recording(cause) as (tables, record):
            if new.id is not None and new.id in tables.tasks:
                raise IdTaken(new.id)
            task_id = new.id or self._database.task_ids.draw(tables.tasks.__contains__)
            task = tables.put_task(new.as_task(task_id, owner, cause.at))
            record(created(task, cause))
            return task

    async def add_many(
        self, new: Sequence[NewTask], owner: str | None, cause: Cause
    ) -> Sequence[Task | IdTaken]:
        with self._database.recording(cause) as (tables, record):
            ids = {each.id for each in new}

            def drawn() -> int:
                number = self._database.task_ids.draw(
                    lambda number: number in tables.tasks or number in ids
                )
                ids.add(number)
                return number

            def added(new: NewTask, number: int) -> Task | IdTaken:
                if number in tables.tasks:
                    return IdTaken(number)
                task = tables.put_task(new.as_task(number, owner, cause.at))
                record(created(task, cause))
                return task

            numbers = [each.id or drawn() for each in new]  # of which there may be too few
            return [added(each, number) for each, number in zip(new, numbers, strict=True)]

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        with self._database.opened() as tables:
            task = tables.tasks.get(task_id)
            return task if task is not None and task.owner == owner else None

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        with self._database.opened() as tables:
            task = await self.get(task_id, owner)
            return None if task is None else TaskWithUsers(task, [*tables.users_of(task_id)])

    async def list(
        self,
        where: TaskFilter,
        page: Page,
        owner: str | None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Slice[Task]:
        with self._database.opened() as tables:
            return part(_matching(tables, where, owner, order, page.after), page)

    async def count(self, where: TaskFilter, owner: str | None) -> int:
        with self._database.opened() as tables:
            return sum(1 for _ in _matching(tables, where, owner))

    async def change(
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task], cause: Cause
    ) -> Task | None:
        with self._database.recording(cause) as (tables, record):
            before = await self.get(task_id, owner)
            if before is None:
                return None
            after = tables.put_task(_changed(before, verb))
            record(updated(before, after, cause))
            return after

    async def change_many(
        self,
        task_ids: Sequence[int],
        owner: str | None,
        verb: Callable[[Task], Task],
        cause: Cause,
    ) -> Sequence[Task | Exception | None]:
        with self._database.recording(cause) as (tables, record):
            made: dict[int, Task] = {}
            events: list[Event] = []
            results: list[Task | Exception | None] = []
            for task_id in task_ids:
                before = made.get(task_id) or await self.get(task_id, owner)
                try:
                    after = None if before is None else _changed(before, verb)
                except Exception as error:  # noqa: BLE001  # it is told in its place
                    results.append(error)
                    continue
                results.append(after)
                if before is not None and after is not None:
                    made[task_id] = after
                    events.append(updated(before, after, cause))
            for task in made.values():
                tables.put_task(task)
            for event in events:
                record(event)
            return results

    async def remove(
        self, task_id: int, owner: str | None, cause: Cause, *, version: int | None = None
    ) -> bool:
        with self._database.recording(cause) as (tables, record):
            found = await self.get(task_id, owner)
            if found is None:
                return False
            check_version(found, version)
            assignees = [user.id for user in tables.users_of(task_id)]
            for user_id in assignees:
                tables.unlink(user_id, task_id)
            self._database.task_ids.spend(task_id)
            tables.drop_task(task_id)
            record(deleted(found, cause, assignees))
            return True

    async def remind(self, limit: int, cause: Cause) -> int:
        with self._database.recording(cause) as (tables, record):
            due = [*islice(tables.to_remind(cause.at), limit)]
            for task in due:
                record(reminded(task, cause))
                tables.put_task(task.reminded())
            return len(due)


def _changed(before: Task, verb: Callable[[Task], Task]) -> Task:
    return attrs.evolve(
        verb(before),
        id=before.id,
        owner=before.owner,
        created_at=before.created_at,
        version=before.version + 1,
    )


def _matching(
    tables: Tables,
    where: TaskFilter,
    owner: str | None,
    order: TaskOrder = TaskOrder.BY_ID,
    after: Place | None = None,
) -> Iterator[Task]:
    return (
        task
        for task in tables.list_of(owner, order, after)
        if where.status in (None, task.status)
        and (where.title or "") in task.title
        and (where.assigned is None or where.assigned == tables.is_assigned(task.id))
        and where.completed in (None, VIEWS[task.status].completed)
    )

"""Tasks in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.pages import part
from fring_core import VIEWS, IdTaken, TaskOrder, TaskWithUsers
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from fring_adapters.memory.database import Database
    from fring_adapters.memory.tables import Tables
    from fring_core import NewTask, Page, Place, Slice, Task, TaskFilter


@attrs.frozen
class MemoryTasks:
    """Keep tasks, as `fring_core.Tasks` says."""

    _database: Database

    async def add(self, new: NewTask, owner: str | None, now: datetime) -> Task:
        with self._database.changing() as tables:
            if new.id is not None and new.id in tables.tasks:
                raise IdTaken(new.id)
            task_id = new.id or self._database.task_ids.draw(tables.tasks.__contains__)
            return tables.put_task(new.as_task(task_id, owner, now))

    async def add_many(
        self, new: Sequence[NewTask], owner: str | None, now: datetime
    ) -> Sequence[Task | IdTaken]:
        with self._database.changing() as tables:
            ids = {each.id for each in new}

            def drawn() -> int:
                number = self._database.task_ids.draw(
                    lambda number: number in tables.tasks or number in ids
                )
                ids.add(number)
                return number

            numbers = [each.id or drawn() for each in new]  # of which there may be too few
            return [
                IdTaken(number)
                if number in tables.tasks
                else tables.put_task(each.as_task(number, owner, now))
                for each, number in zip(new, numbers, strict=True)
            ]

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
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task]
    ) -> Task | None:
        with self._database.changing() as tables:
            current = await self.get(task_id, owner)
            if current is None:
                return None
            return tables.put_task(
                attrs.evolve(
                    verb(current),
                    id=task_id,
                    owner=owner,
                    created_at=current.created_at,
                    version=current.version + 1,
                )
            )

    async def change_many(
        self, task_ids: Sequence[int], owner: str | None, verb: Callable[[Task], Task]
    ) -> Sequence[Task | Exception | None]:
        with self._database.changing() as tables:
            before = [tables.tasks[each] for each in {*task_ids} if each in tables.tasks]
            results: list[Task | Exception | None] = []
            try:
                for task_id in task_ids:
                    try:
                        results.append(await self.change(task_id, owner, verb))
                    except Exception as error:  # noqa: BLE001  # it is told in its place
                        results.append(error)
            except BaseException:
                for task in before:
                    tables.put_task(task)
                raise
            return results

    async def remove(self, task_id: int, owner: str | None, *, version: int | None = None) -> bool:
        with self._database.changing() as tables:
            found = await self.get(task_id, owner)
            if found is None:
                return False
            check_version(found, version)
            for user in [*tables.users_of(task_id)]:
                tables.unlink(user.id, task_id)
            self._database.task_ids.spend(task_id)
            tables.drop_task(task_id)
            return True


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

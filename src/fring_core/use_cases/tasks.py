"""What is done with tasks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs

from fring_core.errors import TaskNotFound
from fring_core.orders import TaskOrder
from fring_core.paging import pages
from fring_core.queries import Page, TaskFilter
from fring_core.tasks import NewTask, TaskChanges, check_owner, existing
from fring_core.use_cases.transactions import all_or_nothing
from fring_core.use_cases.unchanged import Unchanged
from fring_core.values import check_kind, many
from fring_core.versions import check_version, expected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from fring_core.assignments import TaskWithUsers
    from fring_core.causes import Cause, Causes, Tell
    from fring_core.ports import Store
    from fring_core.queries import Slice
    from fring_core.status import TaskStatus, Workflow
    from fring_core.tasks import Task


class TaskUseCases:
    """Create, find, change and delete tasks: `fring.tasks`.

    Tasks of the shared board are reached with `owner=None`, those of a personal list with its
    owner's name: 1-255 characters, case-sensitive. Every method may raise `Unavailable` when the
    store is away, and `InvalidInput` for an argument that is none of its kind.
    """

    def __init__(
        self, store: Store, causes: Causes, workflow: Workflow, personal_workflow: Workflow
    ) -> None:
        self._store = store
        self._causes = causes
        self._workflow = workflow
        self._personal_workflow = personal_workflow

    async def create(self, new: NewTask, *, owner: str | None = None) -> Task:
        """Create a task; raise `IdTaken`."""
        check_kind("new", new, NewTask)
        return await self._store.tasks.add(new, check_owner(owner), self._causes())

    async def create_many(
        self, new: Sequence[NewTask], *, owner: str | None = None
    ) -> Sequence[Task]:
        """Create up to 1,000 tasks, in this order: all of them or, if it raises `IdTaken`, none."""
        for each in (tasks := many("new", new)):
            check_kind("new", each, NewTask)
        owner, cause = check_owner(owner), self._causes()

        async def add(store: Store, tell: Tell) -> Sequence[Task]:
            added = await store.tasks.add_many(tasks, owner, cause.telling(tell))
            return [_done(each) for each in added]

        return await all_or_nothing(self._store, cause.on_commit, add)

    async def get(self, task_id: int, *, owner: str | None = None) -> Task:
        """Return a task; raise `TaskNotFound`."""
        owner, task_id = check_owner(owner), existing(task_id)
        found = await self._store.tasks.get(task_id, owner)
        if found is None:
            raise TaskNotFound(task_id)
        return found

    async def get_with_users(self, task_id: int, *, owner: str | None = None) -> TaskWithUsers:
        """Return a task with the users it is assigned to; raise `TaskNotFound`."""
        owner, task_id = check_owner(owner), existing(task_id)
        found = await self._store.tasks.get_with_users(task_id, owner)
        if found is None:
            raise TaskNotFound(task_id)
        return found

    async def list(
        self,
        where: TaskFilter = TaskFilter(),
        page: Page = Page(),
        *,
        owner: str | None = None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Slice[Task]:
        """Return the tasks of a list that match, in this order; `more` tells if others follow."""
        check_kind("where", where, TaskFilter)
        check_kind("page", page, Page)
        order = TaskOrder.parse(order)
        page.check_order(order)
        return await self._store.tasks.list(where, page, check_owner(owner), order)

    async def all(
        self,
        where: TaskFilter = TaskFilter(),
        *,
        owner: str | None = None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> AsyncIterator[Task]:
        """Iterate over all tasks of a list that match, in this order, a page at a time.

        None that is there all along, and keeps its place, is passed over or comes twice, whatever
        is added, changed or deleted meanwhile.
        """
        order = TaskOrder.parse(order)
        async for page in pages(partial(self.list, where, owner=owner, order=order), order):
            for task in page:
                yield task

    async def count(self, where: TaskFilter = TaskFilter(), *, owner: str | None = None) -> int:
        """Return how many tasks of a list match."""
        check_kind("where", where, TaskFilter)
        return await self._store.tasks.count(where, check_owner(owner))

    async def update(
        self,
        task_id: int,
        changes: TaskChanges,
        *,
        owner: str | None = None,
        version: int | None = None,
        touch: bool = True,
    ) -> Task:
        """Change a task and its `updated_at`; raise `TaskNotFound` or `TransitionRefused`.

        With a `version`, this and what follows raise `VersionConflict` if the task has another.
        Unless it is to `touch` the task in any case, what leaves that as it is stores nothing.
        """
        check_kind("touch", touch, bool)
        cause = self._causes()
        change = self._verb(changes, cause)

        def verb(task: Task) -> Task:
            changed = change(task)
            if attrs.evolve(changed, updated_at=task.updated_at) == task:
                raise Unchanged(task)
            return changed

        try:
            return await self._change(task_id, owner, version, change if touch else verb, cause)
        except Unchanged as found:
            row: Task = found.row
            return row

    async def update_many(
        self, task_ids: Sequence[int], changes: TaskChanges, *, owner: str | None = None
    ) -> Sequence[Task]:
        """Change up to 1,000 tasks alike: all of them or, if it raises as `update`, none.

        What is returned is in the order of the ids; a task that is named again is changed again.
        """
        cause = self._causes()
        verb = self._verb(changes, cause)
        ids = [existing(task_id) for task_id in many("task_ids", task_ids)]
        owner = check_owner(owner)

        async def change(store: Store, tell: Tell) -> Sequence[Task]:
            changed = await store.tasks.change_many(ids, owner, verb, cause.telling(tell))
            absent = map(TaskNotFound, ids)
            return [_done(each or its) for each, its in zip(changed, absent, strict=True)]

        return await all_or_nothing(self._store, cause.on_commit, change)

    async def set_status(
        self,
        task_id: int,
        status: TaskStatus,
        *,
        owner: str | None = None,
        version: int | None = None,
    ) -> Task:
        """Change a task's status alone; raise as `update`."""
        changes = TaskChanges(status=status)
        return await self.update(task_id, changes, owner=owner, version=version)

    async def toggle(
        self, task_id: int, *, owner: str | None = None, version: int | None = None
    ) -> Task:
        """Complete a task, or reopen it if it is completed; raise as `update`."""
        cause = self._causes()

        def toggle(task: Task) -> Task:
            return task.toggle(self._moves(task), cause.at)

        return await self._change(task_id, owner, version, toggle, cause)

    async def delete(
        self, task_id: int, *, owner: str | None = None, version: int | None = None
    ) -> None:
        """Delete a task and its assignments, not the users; raise `TaskNotFound`."""
        owner, version, task_id = check_owner(owner), expected(version), existing(task_id)
        if not await self._store.tasks.remove(task_id, owner, self._causes(), version=version):
            raise TaskNotFound(task_id)

    async def _change(
        self,
        task_id: int,
        owner: str | None,
        version: int | None,
        verb: Callable[[Task], Task],
        cause: Cause,
    ) -> Task:
        owner, version, task_id = check_owner(owner), expected(version), existing(task_id)

        def change(task: Task) -> Task:
            check_version(task, version)
            return verb(task)

        changed = await self._store.tasks.change(task_id, owner, change, cause)
        if changed is None:
            raise TaskNotFound(task_id)
        return changed

    def _verb(self, changes: TaskChanges, cause: Cause) -> Callable[[Task], Task]:
        check_kind("changes", changes, TaskChanges)
        return lambda task: task.change(changes, self._moves(task), cause.at)

    def _moves(self, task: Task) -> Workflow:
        return self._workflow if task.owner is None else self._personal_workflow


def _done(result: Task | Exception) -> Task:
    if isinstance(result, Exception):
        raise result
    return result

"""Tasks, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import IdTaken, Slice, TaskChanges, TaskNotFound, TransitionRefused
from fring_core.orders import TaskOrder
from fring_core.queries import Page, TaskFilter
from fring_core.values import whole
from fring_http.client import entities
from fring_http.client import requests as sent
from fring_http.client.answers import refusals
from fring_http.client.pages import every, listed
from fring_http.client.requests import tasks_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from fring_core import NewTask, Task, TaskStatus, TaskWithUsers
    from fring_http.client.calls import Calls

TASK_CHANGES: Final = (TaskNotFound, TransitionRefused)


class TasksOverHttp:
    """Do what `fring_core.TaskUseCases` does, on a server."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._call = calls.call

    async def create(self, new: NewTask, *, owner: str | None = None) -> Task:
        """Create a task, with a due date only on a personal list; raise `IdTaken`."""
        body = sent.new_task(new, owner)
        where, read = tasks_path(owner), entities.task(owner, new.id)
        refused = refusals(None, IdTaken) if owner is None else {}
        return await self._call("POST", where, read, refused, body=body, about={"id": new.id})

    async def create_many(
        self,
        new: Sequence[NewTask],  # noqa: ARG002  # as Fring's
        *,
        owner: str | None = None,  # noqa: ARG002
    ) -> Sequence[Task]:
        """Raise `InvalidInput`: no API creates many at once, all of them or none."""
        sent.many("new")

    async def get(self, task_id: int, *, owner: str | None = None) -> Task:
        """Return a task; raise `TaskNotFound`."""
        return (await self.get_with_users(task_id, owner=owner)).task

    async def get_with_users(self, task_id: int, *, owner: str | None = None) -> TaskWithUsers:
        """Return a task with the users it is assigned to; raise `TaskNotFound`."""
        task_id = whole("task_id", task_id)
        where, read = tasks_path(owner, task_id), entities.task_with_users(owner, task_id)
        refused = refusals(owner, TaskNotFound)
        return await self._call("GET", where, read, refused, about={"task_id": task_id})

    async def list(
        self,
        where: TaskFilter = TaskFilter(),
        page: Page = Page(),
        *,
        owner: str | None = None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Slice[Task]:
        """Return the tasks of a list that match, in this order; `more` tells if others follow.

        On the shared board the order is by id, and `completed` may not be False. On a personal
        list the order is newest first or by title, and `title` and `assigned` are no filters.
        """
        query = sent.tasks_query(where, page, owner, order)
        return await listed(self._calls, tasks_path(owner), entities.task(owner), query)

    async def all(
        self,
        where: TaskFilter = TaskFilter(),
        *,
        owner: str | None = None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> AsyncIterator[Task]:
        """Iterate over all tasks of a list that match, fetching a page when it is needed.

        The shared board comes by id, a personal list newest first or by title: newest first if
        nothing is said. None that is there all along, and keeps its place, is passed over or comes
        twice, whatever is added, changed or deleted meanwhile.
        """
        order = TaskOrder.parse(order)
        if owner is not None and order is TaskOrder.BY_ID:
            order = TaskOrder.NEWEST_FIRST
        query = sent.tasks_query(where, Page(), owner, order)
        async for task in every(self._calls, tasks_path(owner), entities.task(owner), query):
            yield task

    async def count(self, where: TaskFilter = TaskFilter(), *, owner: str | None = None) -> int:
        """Return how many tasks of a list match, by listing them all."""
        return len([task async for task in self.all(where, owner=owner)])

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

        On the shared board there is no `due_date`, and `completed` may not be False. With a
        `version`, this and what follows raise `VersionConflict` if the task has another. `touch`
        has to be True.
        """
        sent.check_touch(touch)
        task_id = whole("task_id", task_id)
        where, body = tasks_path(owner, task_id), sent.task_changes(changes, owner)
        read, refused = entities.task(owner, task_id), refusals(owner, *TASK_CHANGES)
        about = {"task_id": task_id}
        return await self._call(
            "PUT", where, read, refused, body=body, about=about, version=version
        )

    async def update_many(
        self,
        task_ids: Sequence[int],  # noqa: ARG002
        changes: TaskChanges,  # noqa: ARG002
        *,
        owner: str | None = None,  # noqa: ARG002
    ) -> Sequence[Task]:
        """Raise `InvalidInput`, as `create_many`."""
        sent.many("task_ids")

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
        """Complete a task of a personal list, or reopen it; raise as `update`."""
        task_id = whole("task_id", task_id)
        where, read = sent.toggle_path(task_id, owner), entities.task(owner, task_id)
        refused = refusals(owner, *TASK_CHANGES)
        about = {"task_id": task_id}
        return await self._call("PATCH", where, read, refused, about=about, version=version)

    async def delete(
        self, task_id: int, *, owner: str | None = None, version: int | None = None
    ) -> None:
        """Delete a task and its assignments, not the users; raise `TaskNotFound`."""
        task_id = whole("task_id", task_id)
        where, refused = tasks_path(owner, task_id), refusals(owner, TaskNotFound)
        about = {"task_id": task_id}
        await self._call("DELETE", where, entities.nothing, refused, about=about, version=version)

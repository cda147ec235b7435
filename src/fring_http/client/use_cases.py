"""The use cases of `Fring`, each as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core import TaskChanges
from fring_core.queries import Page, TaskFilter, TaskOrder, UserFilter
from fring_http.client import answers
from fring_http.client import requests as sent
from fring_http.client.requests import path, tasks_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import (
        NewTask,
        NewUser,
        Task,
        TaskStatus,
        TaskWithUsers,
        User,
        UserChanges,
        UserWithTasks,
    )
    from fring_http.client.calls import Calls


class UseCases:
    """Call the use cases of a Fring that is somewhere else.

    Methods, results and errors are those of `fring_core.Fring`, but there are no transactions.
    Every method may raise `Unauthenticated`, `Forbidden`, `UnexpectedAnswer`, and `InvalidInput`
    for what the wire does not carry: nothing is sent then. Entities lack `version`, and on the
    shared board `due_date`. After `StoreUnavailable` a write may have been done: reads are tried
    again, writes never.
    """

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

    async def create_user(self, new: NewUser) -> User:
        """Create a user; raise `UsernameTaken`, `EmailTaken` or `IdTaken`."""
        return await self._call(
            "POST",
            path("v1", "users"),
            answers.user,
            body=sent.new_user(new),
            username=new.username,
            email=new.email,
            id=new.id,
        )

    async def list_users(
        self, where: UserFilter = UserFilter(), page: Page = Page()
    ) -> Sequence[User]:
        """Return the users that match, by ascending id."""
        query = sent.users_query(where, page)
        return await self._call("GET", path("v1", "users"), answers.users, query=query)

    async def get_user(self, user_id: int) -> UserWithTasks:
        """Return a user with the tasks assigned to it; raise `UserNotFound`."""
        where = path("v1", "users", user_id)
        return await self._call("GET", where, answers.user_with_tasks, user_id=user_id)

    async def update_user(self, user_id: int, changes: UserChanges) -> User:
        """Change a user; raise `UserNotFound`, `UsernameTaken` or `EmailTaken`."""
        return await self._call(
            "PUT",
            path("v1", "users", user_id),
            answers.user,
            body=sent.user_changes(changes),
            user_id=user_id,
            username=changes.username,
            email=changes.email,
        )

    async def delete_user(self, user_id: int) -> None:
        """Delete a user and its assignments, not the tasks; raise `UserNotFound`."""
        where = path("v1", "users", user_id)
        await self._call("DELETE", where, answers.nothing, user_id=user_id)

    async def list_tasks_of_user(
        self, user_id: int, status: TaskStatus | None = None
    ) -> Sequence[Task]:
        """Return the tasks assigned to a user, by ascending id; raise `UserNotFound`."""
        where = path("v1", "users", user_id, "tasks")
        query = {} if status is None else {"status": status}
        return await self._call(
            "GET", where, answers.tasks, query=query, user_id=user_id, status=status
        )

    async def assign_task(self, user_id: int, task_id: int) -> None:
        """Assign a task to a user; raise `UserNotFound`, `TaskNotFound`, `AlreadyAssigned`."""
        where = path("v1", "users", user_id, "tasks", task_id)
        await self._call("POST", where, answers.nothing, user_id=user_id, task_id=task_id)

    async def unassign_task(self, user_id: int, task_id: int) -> None:
        """Take a task from a user; raise `UserNotFound`, `TaskNotFound`, `NotAssigned`."""
        where = path("v1", "users", user_id, "tasks", task_id)
        await self._call("DELETE", where, answers.nothing, user_id=user_id, task_id=task_id)

    async def create_task(self, new: NewTask, *, owner: str | None = None) -> Task:
        """Create a task, with a due date only on a personal list; raise `IdTaken`."""
        body = sent.new_task(new, owner)
        return await self._call("POST", tasks_path(owner), answers.task, body=body, id=new.id)

    async def list_tasks(
        self,
        where: TaskFilter = TaskFilter(),
        page: Page = Page(),
        *,
        owner: str | None = None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Sequence[Task]:
        """Return the tasks of a list that match, in this order.

        On the shared board the order is by id, and `completed` may not be False. On a personal
        list the order is newest first or by title, and `title` and `assigned` are no filters.
        """
        query = sent.tasks_query(where, page, owner, order)
        return await self._call("GET", tasks_path(owner), answers.tasks, query=query)

    async def get_task(self, task_id: int, *, owner: str | None = None) -> TaskWithUsers:
        """Return a task with the users it is assigned to; raise `TaskNotFound`."""
        where = tasks_path(owner, task_id)
        return await self._call("GET", where, answers.task_with_users, task_id=task_id)

    async def update_task(
        self, task_id: int, changes: TaskChanges, *, owner: str | None = None
    ) -> Task:
        """Change a task and its `updated_at`; raise `TaskNotFound` or `TransitionRefused`.

        On the shared board there is no `due_date`, and `completed` may not be False.
        """
        where, body = tasks_path(owner, task_id), sent.task_changes(changes, owner)
        return await self._call("PUT", where, answers.task, body=body, task_id=task_id)

    async def set_status(
        self, task_id: int, status: TaskStatus, *, owner: str | None = None
    ) -> Task:
        """Change a task's status alone; raise `TaskNotFound` or `TransitionRefused`."""
        return await self.update_task(task_id, TaskChanges(status=status), owner=owner)

    async def toggle_task(self, task_id: int, *, owner: str | None = None) -> Task:
        """Complete a task of a personal list, or reopen it; raise as `update_task`."""
        where = sent.toggle_path(task_id, owner)
        return await self._call("PATCH", where, answers.task, task_id=task_id)

    async def delete_task(self, task_id: int, *, owner: str | None = None) -> None:
        """Delete a task and its assignments, not the users; raise `TaskNotFound`."""
        where = tasks_path(owner, task_id)
        await self._call("DELETE", where, answers.nothing, task_id=task_id)

    async def list_users_of_task(self, task_id: int) -> Sequence[User]:
        """Return the users a task is assigned to, by ascending id; raise `TaskNotFound`."""
        where = tasks_path(None, task_id, "users")
        return await self._call("GET", where, answers.users, task_id=task_id)

    async def assign_user(self, task_id: int, user_id: int) -> None:
        """Do as `assign_task`, but look for the task before the user."""
        where = tasks_path(None, task_id, "users", user_id)
        await self._call("POST", where, answers.nothing, user_id=user_id, task_id=task_id)

    async def unassign_user(self, task_id: int, user_id: int) -> None:
        """Do as `unassign_task`, but look for the task before the user."""
        where = tasks_path(None, task_id, "users", user_id)
        await self._call("DELETE", where, answers.nothing, user_id=user_id, task_id=task_id)

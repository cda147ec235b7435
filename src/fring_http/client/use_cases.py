"""The use cases of `Fring`, each as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import (
    AlreadyAssigned,
    EmailTaken,
    IdTaken,
    NotAssigned,
    TaskChanges,
    TaskNotFound,
    TransitionRefused,
    UsernameTaken,
    UserNotFound,
)
from fring_core.queries import Page, TaskFilter, TaskOrder, UserFilter, status_or_none
from fring_core.values import whole
from fring_http.client import entities
from fring_http.client import requests as sent
from fring_http.client.answers import refusals
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


TASK_CHANGES: Final = (TaskNotFound, TransitionRefused)
NEW_USER: Final = refusals(None, UsernameTaken, EmailTaken, IdTaken)
USER: Final = refusals(None, UserNotFound)
USER_CHANGES: Final = refusals(None, UserNotFound, UsernameTaken, EmailTaken)
ASSIGN: Final = refusals(None, UserNotFound, TaskNotFound, AlreadyAssigned)
UNASSIGN: Final = refusals(None, UserNotFound, TaskNotFound, NotAssigned)


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
        body = sent.new_user(new)
        about = {"username": new.username, "email": new.email, "id": new.id}
        where, read = path("v1", "users"), entities.user(new.id)
        return await self._call("POST", where, read, NEW_USER, body=body, about=about)

    async def list_users(
        self, where: UserFilter = UserFilter(), page: Page = Page()
    ) -> Sequence[User]:
        """Return the users that match, by ascending id."""
        query, read = sent.users_query(where, page), entities.several(entities.user())
        return await self._call("GET", path("v1", "users"), read, query=query)

    async def get_user(self, user_id: int) -> UserWithTasks:
        """Return a user with the tasks assigned to it; raise `UserNotFound`."""
        user_id = whole("user_id", user_id)
        where, read = path("v1", "users", user_id), entities.user_with_tasks(user_id)
        return await self._call("GET", where, read, USER, about={"user_id": user_id})

    async def update_user(self, user_id: int, changes: UserChanges) -> User:
        """Change a user; raise `UserNotFound`, `UsernameTaken` or `EmailTaken`."""
        user_id, body = whole("user_id", user_id), sent.user_changes(changes)
        about = {"user_id": user_id, "username": changes.username, "email": changes.email}
        where, read = path("v1", "users", user_id), entities.user(user_id)
        return await self._call("PUT", where, read, USER_CHANGES, body=body, about=about)

    async def delete_user(self, user_id: int) -> None:
        """Delete a user and its assignments, not the tasks; raise `UserNotFound`."""
        user_id = whole("user_id", user_id)
        where = path("v1", "users", user_id)
        await self._call("DELETE", where, entities.nothing, USER, about={"user_id": user_id})

    async def list_tasks_of_user(
        self, user_id: int, status: TaskStatus | None = None
    ) -> Sequence[Task]:
        """Return the tasks assigned to a user, by ascending id; raise `UserNotFound`."""
        user_id, status = whole("user_id", user_id), status_or_none(status)
        where, read = path("v1", "users", user_id, "tasks"), entities.several(entities.task(None))
        query = {} if status is None else {"status": status}
        return await self._call("GET", where, read, USER, query=query, about={"user_id": user_id})

    async def assign_task(self, user_id: int, task_id: int) -> None:
        """Assign a task to a user; raise `UserNotFound`, `TaskNotFound`, `AlreadyAssigned`."""
        about = _pair(user_id, task_id)
        where = path("v1", "users", about["user_id"], "tasks", about["task_id"])
        await self._call("POST", where, entities.message, ASSIGN, about=about)

    async def unassign_task(self, user_id: int, task_id: int) -> None:
        """Take a task from a user; raise `UserNotFound`, `TaskNotFound`, `NotAssigned`."""
        about = _pair(user_id, task_id)
        where = path("v1", "users", about["user_id"], "tasks", about["task_id"])
        await self._call("DELETE", where, entities.nothing, UNASSIGN, about=about)

    async def create_task(self, new: NewTask, *, owner: str | None = None) -> Task:
        """Create a task, with a due date only on a personal list; raise `IdTaken`."""
        body = sent.new_task(new, owner)
        where, read = tasks_path(owner), entities.task(owner, new.id)
        refused = refusals(None, IdTaken) if owner is None else {}
        return await self._call("POST", where, read, refused, body=body, about={"id": new.id})

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
        read = entities.several(entities.task(owner))
        return await self._call("GET", tasks_path(owner), read, query=query)

    async def get_task(self, task_id: int, *, owner: str | None = None) -> TaskWithUsers:
        """Return a task with the users it is assigned to; raise `TaskNotFound`."""
        task_id = whole("task_id", task_id)
        where, read = tasks_path(owner, task_id), entities.task_with_users(owner, task_id)
        refused = refusals(owner, TaskNotFound)
        return await self._call("GET", where, read, refused, about={"task_id": task_id})

    async def update_task(
        self, task_id: int, changes: TaskChanges, *, owner: str | None = None
    ) -> Task:
        """Change a task and its `updated_at`; raise `TaskNotFound` or `TransitionRefused`.

        On the shared board there is no `due_date`, and `completed` may not be False.
        """
        task_id = whole("task_id", task_id)
        where, body = tasks_path(owner, task_id), sent.task_changes(changes, owner)
        read, refused = entities.task(owner, task_id), refusals(owner, *TASK_CHANGES)
        return await self._call("PUT", where, read, refused, body=body, about={"task_id": task_id})

    async def set_status(
        self, task_id: int, status: TaskStatus, *, owner: str | None = None
    ) -> Task:
        """Change a task's status alone; raise `TaskNotFound` or `TransitionRefused`."""
        return await self.update_task(task_id, TaskChanges(status=status), owner=owner)

    async def toggle_task(self, task_id: int, *, owner: str | None = None) -> Task:
        """Complete a task of a personal list, or reopen it; raise as `update_task`."""
        task_id = whole("task_id", task_id)
        where, read = sent.toggle_path(task_id, owner), entities.task(owner, task_id)
        refused = refusals(owner, *TASK_CHANGES)
        return await self._call("PATCH", where, read, refused, about={"task_id": task_id})

    async def delete_task(self, task_id: int, *, owner: str | None = None) -> None:
        """Delete a task and its assignments, not the users; raise `TaskNotFound`."""
        task_id = whole("task_id", task_id)
        where, refused = tasks_path(owner, task_id), refusals(owner, TaskNotFound)
        await self._call("DELETE", where, entities.nothing, refused, about={"task_id": task_id})

    async def list_users_of_task(self, task_id: int) -> Sequence[User]:
        """Return the users a task is assigned to, by ascending id; raise `TaskNotFound`."""
        task_id = whole("task_id", task_id)
        where, read = tasks_path(None, task_id, "users"), entities.several(entities.user())
        refused = refusals(None, TaskNotFound)
        return await self._call("GET", where, read, refused, about={"task_id": task_id})

    async def assign_user(self, task_id: int, user_id: int) -> None:
        """Do as `assign_task`, but look for the task before the user."""
        about = _pair(user_id, task_id)
        where = tasks_path(None, about["task_id"], "users", about["user_id"])
        await self._call("POST", where, entities.message, ASSIGN, about=about)

    async def unassign_user(self, task_id: int, user_id: int) -> None:
        """Do as `unassign_task`, but look for the task before the user."""
        about = _pair(user_id, task_id)
        where = tasks_path(None, about["task_id"], "users", about["user_id"])
        await self._call("DELETE", where, entities.nothing, UNASSIGN, about=about)


def _pair(user_id: int, task_id: int) -> dict[str, int]:
    return {"user_id": whole("user_id", user_id), "task_id": whole("task_id", task_id)}

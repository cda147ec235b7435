"""Assignments, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import AlreadyAssigned, NotAssigned, Side, TaskNotFound, UserNotFound
from fring_core.queries import status_or_none
from fring_core.values import check_kind, whole
from fring_http.client import entities
from fring_http.client.answers import refusals
from fring_http.client.pages import listed
from fring_http.client.requests import assigned_query, path

if TYPE_CHECKING:
    from fring_core import Page, Slice, Task, TaskStatus, User
    from fring_http.client.calls import Calls

USER: Final = refusals(None, UserNotFound)
TASK: Final = refusals(None, TaskNotFound)
ASSIGN: Final = refusals(None, UserNotFound, TaskNotFound, AlreadyAssigned)
UNASSIGN: Final = refusals(None, UserNotFound, TaskNotFound, NotAssigned)


class AssignmentsOverHttp:
    """Do what `fring_core.AssignmentUseCases` does, on a server."""

    def __init__(self, calls: Calls) -> None:
        self._calls, self._call = calls, calls.call

    async def add(self, *, user: int, task: int, first: Side = Side.USER) -> None:
        """Assign a task to a user; raise `UserNotFound`, `TaskNotFound` or `AlreadyAssigned`.

        If both are absent, the one on the side `first` is reported.
        """
        where, about = _pair(user, task, first)
        await self._call("POST", where, entities.message, ASSIGN, about=about)

    async def remove(self, *, user: int, task: int, first: Side = Side.USER) -> None:
        """Take a task from a user; raise `NotAssigned`, and else as `add`."""
        where, about = _pair(user, task, first)
        await self._call("DELETE", where, entities.nothing, UNASSIGN, about=about)

    async def tasks_of(
        self, user_id: int, status: TaskStatus | None = None, page: Page | None = None
    ) -> Slice[Task]:
        """Return the tasks assigned to a user, by ascending id; raise `UserNotFound`.

        All of them, or a page.
        """
        user_id, status = whole("user_id", user_id), status_or_none(status)
        where, query = path("v1", "users", user_id, "tasks"), assigned_query(status, page)
        about = {"user_id": user_id}
        return await listed(
            self._calls, where, entities.task(None), query, refused=USER, about=about
        )

    async def users_of(self, task_id: int, page: Page | None = None) -> Slice[User]:
        """Return the users a task is assigned to, by ascending id; raise `TaskNotFound`.

        All of them, or a page.
        """
        task_id = whole("task_id", task_id)
        where, query = path("v1", "tasks", task_id, "users"), assigned_query(None, page)
        about = {"task_id": task_id}
        return await listed(self._calls, where, entities.user(), query, refused=TASK, about=about)


def _pair(user: int, task: int, first: Side) -> tuple[str, dict[str, int]]:
    """Return the path of an assignment from a side, and what it is about."""
    user, task = whole("user", user), whole("task", task)
    check_kind("first", first, Side)
    sides = ("users", user, "tasks", task) if first is Side.USER else ("tasks", task, "users", user)
    return path("v1", *sides), {"user_id": user, "task_id": task}

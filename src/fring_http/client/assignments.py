"""Assignments, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import AlreadyAssigned, NotAssigned, Side, TaskNotFound, UserNotFound
from fring_core.queries import status_or_none
from fring_core.values import check_kind, whole
from fring_http.client import entities
from fring_http.client.answers import refusals
from fring_http.client.requests import path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Task, TaskStatus, User
    from fring_http.client.calls import Calls

USER: Final = refusals(None, UserNotFound)
TASK: Final = refusals(None, TaskNotFound)
ASSIGN: Final = refusals(None, UserNotFound, TaskNotFound, AlreadyAssigned)
UNASSIGN: Final = refusals(None, UserNotFound, TaskNotFound, NotAssigned)


class AssignmentsOverHttp:
    """Do what `fring_core.AssignmentUseCases` does, on a server."""

    def __init__(self, calls: Calls) -> None:
        self._call = calls.call

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

    async def tasks_of(self, user_id: int, status: TaskStatus | None = None) -> Sequence[Task]:
        """Return the tasks assigned to a user, by ascending id; raise `UserNotFound`."""
        user_id, status = whole("user_id", user_id), status_or_none(status)
        where, read = path("v1", "users", user_id, "tasks"), entities.several(entities.task(None))
        query = {} if status is None else {"status": status}
        return await self._call("GET", where, read, USER, query=query, about={"user_id": user_id})

    async def users_of(self, task_id: int) -> Sequence[User]:
        """Return the users a task is assigned to, by ascending id; raise `TaskNotFound`."""
        task_id = whole("task_id", task_id)
        where, read = path("v1", "tasks", task_id, "users"), entities.several(entities.user())
        return await self._call("GET", where, read, TASK, about={"task_id": task_id})


def _pair(user: int, task: int, first: Side) -> tuple[str, dict[str, int]]:
    """Return the path of an assignment from a side, and what it is about."""
    user, task = whole("user", user), whole("task", task)
    check_kind("first", first, Side)
    sides = ("users", user, "tasks", task) if first is Side.USER else ("tasks", task, "users", user)
    return path("v1", *sides), {"user_id": user, "task_id": task}

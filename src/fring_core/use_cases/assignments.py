"""What is done with assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core import tasks, users
from fring_core.assignments import Side, check_assigned, check_unassigned
from fring_core.errors import TaskNotFound, UserNotFound
from fring_core.ids import is_possible
from fring_core.orders import TaskOrder
from fring_core.queries import Page, status_or_none
from fring_core.values import check_kind, whole

if TYPE_CHECKING:
    from fring_core.causes import Causes
    from fring_core.ports import Store
    from fring_core.queries import Slice
    from fring_core.status import TaskStatus
    from fring_core.tasks import Task
    from fring_core.users import User


class AssignmentUseCases:
    """Assign tasks of the shared board to users: `fring.assignments`.

    Every method may raise `Unavailable` when the store is away, and `InvalidInput` for an argument
    that is none of its kind.
    """

    def __init__(self, store: Store, causes: Causes) -> None:
        self._store = store
        self._causes = causes

    async def add(self, *, user: int, task: int, first: Side = Side.USER) -> None:
        """Assign a task to a user; raise `UserNotFound`, `TaskNotFound` or `AlreadyAssigned`.

        If both are absent, the one on the side `first` is reported.
        """
        user, task = await self._possible(user, task, first)
        outcome = await self._store.assignments.add(user, task, self._causes())
        check_assigned(outcome, user, task, first)

    async def remove(self, *, user: int, task: int, first: Side = Side.USER) -> None:
        """Take a task from a user; raise `NotAssigned`, and else as `add`."""
        user, task = await self._possible(user, task, first)
        outcome = await self._store.assignments.remove(user, task, self._causes())
        check_unassigned(outcome, user, task, first)

    async def tasks_of(
        self, user_id: int, status: TaskStatus | None = None, page: Page | None = None
    ) -> Slice[Task]:
        """Return the tasks assigned to a user, by ascending id; raise `UserNotFound`.

        All of them, or a page.
        """
        user_id, status = users.existing(user_id), status_or_none(status)
        _check_page(page)
        found = await self._store.assignments.tasks_of(user_id, status, page)
        if found is None:
            raise UserNotFound(user_id)
        return found

    async def users_of(self, task_id: int, page: Page | None = None) -> Slice[User]:
        """Return the users a task is assigned to, by ascending id; raise `TaskNotFound`.

        All of them, or a page.
        """
        task_id = tasks.existing(task_id)
        _check_page(page)
        found = await self._store.assignments.users_of(task_id, page)
        if found is None:
            raise TaskNotFound(task_id)
        return found

    async def _possible(self, user: int, task: int, first: Side) -> tuple[int, int]:
        """Return two ids that a store may be asked for; raise for what no row has."""
        user, task = whole("user", user), whole("task", task)
        check_kind("first", first, Side)
        if is_possible(user) and is_possible(task):
            return user, task
        if first is Side.USER:
            if not is_possible(user) or await self._store.users.get(user) is None:
                raise UserNotFound(user)
            raise TaskNotFound(task)
        if not is_possible(task) or await self._store.tasks.get(task, None) is None:
            raise TaskNotFound(task)
        raise UserNotFound(user)


def _check_page(page: Page | None) -> None:
    if page is not None:
        check_kind("page", page, Page)
        page.check_order(TaskOrder.BY_ID)

"""Fring: one method per use case."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from fring_core.assignments import Side, check_assigned, check_unassigned
from fring_core.clocks import in_utc
from fring_core.errors import StoreUnavailable, TaskNotFound, UserNotFound
from fring_core.queries import Page, TaskFilter, TaskOrder, UserFilter, status_or_none
from fring_core.status import PERMISSIVE, TaskStatus, Workflow
from fring_core.tasks import NewTask, TaskChanges
from fring_core.text import check_owner
from fring_core.users import NewUser, UserChanges
from fring_core.values import check_callable, check_kind, check_store, whole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from datetime import datetime

    from fring_core.assignments import TaskWithUsers, UserWithTasks
    from fring_core.ports import Clock, Store
    from fring_core.tasks import Task
    from fring_core.users import User

# A lost round of compare-and-swap means that another caller won, so n callers need at most n
# rounds; this many lost ones mean that something else is wrong.
MAX_ROUNDS: Final = 100


class Fring:
    """Manage users, tasks and assignments in a store.

    `clock` tells the time; a call that reads one without a time zone raises `ValueError`.
    `workflow` says which status changes are allowed, on personal lists `personal_workflow` (None:
    the same one). Every method may raise `Unavailable` when the store is away. Tasks of the shared
    board are reached with `owner=None`, those of a personal list with its owner's name: 1-255
    characters, case-sensitive. An argument that is none of its kind raises `InvalidInput`.
    """

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        workflow: Workflow = PERMISSIVE,
        personal_workflow: Workflow | None = None,
    ) -> None:
        check_store(store)
        check_callable("clock", clock)
        self._store = store
        self._clock = clock
        self._workflow = workflow
        self._personal_workflow = workflow if personal_workflow is None else personal_workflow
        check_kind("workflow", self._workflow, Workflow)
        check_kind("personal_workflow", self._personal_workflow, Workflow)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Fring, None]:
        """Open a block whose calls come about together, or, if it raises, not at all.

        Use the Fring that the block is given. Raise `TransactionConflict` at the end if another
        caller's work stood in the way; the block may then be run again.
        """
        async with self._store.transaction() as store:
            yield Fring(
                store,
                clock=self._clock,
                workflow=self._workflow,
                personal_workflow=self._personal_workflow,
            )

    async def create_user(self, new: NewUser) -> User:
        """Create a user; raise `UsernameTaken`, `EmailTaken` or `IdTaken`."""
        check_kind("new", new, NewUser)
        return await self._store.users.add(new, self._now())

    async def list_users(
        self, where: UserFilter = UserFilter(), page: Page = Page()
    ) -> Sequence[User]:
        """Return the users that match, by ascending id."""
        check_kind("where", where, UserFilter)
        check_kind("page", page, Page)
        return await self._store.users.list(where, page)

    async def get_user(self, user_id: int) -> UserWithTasks:
        """Return a user with the tasks assigned to it; raise `UserNotFound`."""
        found = await self._store.users.get_with_tasks(whole("user_id", user_id))
        if found is None:
            raise UserNotFound(user_id)
        return found

    async def update_user(self, user_id: int, changes: UserChanges) -> User:
        """Change a user; raise `UserNotFound`, `UsernameTaken` or `EmailTaken`."""
        user_id = whole("user_id", user_id)
        check_kind("changes", changes, UserChanges)
        for _ in range(MAX_ROUNDS):
            user = await self._store.users.get(user_id)
            if user is None:
                raise UserNotFound(user_id)
            saved = await self._store.users.save(user.change(changes))
            if saved is not None:
                return saved
        raise StoreUnavailable(f"User {user_id} changed under {MAX_ROUNDS} attempts to save it")

    async def delete_user(self, user_id: int) -> None:
        """Delete a user and its assignments, not the tasks; raise `UserNotFound`.

        If it has a password, its personal list, `str(user_id)`, is deleted too.
        """
        if not await self._store.users.remove(whole("user_id", user_id)):
            raise UserNotFound(user_id)

    async def list_tasks_of_user(
        self, user_id: int, status: TaskStatus | None = None
    ) -> Sequence[Task]:
        """Return the tasks assigned to a user, by ascending id; raise `UserNotFound`."""
        user_id, status = whole("user_id", user_id), status_or_none(status)
        tasks = await self._store.assignments.tasks_of(user_id, status)
        if tasks is None:
            raise UserNotFound(user_id)
        return tasks

    async def assign_task(self, user_id: int, task_id: int) -> None:
        """Assign a task to a user; raise `UserNotFound`, `TaskNotFound`, `AlreadyAssigned`."""
        user_id, task_id = whole("user_id", user_id), whole("task_id", task_id)
        outcome = await self._store.assignments.add(user_id, task_id)
        check_assigned(outcome, user_id, task_id, Side.USER)

    async def unassign_task(self, user_id: int, task_id: int) -> None:
        """Take a task from a user; raise `UserNotFound`, `TaskNotFound`, `NotAssigned`."""
        user_id, task_id = whole("user_id", user_id), whole("task_id", task_id)
        outcome = await self._store.assignments.remove(user_id, task_id)
        check_unassigned(outcome, user_id, task_id, Side.USER)

    async def create_task(self, new: NewTask, *, owner: str | None = None) -> Task:
        """Create a task; raise `IdTaken`."""
        check_kind("new", new, NewTask)
        return await self._store.tasks.add(new, check_owner(owner), self._now())

    async def list_tasks(
        self,
        where: TaskFilter = TaskFilter(),
        page: Page = Page(),
        *,
        owner: str | None = None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Sequence[Task]:
        """Return the tasks of a list that match, in this order."""
        check_kind("where", where, TaskFilter)
        check_kind("page", page, Page)
        return await self._store.tasks.list(where, page, check_owner(owner), TaskOrder.parse(order))

    async def get_task(self, task_id: int, *, owner: str | None = None) -> TaskWithUsers:
        """Return a task with the users it is assigned to; raise `TaskNotFound`."""
        found = await self._store.tasks.get_with_users(
            whole("task_id", task_id), check_owner(owner)
        )
        if found is None:
            raise TaskNotFound(task_id)
        return found

    async def update_task(
        self, task_id: int, changes: TaskChanges, *, owner: str | None = None
    ) -> Task:
        """Change a task and its `updated_at`; raise `TaskNotFound` or `TransitionRefused`."""
        check_kind("changes", changes, TaskChanges)
        return await self._save_task(
            task_id, owner, lambda task: task.change(changes, self._moves(task), self._now())
        )

    async def set_status(
        self, task_id: int, status: TaskStatus, *, owner: str | None = None
    ) -> Task:
        """Change a task's status alone; raise `TaskNotFound` or `TransitionRefused`."""
        return await self.update_task(task_id, TaskChanges(status=status), owner=owner)

    async def toggle_task(self, task_id: int, *, owner: str | None = None) -> Task:
        """Complete a task, or reopen it if it is completed; raise as `update_task`."""
        return await self._save_task(
            task_id, owner, lambda task: task.toggle(self._moves(task), self._now())
        )

    async def _save_task(
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task]
    ) -> Task:
        task_id, owner = whole("task_id", task_id), check_owner(owner)
        for _ in range(MAX_ROUNDS):
            task = await self._store.tasks.get(task_id, owner)
            if task is None:
                raise TaskNotFound(task_id)
            saved = await self._store.tasks.save(verb(task))
            if saved is not None:
                return saved
        raise StoreUnavailable(f"Task {task_id} changed under {MAX_ROUNDS} attempts to save it")

    async def delete_task(self, task_id: int, *, owner: str | None = None) -> None:
        """Delete a task and its assignments, not the users; raise `TaskNotFound`."""
        if not await self._store.tasks.remove(whole("task_id", task_id), check_owner(owner)):
            raise TaskNotFound(task_id)

    async def list_users_of_task(self, task_id: int) -> Sequence[User]:
        """Return the users a task is assigned to, by ascending id; raise `TaskNotFound`."""
        users = await self._store.assignments.users_of(whole("task_id", task_id))
        if users is None:
            raise TaskNotFound(task_id)
        return users

    async def assign_user(self, task_id: int, user_id: int) -> None:
        """Do as `assign_task`, but look for the task before the user."""
        user_id, task_id = whole("user_id", user_id), whole("task_id", task_id)
        outcome = await self._store.assignments.add(user_id, task_id)
        check_assigned(outcome, user_id, task_id, Side.TASK)

    async def unassign_user(self, task_id: int, user_id: int) -> None:
        """Do as `unassign_task`, but look for the task before the user."""
        user_id, task_id = whole("user_id", user_id), whole("task_id", task_id)
        outcome = await self._store.assignments.remove(user_id, task_id)
        check_unassigned(outcome, user_id, task_id, Side.TASK)

    def _now(self) -> datetime:
        return in_utc(self._clock())

    def _moves(self, task: Task) -> Workflow:
        return self._workflow if task.owner is None else self._personal_workflow

"""The repositories of the memory store: `fring_core.ports`, on dictionaries."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import attrs

from fring_core import (
    IdTaken,
    Outcome,
    TaskOrder,
    TaskStatus,
    TaskWithUsers,
    UserWithTasks,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from fring_adapters.memory.tables import Database
    from fring_core import (
        Credential,
        NewTask,
        NewUser,
        Page,
        Role,
        Task,
        TaskFilter,
        User,
        UserFilter,
    )

V = TypeVar("V")


def _part(rows: Iterable[V], page: Page) -> list[V]:
    return list(rows)[page.skip : page.skip + page.limit]


def _in_order(tasks: Iterable[Task], order: TaskOrder) -> list[Task]:
    by_id = sorted(tasks, key=attrgetter("id"))
    match order:
        case TaskOrder.BY_ID:
            return by_id
        case TaskOrder.BY_TITLE:
            return sorted(by_id, key=attrgetter("title"))
        case TaskOrder.NEWEST_FIRST:
            return sorted(by_id, key=attrgetter("created_at", "id"), reverse=True)


@attrs.frozen
class MemoryUsers:
    """Keep users, as `fring_core.Users` says."""

    _database: Database

    async def add(self, new: NewUser, now: datetime, password_hash: str | None = None) -> User:
        with self._database.opened() as tables:
            tables.check_unique(new.username, new.email, besides=None)
            if new.id in tables.users:
                raise IdTaken(new.id)
            user_id = new.id or self._database.user_ids.draw(
                lambda number: number in tables.users or bool(tables.list_of(number))
            )
            user = tables.users[user_id] = new.as_user(user_id, now)
            if password_hash is not None:
                tables.hashes[user_id] = password_hash
            return user

    async def get(self, user_id: int) -> User | None:
        with self._database.opened() as tables:
            return tables.users.get(user_id)

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        with self._database.opened() as tables:
            user = tables.users.get(user_id)
            return None if user is None else UserWithTasks(user, tables.tasks_of(user_id))

    async def list(self, where: UserFilter, page: Page) -> Sequence[User]:
        with self._database.opened() as tables:
            return _part(
                (
                    user
                    for _, user in sorted(tables.users.items())
                    if (where.username or "") in user.username and (where.email or "") in user.email
                ),
                page,
            )

    async def save(self, user: User) -> User | None:
        with self._database.opened() as tables:
            current = tables.users.get(user.id)
            if current is None or current.version != user.version:
                return None
            tables.check_unique(user.username, user.email, besides=user.id)
            saved = tables.users[user.id] = attrs.evolve(
                user, created_at=current.created_at, version=user.version + 1
            )
            return saved

    async def remove(self, user_id: int) -> bool:
        with self._database.opened() as tables:
            if user_id not in tables.users:
                return False
            for task in tables.tasks_of(user_id):
                del tables.links[user_id, task.id]
            if tables.hashes.pop(user_id, None) is not None:
                for task in tables.list_of(user_id):
                    self._database.task_ids.spend(task.id)
                    del tables.tasks[task.id]
            tables.roles.pop(user_id, None)
            self._database.user_ids.spend(user_id)
            del tables.users[user_id]
            return True


@attrs.frozen
class MemoryCredentials:
    """Keep password hashes and roles, as `fring_core.Credentials` says."""

    _database: Database

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        with self._database.opened() as tables:
            for user in tables.users.values():
                if (user.email == email) if username is None else (user.username == username):
                    return tables.credential_of(user)
            return None

    async def get(self, user_id: int) -> Credential | None:
        with self._database.opened() as tables:
            user = tables.users.get(user_id)
            return None if user is None else tables.credential_of(user)

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        with self._database.opened() as tables:
            user_id = credential.user.id
            if (
                user_id not in tables.users
                or tables.hashes.get(user_id) != credential.password_hash
            ):
                return False
            tables.hashes[user_id] = password_hash
            return True

    async def set_role(self, user_id: int, role: Role) -> bool:
        with self._database.opened() as tables:
            if user_id not in tables.users:
                return False
            tables.roles[user_id] = role
            return True


@attrs.frozen
class MemoryTasks:
    """Keep tasks, as `fring_core.Tasks` says."""

    _database: Database

    async def add(self, new: NewTask, owner: str | None, now: datetime) -> Task:
        with self._database.opened() as tables:
            if new.id in tables.tasks:
                raise IdTaken(new.id)
            task_id = new.id or self._database.task_ids.draw(tables.tasks.__contains__)
            task = tables.tasks[task_id] = new.as_task(task_id, owner, now)
            return task

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        with self._database.opened() as tables:
            task = tables.tasks.get(task_id)
            return task if task is not None and task.owner == owner else None

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        with self._database.opened() as tables:
            task = await self.get(task_id, owner)
            return None if task is None else TaskWithUsers(task, tables.users_of(task_id))

    async def list(
        self,
        where: TaskFilter,
        page: Page,
        owner: str | None,
        order: TaskOrder = TaskOrder.BY_ID,
    ) -> Sequence[Task]:
        with self._database.opened() as tables:
            assigned = {task_id for _, task_id in tables.links}
            return _part(
                (
                    task
                    for task in _in_order(tables.tasks.values(), order)
                    if task.owner == owner
                    and where.status in (None, task.status)
                    and (where.title or "") in task.title
                    and where.assigned in (None, task.id in assigned)
                    and where.completed in (None, task.status is TaskStatus.COMPLETED)
                ),
                page,
            )

    async def save(self, task: Task) -> Task | None:
        with self._database.opened() as tables:
            current = await self.get(task.id, task.owner)
            if current is None or current.version != task.version:
                return None
            saved = tables.tasks[task.id] = attrs.evolve(
                task, created_at=current.created_at, version=task.version + 1
            )
            return saved

    async def remove(self, task_id: int, owner: str | None) -> bool:
        with self._database.opened() as tables:
            if await self.get(task_id, owner) is None:
                return False
            for user in tables.users_of(task_id):
                del tables.links[user.id, task_id]
            self._database.task_ids.spend(task_id)
            del tables.tasks[task_id]
            return True


@attrs.frozen
class MemoryAssignments:
    """Keep assignments, as `fring_core.Assignments` says."""

    _database: Database

    async def add(self, user_id: int, task_id: int) -> Outcome:
        with self._database.opened() as tables:
            user, task = user_id in tables.users, tables.has_shared(task_id)
            changed = user and task and (user_id, task_id) not in tables.links
            if changed:
                tables.links[user_id, task_id] = True
            return Outcome(user, task, changed)

    async def remove(self, user_id: int, task_id: int) -> Outcome:
        with self._database.opened() as tables:
            changed = tables.links.pop((user_id, task_id), False)
            return Outcome(user_id in tables.users, tables.has_shared(task_id), changed)

    async def tasks_of(self, user_id: int, status: TaskStatus | None) -> Sequence[Task] | None:
        with self._database.opened() as tables:
            if user_id not in tables.users:
                return None
            return [task for task in tables.tasks_of(user_id) if status in (None, task.status)]

    async def users_of(self, task_id: int) -> Sequence[User] | None:
        with self._database.opened() as tables:
            return tables.users_of(task_id) if tables.has_shared(task_id) else None

"""Users in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.pages import part
from fring_core import IdTaken, UserWithTasks
from fring_core.events import created, deleted, unassigned, updated
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fring_adapters.memory.database import Database
    from fring_adapters.memory.tables import Tables
    from fring_core import Cause, NewUser, Page, Place, Slice, User, UserFilter


@attrs.frozen
class MemoryUsers:
    """Keep users, as `fring_core.Users` says."""

    _database: Database

    async def add(self, new: NewUser, cause: Cause, password_hash: str | None = None) -> User:
        with self._database.recording(cause) as (tables, record):
            tables.check_unique(new.username, new.email, besides=None)
            if new.id is not None and new.id in tables.users:
                raise IdTaken(new.id)
            user_id = new.id or self._database.user_ids.draw(
                lambda number: number in tables.users or any(tables.list_of(str(number)))
            )
            user = tables.put_user(new.as_user(user_id, cause.at))
            if password_hash is not None:
                tables.hashes[user_id] = password_hash
            record(created(user, cause))
            return user

    async def get(self, user_id: int) -> User | None:
        with self._database.opened() as tables:
            return tables.users.get(user_id)

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        with self._database.opened() as tables:
            user = tables.users.get(user_id)
            return None if user is None else UserWithTasks(user, [*tables.tasks_of(user_id)])

    async def list(self, where: UserFilter, page: Page) -> Slice[User]:
        with self._database.opened() as tables:
            return part(_matching(tables, where, page.after), page)

    async def count(self, where: UserFilter) -> int:
        with self._database.opened() as tables:
            return sum(1 for _ in _matching(tables, where))

    async def change(self, user_id: int, verb: Callable[[User], User], cause: Cause) -> User | None:
        with self._database.recording(cause) as (tables, record):
            before = tables.users.get(user_id)
            if before is None:
                return None
            changed = verb(before)
            tables.check_unique(changed.username, changed.email, besides=user_id)
            after = tables.put_user(
                attrs.evolve(
                    changed,
                    id=user_id,
                    created_at=before.created_at,
                    version=before.version + 1,
                )
            )
            record(updated(before, after, cause))
            return after

    async def remove(self, user_id: int, cause: Cause, *, version: int | None = None) -> bool:
        with self._database.recording(cause) as (tables, record):
            user = tables.users.get(user_id)
            if user is None:
                return False
            check_version(user, version)
            for task in [*tables.tasks_of(user_id)]:
                tables.unlink(user_id, task.id)
                record(unassigned(task.id, user_id, tables.touch(task.id), cause))
            record(deleted(user, cause))
            if tables.hashes.pop(user_id, None) is not None:
                for task in [*tables.list_of(str(user_id))]:
                    self._database.task_ids.spend(task.id)
                    tables.drop_task(task.id)
                    record(deleted(task, cause))
            tables.roles.pop(user_id, None)
            self._database.user_ids.spend(user_id)
            tables.drop_user(user_id)
            return True


def _matching(tables: Tables, where: UserFilter, after: Place | None = None) -> Iterator[User]:
    start = None if after is None else after.id + 1
    return (
        user
        for user in map(tables.users.__getitem__, tables.users.since(start))
        if (where.username or "") in user.username and (where.email or "") in user.email
    )

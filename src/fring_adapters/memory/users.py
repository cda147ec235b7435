"""Users in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.pages import part
from fring_core import IdTaken, UserWithTasks
from fring_core.versions import check_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from fring_adapters.memory.database import Database
    from fring_adapters.memory.tables import Tables
    from fring_core import NewUser, Page, Place, Slice, User, UserFilter


@attrs.frozen
class MemoryUsers:
    """Keep users, as `fring_core.Users` says."""

    _database: Database

    async def add(self, new: NewUser, now: datetime, password_hash: str | None = None) -> User:
        with self._database.changing() as tables:
            tables.check_unique(new.username, new.email, besides=None)
            if new.id is not None and new.id in tables.users:
                raise IdTaken(new.id)
            user_id = new.id or self._database.user_ids.draw(
                lambda number: number in tables.users or any(tables.list_of(str(number)))
            )
            user = tables.put_user(new.as_user(user_id, now))
            if password_hash is not None:
                tables.hashes[user_id] = password_hash
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

    async def change(self, user_id: int, verb: Callable[[User], User]) -> User | None:
        with self._database.changing() as tables:
            current = tables.users.get(user_id)
            if current is None:
                return None
            changed = verb(current)
            tables.check_unique(changed.username, changed.email, besides=user_id)
            return tables.put_user(
                attrs.evolve(
                    changed,
                    id=user_id,
                    created_at=current.created_at,
                    version=current.version + 1,
                )
            )

    async def remove(self, user_id: int, *, version: int | None = None) -> bool:
        with self._database.changing() as tables:
            if user_id not in tables.users:
                return False
            check_version(tables.users[user_id], version)
            for task in [*tables.tasks_of(user_id)]:
                tables.unlink(user_id, task.id)
            if tables.hashes.pop(user_id, None) is not None:
                for task in [*tables.list_of(str(user_id))]:
                    self._database.task_ids.spend(task.id)
                    tables.drop_task(task.id)
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

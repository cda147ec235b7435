"""Assignments in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.pages import part
from fring_core import Outcome
from fring_core.events import assigned, unassigned

if TYPE_CHECKING:
    from fring_adapters.memory.database import Database
    from fring_core import Cause, Page, Slice, Task, TaskStatus, User


@attrs.frozen
class MemoryAssignments:
    """Keep assignments, as `fring_core.Assignments` says."""

    _database: Database

    async def add(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        with self._database.recording(cause) as (tables, record):
            user, task = user_id in tables.users, tables.has_shared(task_id)
            changed = user and task and (user_id, task_id) not in tables.links
            if changed:
                tables.link(user_id, task_id)
                record(assigned(task_id, user_id, tables.touch(task_id), cause))
            return Outcome(user, task, changed)

    async def remove(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        with self._database.recording(cause) as (tables, record):
            changed = tables.unlink(user_id, task_id)
            if changed:
                record(unassigned(task_id, user_id, tables.touch(task_id), cause))
            return Outcome(user_id in tables.users, tables.has_shared(task_id), changed)

    async def tasks_of(
        self, user_id: int, status: TaskStatus | None, page: Page | None = None
    ) -> Slice[Task] | None:
        with self._database.opened() as tables:
            if user_id not in tables.users:
                return None
            tasks = tables.tasks_of(user_id, page.after if page else None)
            return part((task for task in tasks if status in (None, task.status)), page)

    async def users_of(self, task_id: int, page: Page | None = None) -> Slice[User] | None:
        with self._database.opened() as tables:
            if not tables.has_shared(task_id):
                return None
            return part(tables.users_of(task_id, page.after if page else None), page)

"""Assignments in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
import psycopg

from fring_adapters.postgres.sql import assignments as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_core import Outcome, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement
    from fring_core import Task, TaskStatus, User

_TOO_OFTEN: Final = "User {} or task {} came and went too often"


@attrs.frozen
class PostgresAssignments:
    """Keep assignments, as `fring_core.Assignments` says."""

    _executor: Executor

    async def add(self, user_id: int, task_id: int) -> Outcome:
        for _ in range(MAX_ROUNDS):
            try:
                return Outcome(*await self._change(sql.ADD, user_id, task_id))
            except psycopg.errors.ForeignKeyViolation:
                continue  # one of the two was removed meanwhile: look again
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def remove(self, user_id: int, task_id: int) -> Outcome:
        for _ in range(MAX_ROUNDS):
            *facts, were_assigned = await self._change(sql.REMOVE, user_id, task_id)
            outcome = Outcome(*facts)
            if outcome.changed or not were_assigned:
                return outcome
            # Another caller was faster, who may have removed one of the two as well: look again.
        raise StoreUnavailable(_TOO_OFTEN.format(user_id, task_id))

    async def _change(self, statement: Statement, user_id: int, task_id: int) -> Row:
        """Return whether the user is there, the task, and the change; what else it tells of."""
        [row] = await self._executor.ask(statement, {"user_id": user_id, "task_id": task_id})
        return row

    async def tasks_of(self, user_id: int, status: TaskStatus | None) -> Sequence[Task] | None:
        rows = await self._executor.ask(
            sql.tasks_of(status=status is not None), {"user_id": user_id, "status": status}
        )
        return [TASKS.entity(row[1:]) for row in rows if row[1] is not None] if rows else None

    async def users_of(self, task_id: int) -> Sequence[User] | None:
        rows = await self._executor.ask(sql.USERS_OF, {"task_id": task_id})
        return [USERS.entity(row[1:]) for row in rows if row[1] is not None] if rows else None

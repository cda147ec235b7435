"""Where a task is that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.sql.rows import TASKS
from fring_adapters.postgres.sql.tasks import STATEMENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import Event, Task


@attrs.frozen
class TaskPlace:
    """Name a task on a list."""

    task_id: int
    owner: str | None

    async def find(self, executor: Executor) -> tuple[Task, Sequence[int] | None] | None:
        """Return the task, and its users if no event has told of it; None if it is not there."""
        rows = await executor.ask(STATEMENTS.find, {"id": self.task_id, "owner": self.owner})
        return (TASKS.entity(rows[0][:-1]), rows[0][-1]) if rows else None

    async def save(
        self, executor: Executor, row: Task, was: int, events: Sequence[Event]
    ) -> Sequence[int]:
        """Store the task in place of one of this version; return the numbers of its events."""
        asked = TASKS.parameters(row) | {"was": was, "events": sent(*events)}
        rows = await executor.ask(STATEMENTS.save, asked)
        return [number for _, number in rows]

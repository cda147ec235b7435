"""Events in PostgreSQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from fring_adapters.postgres.repositories.recording import read
from fring_adapters.postgres.sql.events import OF_TASK
from fring_core import InvalidCursor, Slice

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import Event

_CURSOR: Final = re.compile("[1-9][0-9]{0,17}")


@attrs.frozen
class PostgresEvents:
    """Keep events, as `fring_core.Events` says."""

    _executor: Executor

    async def of_task(
        self, task_id: int, owner: str | None, limit: int, before: str | None = None
    ) -> Slice[Event]:
        asked = {"task_id": task_id, "owner": owner, "before": None, "limit": limit + 1}
        if before is not None:
            if not _CURSOR.fullmatch(before):
                raise InvalidCursor
            asked |= {"before": int(before), "limit": limit + 2}  # that one comes first
        rows = await self._executor.ask(OF_TASK, asked)
        if before is not None:
            if not rows or rows[0][0] != asked["before"]:
                raise InvalidCursor
            rows = rows[1:]
        return Slice.of(map(read, rows), limit)

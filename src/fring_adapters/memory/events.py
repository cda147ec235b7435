"""Events in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.log import own
from fring_core import InvalidCursor, Slice

if TYPE_CHECKING:
    from fring_adapters.memory.database import Database
    from fring_core import Event


@attrs.frozen
class MemoryEvents:
    """Keep events, as `fring_core.Events` says."""

    _database: Database

    async def of_task(
        self, task_id: int, owner: str | None, limit: int, before: str | None = None
    ) -> Slice[Event]:
        with self._database.opened() as tables:
            found = [event for event in tables.events.of_task(task_id) if event.owner == owner]
        if before is not None:
            cursors = [event.cursor for event in found]
            if before not in cursors:
                raise InvalidCursor
            found = found[cursors.index(before) + 1 :]
        return Slice(map(own, found[:limit]), more=len(found) > limit)

"""Events in memory."""

from __future__ import annotations

import asyncio
from time import sleep
from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.log import own
from fring_core import EventPage, InvalidCursor, Slice
from fring_core.sync import is_driven

if TYPE_CHECKING:
    from datetime import datetime

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

    async def after(self, cursor: str | None, limit: int) -> EventPage:
        with self._database.opened() as tables:
            feed, until = tables.events.feed, tables.events.committed
            start = feed.forgotten if cursor is None else feed.behind(cursor)
            if start is None or start > until:
                return EventPage((), str(cursor), more=False)
            end = min(start + limit, until)
            found = [own(event) for event in feed.part(start, end)]
            return EventPage(tuple(found), feed.before(end), more=end < until)

    async def latest(self) -> str:
        with self._database.opened() as tables:
            return tables.events.feed.before(tables.events.committed)

    async def has(self, cursor: str) -> bool:
        with self._database.opened() as tables:
            place = tables.events.feed.behind(cursor)
            return place is not None and place <= tables.events.committed

    async def forget(self, before: datetime, limit: int) -> int:
        with self._database.changing() as tables:
            return tables.events.forget(before, limit)

    async def wait(self, seconds: float) -> None:
        if is_driven():
            sleep(seconds)  # noqa: ASYNC251  # who drives it has no loop
        else:
            await asyncio.sleep(seconds)

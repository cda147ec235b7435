"""Events in PostgreSQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from fring_adapters.postgres.repositories.feed import FeedCursor, look, place_of
from fring_adapters.postgres.repositories.recording import read
from fring_adapters.postgres.sql.events import OF_TASK
from fring_adapters.postgres.sql.feed import FORGET, PAGE
from fring_core import EventPage, InvalidCursor, Slice

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import Event

_CURSOR: Final = re.compile("[1-9][0-9]{0,17}")


@attrs.frozen
class PostgresEvents:
    """Keep events, as `fring_core.Events` says.

    Whoever reads the feed `brings_on` what has come, but for a transaction, which would hold it up
    for all.
    """

    _executor: Executor
    _pause: Callable[[float], Awaitable[None]]
    _brings_on: bool = False

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

    async def after(self, cursor: str | None, limit: int) -> EventPage:
        feed = await look(self._executor, brings_on=self._brings_on)
        start = None if cursor is None else FeedCursor.read(cursor)
        place = await place_of(self._executor, feed, start)
        if place is None:  # of an event that is not in the feed yet
            return EventPage((), str(cursor), more=False)
        where = {"place": place[0], "number": place[1], "top": feed.top, "limit": limit + 1}
        rows = await self._executor.run(PAGE, where)
        shown = [row for row in rows[:limit] if row[1] or feed.has(row[0])]
        last = (rows[:limit] or [place])[-1]
        events = [
            attrs.evolve(read(row[2:]), cursor=str(FeedCursor(feed.epoch, row[0], row[1])))
            for row in shown
        ]
        after = str(FeedCursor(feed.epoch, last[0], last[1]))
        return EventPage(tuple(events), after, more=len(rows) > limit)

    async def latest(self) -> str:
        feed = await look(self._executor, brings_on=self._brings_on)
        return str(FeedCursor(feed.epoch, feed.top, feed.late))

    async def has(self, cursor: str) -> bool:
        feed = await look(self._executor, brings_on=self._brings_on)
        return await place_of(self._executor, feed, FeedCursor.read(cursor)) is not None

    async def forget(self, before: datetime, limit: int) -> int:
        await look(self._executor, brings_on=self._brings_on)  # or what nobody reads would stay
        [(number,)] = await self._executor.run(FORGET, {"before": before, "limit": limit})
        return int(number)

    async def wait(self, seconds: float) -> None:
        await self._pause(seconds)

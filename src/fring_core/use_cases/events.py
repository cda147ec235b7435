"""What is asked about events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.queries import DEFAULT_LIMIT, MAX_LIMIT, Page
from fring_core.tasks import check_owner, existing
from fring_core.values import plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from fring_core.events import Event, EventPage
    from fring_core.ports import Store
    from fring_core.queries import Slice


PAUSE_SECONDS: Final = 0.1


class EventUseCases:
    """Tell what has changed: `fring.events`.

    Every method may raise `Unavailable` when the store is away, and `InvalidInput` for an argument
    that is none of its kind.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def page(self, after: str | None = None, *, limit: int = DEFAULT_LIMIT) -> EventPage:
        """Return the events of the feed behind a cursor, at most `limit` (0-1000), and where to go on.

        Without one, from the oldest that is kept. All readers are given the same order, and nothing
        ever comes before a cursor that was given out. It may be that of an event, or of a page.
        Raise `InvalidCursor`, and `CursorExpired` for one of events that are not kept any more, or
        from before the store was restored.
        """
        limit = Page(limit=limit).limit
        return await self._store.events.after(_checked("after", after), limit)

    async def after(self, cursor: str | None = None) -> AsyncIterator[Event]:
        """Iterate over the events of the feed behind a cursor, as they come, without an end.

        Raise as `page`.
        """
        while True:
            page = await self.page(cursor, limit=MAX_LIMIT)
            for event in page.items:
                yield event
            cursor = page.next
            if not page.more:
                await self._store.events.wait(PAUSE_SECONDS)

    async def latest(self) -> str:
        """Return the cursor behind all events that are in the feed."""
        return await self._store.events.latest()

    async def has(self, cursor: str) -> bool:
        """Tell whether the event of a cursor has come to the feed; raise as `page`."""
        return await self._store.events.has(_checked("cursor", cursor) or "")

    async def forget(self, before: datetime, *, limit: int = MAX_LIMIT) -> int:
        """Remove the oldest events of the feed, from before a moment; return how many.

        At most `limit` (0-1000) at once. They are gone from the histories of tasks, too, and
        whoever goes on from a cursor before them gets `CursorExpired`. Raise `ValueError` for a
        moment that does not know its zone.
        """
        return await self._store.events.forget(in_utc(before), Page(limit=limit).limit)

    async def of_task(
        self,
        task_id: int,
        *,
        owner: str | None = None,
        limit: int = DEFAULT_LIMIT,
        before: str | None = None,
    ) -> Slice[Event]:
        """Return what has happened to a task, the newest first; of an id that none had, nothing.

        The first `limit` (0-1000) of them, those older than the one with the cursor `before` if it
        is given; `more` tells if others follow. Raise `InvalidCursor`, and `TaskNotFound` for an id
        that no task can have.
        """
        owner, task_id, before = check_owner(owner), existing(task_id), _checked("before", before)
        limit = Page(limit=limit).limit
        return await self._store.events.of_task(task_id, owner, limit, before)


def _checked(field: str, cursor: str | None) -> str | None:
    cursor = plain(cursor)
    text.reject((None if cursor is None else text.FILTER.problem(field, cursor),))
    return cursor

"""Events, over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fring_core import (
    CursorExpired,
    InvalidCursor,
    InvalidInput,
    Problem,
    Slice,
    TaskNotFound,
)
from fring_core.queries import DEFAULT_LIMIT, Page
from fring_core.tasks import check_owner, existing
from fring_core.versions import NO_VERSION
from fring_http.client import entities
from fring_http.client.answers import NOT_YET, SUCCESS
from fring_http.client.requests import path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from fring_core import Event, EventPage
    from fring_http.client.calls import Calls

FEED: Final = path("v2", "events")
STREAM: Final = path("v2", "events", "stream")
REFUSED: Final = {InvalidCursor: 400, CursorExpired: 410}
ME: Final = "me"


class EventsOverHttp:
    """Do what `fring_core.EventUseCases` does, on a server.

    It tells of the board, and of the caller's own list, whose owner it calls `me`.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def page(self, after: str | None = None, *, limit: int = DEFAULT_LIMIT) -> EventPage:
        """Return the events behind a cursor, at most `limit` (1-1000), and where to go on.

        Raise `InvalidCursor` and `CursorExpired`.
        """
        query = {"limit": Page(limit=limit).limit} | ({} if after is None else {"after": after})
        return await self._calls.call("GET", FEED, entities.event_page(ME), REFUSED, query=query)

    async def after(self, cursor: str | None = None) -> AsyncIterator[Event]:
        """Iterate over the events behind a cursor, as they come, without an end.

        Where the server ends, or cannot be reached for a while, it is gone on from there. Raise as
        `page`.
        """
        query = {} if cursor is None else {"after": cursor}
        read = entities.event(ME)
        async for message in self._calls.follow(STREAM, query, REFUSED):
            if message.event == "ping" or not message.data:
                continue
            yield read(json.loads(message.data), NO_VERSION)

    async def latest(self) -> str:
        """Return the cursor behind all events that are in the feed."""
        query = {"after": "now", "limit": 1}
        page = await self._calls.call("GET", FEED, entities.event_page(ME), query=query)
        return page.next

    async def has(self, cursor: str) -> bool:
        """Tell whether the event of a cursor has come to the feed; raise as `page`."""
        query = {"until": cursor, "wait": 0, "after": "now", "limit": 1}
        answer = await self._calls.answer("GET", FEED, query=query)
        if answer.code == NOT_YET:
            return False
        answer.read(SUCCESS["GET"], entities.event_page(ME), REFUSED)
        return True

    async def forget(self, before: datetime, *, limit: int = 0) -> int:  # noqa: ARG002  # as Fring's
        """Raise `InvalidInput`: no API forgets what has happened."""
        raise InvalidInput((Problem("before", "cannot be forgotten over HTTP"),))

    async def of_task(
        self,
        task_id: int,
        *,
        owner: str | None = None,
        limit: int = DEFAULT_LIMIT,
        before: str | None = None,
    ) -> Slice[Event]:
        """Return what has happened to a task, the newest first, as `fring_core` does.

        An `owner` is the caller itself, or `me`. Raise `InvalidCursor` and `TaskNotFound`.
        """
        owner, task_id = check_owner(owner), existing(task_id)
        query = {"limit": Page(limit=limit).limit} | ({} if before is None else {"after": before})
        where, read = path("v2", "tasks", task_id, "activity"), entities.activity(owner)
        refused = {InvalidCursor: 400, TaskNotFound: 404}
        try:
            about = {"task_id": task_id}
            return await self._calls.call("GET", where, read, refused, query=query, about=about)
        except TaskNotFound:
            return Slice([])

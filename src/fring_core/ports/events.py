"""The port of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.events import Event, EventPage
    from fring_core.queries import Slice


class Events(Protocol):
    """Keep what has changed, and tell it in the order in which it came about."""

    async def of_task(
        self, task_id: int, owner: str | None, limit: int, before: str | None = None
    ) -> Slice[Event]:
        """Return the events of a task on a list, the newest first, the first `limit` of them.

        They MUST be those of the tasks that had this id on this list, and no others. With `before`,
        the cursor of one of them, exactly those that are older MUST be returned. Its `more` MUST
        tell whether others follow. Inside a transaction, its own MUST be among them. Raise
        `InvalidCursor` for a text that is the cursor of none of them.
        """
        ...

    async def after(self, cursor: str | None, limit: int) -> EventPage:
        """Return the first `limit` events of the feed behind a cursor, None: from the oldest on.

        It MUST hold each event of what is committed, once, and no other. That MUST hold inside a
        transaction, too. All readers MUST be given the same order. Two changes of one row MUST
        stand as they came about. So MUST two of which one began when the other was done. Nothing
        MUST ever come before a cursor that was given out. That of an event MUST be taken as well as
        that of a page. Behind one of an event that has not come to the feed yet there MUST be
        nothing yet. Raise `InvalidCursor` for a text that is none. Raise `CursorExpired` for one of
        events that are not kept any more, or from before the store was restored.
        """
        ...

    async def latest(self) -> str:
        """Return the cursor behind all that is in the feed."""
        ...

    async def has(self, cursor: str) -> bool:
        """Tell whether the event of a cursor has come to the feed; raise as `after`."""
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove the first events of the feed, as far as they are older; return how many.

        At most `limit` of them MUST go. Those behind the first one that is not older MUST stay, and
        keep their places. A cursor before those that went MUST be `CursorExpired` from then on.
        """
        ...

    async def wait(self, seconds: float) -> None:
        """Return after so many seconds, or before, when something may have come to the feed."""
        ...

"""The port of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fring_core.events import Event
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

"""What is done when the time of a reminder has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core.queries import MAX_LIMIT, Page

if TYPE_CHECKING:
    from fring_core.causes import Causes
    from fring_core.ports import Store


class ReminderUseCases:
    """Remind of tasks: `fring.reminders`."""

    def __init__(self, store: Store, causes: Causes) -> None:
        self._store = store
        self._causes = causes

    async def fire(self, limit: int = MAX_LIMIT) -> int:
        """Remind of tasks of all lists whose `remind_at` has come, by the database's clock.

        Each is reminded of once, however many do this at the same time: by one `task.reminded`
        event, of nobody. Return how many, at most `limit` (0-1000), those that are due for longest
        first. A server does this each second. Raise `Unavailable` when the store is away, and
        `InvalidInput` for another limit.
        """
        cause = attrs.evolve(self._causes(), actor=None, request_id=None)
        return await self._store.tasks.remind(Page(limit=limit).limit, cause)

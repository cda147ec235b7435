"""What is asked about events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core import text
from fring_core.queries import DEFAULT_LIMIT, Page
from fring_core.tasks import check_owner, existing
from fring_core.values import plain

if TYPE_CHECKING:
    from fring_core.events import Event
    from fring_core.ports import Store
    from fring_core.queries import Slice


class EventUseCases:
    """Tell what has changed: `fring.events`.

    Every method may raise `Unavailable` when the store is away, and `InvalidInput` for an argument
    that is none of its kind.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

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
        owner, task_id, before = check_owner(owner), existing(task_id), plain(before)
        text.reject((None if before is None else text.FILTER.problem("before", before),))
        limit = Page(limit=limit).limit
        return await self._store.events.of_task(task_id, owner, limit, before)

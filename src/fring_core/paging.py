"""Lists of any length, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from fring_core.orders import Place, TaskOrder
from fring_core.queries import MAX_LIMIT, Page
from fring_core.tasks import Task
from fring_core.users import User

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from fring_core.queries import Slice

E = TypeVar("E", User, Task)


async def pages(
    listed: Callable[[Page], Awaitable[Slice[E]]], order: TaskOrder = TaskOrder.BY_ID
) -> AsyncIterator[Slice[E]]:
    """Yield the pages of a list in this order, fetching each when it is needed.

    None that is there all along, and keeps its place, is passed over or comes twice, whatever is
    added, changed or deleted meanwhile. Raise what `listed` raises.
    """
    page: Page | None = Page(limit=MAX_LIMIT)
    while page is not None:
        found = await listed(page)
        yield found
        page = attrs.evolve(page, after=Place.of(found[-1], order)) if found.more else None

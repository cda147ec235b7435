"""Pages of lists, of which the wire does not say whether others follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from fring_core import Slice
from fring_core.queries import MAX_LIMIT, Page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

T = TypeVar("T")


async def sliced(part: Callable[[Page], Awaitable[list[T]]], page: Page) -> Slice[T]:
    """Return a page, and whether others follow, by asking for one more: with it, if it may be."""
    if page.limit < MAX_LIMIT:
        return Slice.of(await part(attrs.evolve(page, limit=page.limit + 1)), page.limit)
    found = await part(page)
    if len(found) < page.limit:
        return Slice(found)
    following = await part(attrs.evolve(page, skip=page.skip + page.limit, limit=1))
    return Slice(found, more=bool(following))


async def every(listed: Callable[[Page], Awaitable[Slice[T]]]) -> AsyncIterator[T]:
    """Iterate over all pages."""
    page = Page(limit=MAX_LIMIT - 1)
    while True:
        found = await listed(page)
        for each in found:
            yield each
        if not found.more:
            return
        page = attrs.evolve(page, skip=page.skip + page.limit)

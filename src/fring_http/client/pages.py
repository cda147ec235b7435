"""Pages of lists, of which the wire does not say whether others follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from fring_core import Slice
from fring_core.queries import MAX_LIMIT, Page
from fring_http.client.entities import several

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from fring_http.client.calls import Calls
    from fring_http.client.versions import Reader

T = TypeVar("T")


async def listed(calls: Calls, path: str, read: Reader[T], query: Mapping[str, Any]) -> Slice[T]:
    """Return a page, and whether others follow, by asking for one more: with it, if it may be."""

    async def part(skip: int, limit: int) -> list[T]:
        asked = {**query, "skip": skip, "limit": limit}
        return await calls.call("GET", path, several(read), query=asked)

    skip: int = query["skip"]
    limit: int = query["limit"]
    if limit < MAX_LIMIT:
        return Slice.of(await part(skip, limit + 1), limit)
    found = await part(skip, limit)
    return Slice(found, more=len(found) == limit and bool(await part(skip + limit, 1)))


async def every(page_at: Callable[[Page], Awaitable[Slice[T]]]) -> AsyncIterator[T]:
    """Iterate over all pages, of a size that costs one call each."""
    page = Page(limit=MAX_LIMIT - 1)
    while True:
        found = await page_at(page)
        for each in found:
            yield each
        if not found.more:
            return
        page = attrs.evolve(page, skip=page.skip + page.limit)

"""Pages of lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from fring_core import Slice
from fring_core.queries import MAX_LIMIT
from fring_http.client.answers import SUCCESS
from fring_http.client.entities import several

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

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


async def every(
    calls: Calls, path: str, read: Reader[T], query: Mapping[str, Any]
) -> AsyncIterator[T]:
    """Iterate over all that is listed, page by page, each of which names the next."""
    asked: dict[str, Any] = {**query, "limit": MAX_LIMIT}
    while True:
        answer = await calls.answer("GET", path, query=asked)
        for each in answer.read(SUCCESS["GET"], several(read)):
            yield each
        cursor = answer.next_cursor
        if cursor is None:
            return
        asked["after"] = cursor

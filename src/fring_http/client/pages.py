"""Pages of lists."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from fring_core import Slice
from fring_core.queries import MAX_LIMIT
from fring_http.client.answers import SUCCESS
from fring_http.client.entities import several

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from fring_http.client.answers import Refusals
    from fring_http.client.calls import Calls
    from fring_http.client.versions import Reader

T = TypeVar("T")


async def listed(
    calls: Calls,
    path: str,
    read: Reader[T],
    query: Mapping[str, Any],
    *,
    refused: Refusals = MappingProxyType({}),
    about: Mapping[str, Any] = MappingProxyType({}),
) -> Slice[T]:
    """Return a page, and whether others follow, by asking for one more: with it, if it may be.

    Without a `limit`, return all.
    """

    async def part(**page: int) -> list[T]:
        asked = {**query, **page}
        return await calls.call("GET", path, several(read), refused, query=asked, about=about)

    if "limit" not in query:
        return Slice(await part())
    skip: int = query["skip"]
    limit: int = query["limit"]
    if limit < MAX_LIMIT:
        return Slice.of(await part(skip=skip, limit=limit + 1), limit)
    found = await part(skip=skip, limit=limit)
    return Slice(found, more=len(found) == limit and bool(await part(skip=skip + limit, limit=1)))


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

"""Lists that are shown whole unless a page is asked for, however long they are.

They are sent a page at a time: a hundred thousand rows take as much memory as a thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec
from litestar import MediaType
from litestar.response import Stream

from fring_core import Page, Task, User
from fring_core.paging import pages
from fring_core.queries import DEFAULT_LIMIT, MAX_LIMIT
from fring_http.api.answers import Answer, answer
from fring_http.api.large_pages import turn
from fring_http.api.pages import linked, read_page
from fring_http.api.reading.parameters import Query

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from litestar import Request

    from fring_core import Slice
    from fring_http.api.cursors import Listing

E = TypeVar("E", User, Task)
T = TypeVar("T")
PAGE: Final = ("skip", "limit", "after")


async def page_or_all(
    request: Request[Any, Any, Any],
    listing: Listing,
    listed: Callable[[Page], Awaitable[Slice[E]]],
    show: Callable[[E], T],
    *filters: str,
) -> Answer[list[T]]:
    """Return the answer that shows all that is listed, or the page that the query asks for.

    Raise what `listed` raises, and `Rejected` (422).
    """
    query = Query(request)
    if query.given(*PAGE):
        page = read_page(query, listing, DEFAULT_LIMIT)
        async with turn(page.limit):
            found = await listed(page)
            headers = linked(request, query, listing, found, *filters)
            return answer([show(each) for each in found], headers)
    following = pages(listed)
    first = await anext(following)
    if not first.more:
        return answer([show(each) for each in first])
    parts = _parts(first, following, show)
    return cast("Answer[list[T]]", Stream(parts, media_type=MediaType.JSON))


async def _parts(
    first: Slice[E],
    following: AsyncIterator[Slice[E]],
    show: Callable[[E], T],
) -> AsyncIterator[bytes]:
    """Yield the list as JSON, a page at a time."""
    yield b"[" + _shown(first, show)
    more = True
    while more:
        async with turn(MAX_LIMIT):
            page = await anext(following)
            part = _shown(page, show)
        if part:  # none, if the rest was removed meanwhile
            yield b"," + part
        more = page.more
    yield b"]"


def _shown(page: Slice[E], show: Callable[[E], T]) -> bytes:
    return msgspec.json.encode([show(each) for each in page])[1:-1]

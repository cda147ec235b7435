"""The feed of events on `/api/v2`: page by page, or as it comes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from litestar import Request, Response, get

from fring_core import CursorExpired, InvalidCursor, Unauthenticated
from fring_core.queries import MAX_LIMIT
from fring_http.api.answers import Answer, answer
from fring_http.api.reading.parameters import Query
from fring_http.api.references import reference
from fring_http.api.refusals.details import NO_TOKEN
from fring_http.api.refusals.errors import error_response
from fring_http.api.refusals.problems import NOT_YET, as_problem
from fring_http.api.shapes.operations import Refusals, operation
from fring_http.api.shapes.parameters import MAX_WAIT_SECONDS
from fring_http.api.v2.asked import NOW, Wanted, read_limit, read_wait
from fring_http.api.v2.patience import Patience
from fring_http.api.v2.schemas import Event, EventPage
from fring_http.api.v2.streaming import MEDIA_TYPE, Stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.handlers import HTTPRouteHandler

    from fring_core import Fring
    from fring_http.api.v2.following import Follower
    from fring_http.api.v2.streaming import Check

Call: TypeAlias = Request[Any, Any, Any]

MOST_LOOKED_AT: Final = 10_000  # events, for one page of those that are wanted
TOO_EARLY: Final = "What was written there has not come to the feed yet: ask again"
READING: Final[Refusals] = {
    400: {InvalidCursor: "This is no cursor of the feed; begin without one"},
    401: {Unauthenticated: NO_TOKEN},
    410: {CursorExpired: "What follows this cursor is not kept any more; begin without one"},
}
_FILTERS: Final = ("list", "task", "types")


class NotYet(Exception):  # noqa: N818  # it says what it is
    """Report that what was waited for has not come in time."""


def not_yet(request: Call, _: NotYet) -> Response[bytes]:
    """Answer to whoever waited in vain."""
    later = error_response(503, TOO_EARLY, NOT_YET, {"Retry-After": "1"})
    return as_problem(request.scope, later)


def expired(request: Call, error: CursorExpired) -> Response[bytes]:
    """Answer to whoever goes on from what is gone, with a link to start over."""
    start = reference(request, request.scope["path"])
    text = READING[410][CursorExpired]
    gone = error_response(410, text, error.code, {"Link": f'<{start}>; rel="first"'})
    return as_problem(request.scope, gone)


def event_handlers(
    fring: Fring, follower: Follower, check: Check | None
) -> Sequence[HTTPRouteHandler]:
    """Return the handlers of the feed; `check` asks again whether a request may go on."""

    async def begin(query: Query) -> str | None:
        cursor = query.text("after")
        return await follower.latest() if cursor == NOW else cursor

    @get(
        "/events",
        opt=operation(
            query=("feed_after", "page_limit", "wait", "until", *_FILTERS), errors=READING
        ),
        tags=["events"],
        response_description="What has happened, and where to go on.",
    )
    async def list_events(request: Call) -> Answer[EventPage]:
        """Read what has happened.

        All readers are given the same order, and nothing ever comes before what was given out.
        With `wait`, an empty page is answered when something has come, or when the time is up. A
        page of few that are wanted may end early, with `more`.
        """
        query = Query(request)
        wanted, limit, until = Wanted.read(request, query), read_limit(query), query.text("until")
        wait = read_wait(query, 0 if until is None else MAX_WAIT_SECONDS)
        patience = Patience(follower, cast("Any", request.scope), wait)
        with follower.reading() if wait else nullcontext():
            while until is not None and not await patience.looked(fring.events.has(until)):
                if not await patience.waited():
                    raise NotYet
            cursor = await begin(query)
            while True:
                page = await patience.looked(_page(fring, wanted, cursor, limit))
                if page.items or page.more or until is not None or not await patience.waited():
                    return answer(page)
                cursor = page.next

    @get(
        "/events/stream",
        opt=operation(query=("feed_after", *_FILTERS), errors=READING),
        media_type=MEDIA_TYPE,
        tags=["events"],
        response_description="What happens, as server-sent events, each with its cursor as `id`.",
    )
    async def stream_events(request: Call) -> Stream[str]:
        """Follow what happens.

        It goes on where `Last-Event-ID` says, or else `after`, and ends when the token does. Each
        15 seconds there is a `ping`.
        """
        query = Query(request)
        wanted = Wanted.read(request, query)
        with follower.reading():
            cursor = request.headers.get("last-event-id") or await begin(query)
            first = await follower.after(cursor)  # what is wrong with it is said now
        return Stream(follower, wanted, first, check)

    return [list_events, stream_events]


async def _page(fring: Fring, wanted: Wanted, cursor: str | None, limit: int) -> EventPage:
    """Return a page of those that are wanted, as far as they are found soon."""
    found: list[Event] = []
    size, left = limit, MOST_LOOKED_AT
    while True:
        part = await fring.events.page(cursor, limit=size)
        for place, event in enumerate(part.items, 1):
            if wanted.takes(event):
                found.append(Event.of(event))
                if len(found) == limit:
                    is_last = place == len(part.items)
                    after = part.next if is_last else event.cursor
                    return EventPage(found, after or "", more=part.more or not is_last)
        cursor, size, left = part.next, MAX_LIMIT, left - size
        if not part.more or left <= 0:
            return EventPage(found, part.next, more=part.more)

"""Send the feed as it comes, as server-sent events (WHATWG HTML, 9.2)."""

from __future__ import annotations

import asyncio
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import attrs
from litestar import Response

from fring_core import CursorExpired, Forbidden, Unauthenticated, Unavailable
from fring_http.api.door.edge import IS_HEAD
from fring_http.api.door.exchanging import ending
from fring_http.api.door.limits import resting
from fring_http.api.v2.following import OUTAGE_SECONDS, end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from typing import TypeAlias

    from litestar import Request

    from fring_http.api.asgi import Application, Event, Reader, Writer
    from fring_http.api.v2.asked import Wanted
    from fring_http.api.v2.following import Follower
    from fring_http.api.v2.parts import Part

    Check: TypeAlias = Callable[[Any], Awaitable[object]]

T = TypeVar("T")

MEDIA_TYPE: Final = "text/event-stream"
PING_SECONDS: Final = 15.0
RETRY_MILLISECONDS: Final = 1000
_HEADERS: Final = [
    (b"content-type", MEDIA_TYPE.encode()),
    (b"x-accel-buffering", b"no"),  # nginx would keep it until it has enough
]


class Stream(Response[T]):
    """Answer with the feed from this part on, until the client leaves or may not read any more.

    `check` is asked about that before each ping.
    """

    def __init__(
        self, follower: Follower, wanted: Wanted, first: Part, check: Check | None
    ) -> None:
        super().__init__(cast("T", None), media_type=MEDIA_TYPE)
        self._follower, self._wanted, self._first = follower, wanted, first
        self._check = check

    def to_asgi_response(self, app: None, request: Request[Any, Any, Any], **_: Any) -> Any:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]  # noqa: ARG002  # the names are the framework's
        """Return what sends it."""
        check = None if self._check is None else partial(self._check, request.scope)
        return _sending(_Parts(self._follower, self._wanted, self._first, check))


def _sending(parts: _Parts) -> Application:
    async def send_it(scope: Event, receive: Reader, send: Writer) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS]})
        if not scope.get(IS_HEAD):
            leaving = asyncio.ensure_future(_gone(receive, parts.stop))
            try:
                with resting(scope), ending(scope, parts.stop), parts.follower.reading():
                    async for part in parts:
                        body = {"type": "http.response.body", "body": part, "more_body": True}
                        await send(body)
            finally:
                leaving.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_it


async def _gone(receive: Reader, stop: Callable[[], None]) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stop()


@attrs.define(eq=False)
class _Parts:
    """Yield what is sent, one after the other, until they are stopped."""

    follower: Follower
    _wanted: Wanted
    _first: Part | None
    _check: Callable[[], Awaitable[object]] | None
    _cursor: str | None = None
    _is_stopped: bool = False
    _waiting: asyncio.Future[None] | None = None

    def stop(self) -> None:
        """Have it end soon."""
        self._is_stopped = True
        if self._waiting is not None:
            end(self._waiting)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"retry: %d\n\n" % RETRY_MILLISECONDS
        ping_at = monotonic() + PING_SECONDS
        while not self._is_stopped:
            # The first was read before: more may have come since.
            first, self._first = self._first, None
            seen, part = self.follower.turn, first
            try:
                part = part or await self.follower.after(self._cursor)
            except CursorExpired:
                return  # who asks for it again is told
            except Unavailable:  # others tell of it
                pass
            else:
                self._cursor = part.next
                each = zip(part.events, part.frames, strict=True)
                if wanted := [frame for event, frame in each if self._wanted.takes(event)]:
                    yield b"".join(wanted)
            if monotonic() >= ping_at:
                if not await self._may_go_on():
                    return
                yield b"id: %s\nevent: ping\ndata: {}\n\n" % (self._cursor or "").encode()
                ping_at = monotonic() + PING_SECONDS
            if part is None:
                await self._wait(seen, OUTAGE_SECONDS)
            elif not part.more and first is None:
                await self._wait(seen, ping_at - monotonic())

    async def _may_go_on(self) -> bool:
        try:
            if self._check is not None:
                await self._check()
        except (Forbidden, Unauthenticated):
            return False
        except Unavailable:  # the next one tells
            pass
        return True

    async def _wait(self, seen: int, seconds: float) -> None:
        self._waiting = waiting = self.follower.waiting(seen, seconds)
        try:
            if not self._is_stopped:
                await waiting
        finally:
            waiting.cancel()

"""An end to each request, and to how many there are, whatever the database does.

A database that is frozen, or a network that has fallen silent, keeps a statement for as long as it
likes, and to cancel it takes time as well. Whoever asked is answered when the time is up; what is
left to be done is done behind the answer.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from fring_http.api.door.edge import refusal
from fring_http.api.door.hosts import HEALTH
from fring_http.api.exchanges import EXCHANGE, note
from fring_http.api.refusals.details import AWAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Mapping

    from fring_http.api.asgi import Application, Event, Reader, Writer
    from fring_http.api.exchanges import Exchange

SWEEP_SECONDS: Final = 0.1
LIMITS: Final = "fring.limits"  # in the scope
_API: Final = "/api/"
_unavailable: Final = refusal(503, AWAY, (b"retry-after", b"1"))


class Limits:
    """Answer 503 for a request that takes longer than `seconds`, and at once beyond `most` of them.

    A request that waits for its body is one of them, but its time does not pass: that has a limit
    of its own. Neither does it once the answer has begun. One that waits for something to happen is
    none of them. What asks for health, or for no part of the API, is always let in.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._at_work: dict[int, _Work] = {}  # by the identity of their exchanges
        self._sweeping: asyncio.AbstractEventLoop | None = None

    def around(self, app: Application) -> Application:
        """Return an application that keeps to them."""

        def answer(scope: Event, receive: Reader, send: Writer) -> Awaitable[None]:
            is_http = scope["type"] == "http"
            if is_http and scope["path"].startswith(_API) and scope["path"] not in HEALTH:
                return self._answer(app, scope, receive, send)
            return app(scope, receive, send)

        return answer

    async def _answer(self, app: Application, scope: Event, receive: Reader, send: Writer) -> None:
        if len(self._at_work) >= self._most:
            note(scope, unavailable=f"{self._most} requests are at work already")
            await _unavailable(scope, receive, send)
            return
        scope[LIMITS] = self
        key = id(scope[EXCHANGE])
        work = self._at_work[key] = _Work(scope, receive, send)
        self._sweep_soon()
        try:
            await app(scope, receive, work.send)
        except asyncio.CancelledError:
            if work.refusing is None:
                raise
        finally:
            self._at_work.pop(key, None)
            if work.refusing is not None:
                await work.refusing

    @contextmanager
    def resting(self, exchange: Exchange) -> Iterator[None]:
        """Let a request be none of those at work while the block goes on."""
        work = self._at_work.pop(id(exchange))
        try:
            yield
        finally:
            exchange.works_since = perf_counter()
            self._at_work[id(exchange)] = work
            self._sweep_soon()

    def _sweep_soon(self) -> None:
        loop = asyncio.get_running_loop()
        if self._sweeping is not loop:  # an application may outlive its loop
            self._sweeping = loop
            loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = None
        latest = perf_counter() - self._seconds
        for work in self._at_work.values():
            work.end_if_late(latest, f"a request took longer than {self._seconds:g} s")
        if self._at_work:
            self._sweep_soon()


def resting(scope: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Return a block in which a request waits for something to happen, and is not at work."""
    limits: Limits | None = scope.get(LIMITS)
    return nullcontext() if limits is None else limits.resting(scope[EXCHANGE])


class _Work:
    """Hold what is needed to answer a request in the place of who works on it."""

    def __init__(self, scope: Event, receive: Reader, send: Writer) -> None:
        self._exchange: Exchange = scope[EXCHANGE]
        self._exchange.works_since = perf_counter()
        self._task = asyncio.current_task()
        self._scope, self._receive, self._send = scope, receive, send
        self.refusing: asyncio.Task[Any] | None = None

    def send(self, message: Event) -> Awaitable[None]:
        """Send a message of the answer, unless there is another one already."""
        return self._send(message) if self.refusing is None else _nothing()

    def end_if_late(self, latest: float, why: str) -> None:
        """Refuse the request if it has been at work since `latest`, and have its task end."""
        exchange = self._exchange
        if self.refusing or exchange.status or exchange.works_since > latest or not self._task:
            return
        exchange.unavailable, exchange.route = why, self._scope.get("path_template", "")
        self.refusing = asyncio.ensure_future(_unavailable(self._scope, self._receive, self._send))
        self._task.cancel()


async def _nothing() -> None:
    """Do nothing."""

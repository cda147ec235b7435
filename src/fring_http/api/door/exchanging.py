"""Give each request an id, and tell of it when it has ended."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count
from secrets import token_hex
from time import perf_counter, time
from typing import TYPE_CHECKING, Final

from fring_http.api.door.edge import refusal
from fring_http.api.door.readers import PART_BYTES, Readers
from fring_http.api.door.safe_headers import safe
from fring_http.api.exchanges import EXCHANGE, Exchange, current

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from fring_http.api.asgi import Application, Event, Reader, Writer
    from fring_http.api.exchanges import Observer

GONE: Final = 499  # what proxies write down for a client that went away
INTERNAL: Final = 500
EXCHANGES: Final = "fring.exchanges"  # in the scope
_ID: Final = re.compile(rb"[!-~]{1,128}")
_TRACE: Final = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*")
_log = logging.getLogger("fring.http")


def _ids() -> Iterator[str]:
    """Yield ids that no other process makes, at the cost of adding one."""
    first = token_hex(8)
    for number in count():
        yield f"{first}{number:08x}"


class Exchanges:
    """Make an exchange of each request, and tell the observers of it when it has ended.

    `in_flight` is how many have not. Once it `ends_connections`, each answer is the last of its
    connection, and what goes on for long ends.
    """

    def __init__(self, *observers: Observer) -> None:
        self.in_flight = 0
        self.ends_connections = False
        self._on_end: set[Callable[[], None]] = set()
        self._observers = observers
        self._readers = Readers()
        self._ids = _ids()

    def around(self, app: Application) -> Application:
        """Return an application that gives each request an id, and its answer the same, safely.

        It is that of the request's `X-Request-ID`, if that is 1 to 128 characters that can be seen.
        Inside another such application nothing is done: it has done it. What the application raises
        becomes a 500.
        """

        async def answer(scope: Event, receive: Reader, send: Writer) -> None:
            if scope["type"] != "http" or EXCHANGE in scope:
                await app(scope, receive, send)
                return
            exchange = self._exchange(scope)
            header = (b"x-request-id", exchange.id.encode())

            def send_with_id(message: Event) -> Awaitable[None]:
                if message["type"] == "http.response.start":
                    exchange.status = message["status"]
                    message["headers"] = [*safe(message["headers"]), header]
                    if self.ends_connections:
                        message["headers"].append((b"connection", b"close"))
                elif _is_part(exchange, message):
                    return self._send_part(exchange, message, send)
                elif exchange.unavailable:  # what it waits for may go on for long
                    self._tell(exchange, began)
                return send(message)

            token = current.set(exchange)
            began = perf_counter()
            self.in_flight += 1
            try:
                await _answered(exchange, app, scope, receive, send_with_id)
            finally:
                self.in_flight -= 1
                self._tell(exchange, began)
                current.reset(token)

        return answer

    def end_connections(self) -> None:
        """Have each answer be the last of its connection, and end those that go on for long."""
        self.ends_connections = True
        for end in [*self._on_end]:
            end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Have somebody told when answers are to end, as long as the block goes on."""
        self._on_end.add(end)
        if self.ends_connections:
            end()
        try:
            yield
        finally:
            self._on_end.discard(end)

    async def _send_part(self, exchange: Exchange, message: Event, send: Writer) -> None:
        """Send what may have to wait for its reader, who is left if that takes too long."""
        exchange.is_left = not await self._readers.send(message, send)
        if exchange.is_left:  # nothing more is to be made for it
            raise asyncio.CancelledError

    def _tell(self, exchange: Exchange, began: float) -> None:
        if not exchange.ended_at:  # once
            exchange.seconds, exchange.ended_at = perf_counter() - began, time()
            exchange.status = exchange.status or GONE  # nobody was there to be answered
            for observe in self._observers:
                observe(exchange)

    def _exchange(self, scope: Event) -> Exchange:
        """Return the exchange of a request, which is in its scope from now on."""
        given = trace = b""
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                given = value
            elif name == b"traceparent":
                trace = value
        peer = scope.get("client")
        found = _TRACE.fullmatch(trace) if trace else None
        scope[EXCHANGES] = self
        scope[EXCHANGE] = exchange = Exchange(
            method=scope["method"],
            client=peer[0] if peer else "",
            id=given.decode() if given and _ID.fullmatch(given) else next(self._ids),
            trace=found[1].decode() if found else "",
        )
        return exchange


def ending(scope: Event, end: Callable[[], None]) -> AbstractContextManager[None]:
    """Return a block in which somebody is told when answers are to end."""
    exchanges: Exchanges | None = scope.get(EXCHANGES)
    return nullcontext() if exchanges is None else exchanges.ending(end)


async def _answered(
    exchange: Exchange, app: Application, scope: Event, receive: Reader, send: Writer
) -> None:
    """Have a request answered, whatever the application raises."""
    try:
        await app(scope, receive, send)
    except asyncio.CancelledError:
        if not exchange.is_left:
            raise
    except Exception:
        _log.exception("%s failed outside of the framework", exchange.method)
        if exchange.status:  # it is too late for another one
            raise
        await refusal(INTERNAL, "Internal server error")(scope, receive, send)


def _is_part(exchange: Exchange, message: Event) -> bool:
    """Tell whether a body is no small whole, and count it."""
    size = len(message.get("body", b""))
    exchange.sent += size
    return size > PART_BYTES or size < exchange.sent or message.get("more_body", False)

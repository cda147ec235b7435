"""The clients: the same use cases, in an event loop or without one."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

import httpx

from fring_core.blocking import BlockingAssignments, BlockingEvents, BlockingTasks, BlockingUsers
from fring_http.client import tokens
from fring_http.client.addresses import checked, detour, reached
from fring_http.client.assignments import AssignmentsOverHttp
from fring_http.client.calls import Calls
from fring_http.client.connections import AsyncConnection, BlockingConnection
from fring_http.client.events import EventsOverHttp
from fring_http.client.lifetimes import Lifetime
from fring_http.client.tasks import TasksOverHttp
from fring_http.client.users import UsersOverHttp

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

TIMEOUT_SECONDS: Final = 15.0  # Fring itself gives up on its database after 11
PATIENCE_SECONDS: Final = 30.0


class FringClient:
    """Call the use cases of a Fring at an address, in an event loop.

    Nouns, methods, results and errors are those of `fring_core.Fring`, but there are no
    transactions and no accounts. Every method may raise `Unauthenticated`, `Forbidden`,
    `UnexpectedAnswer`, and `InvalidInput` for what the wire does not carry: nothing is sent then.
    Entities of lists have version 0, which no row has; those of the shared board no `due_date`.
    What fails for now is tried again, writes too: each has a key by which the server knows it
    again. After `StoreUnavailable` in the end, a write may have been done.

    `url` is what `/api` stands below, such as `https://tasks.example/board`. `token` proves who
    calls: a text, or a function that returns one for each request, such as one that renews it. An
    attempt takes `timeout` seconds at most; what fails for now is tried again for `patience`
    seconds, after pauses of up to 5 s, or as the server says. Proxies are those of the
    environment (`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`), unless there is a
    `transport`: httpx's, to trust other certificates, or to call an ASGI application directly.
    Redirects are not followed. Raise `ValueError` for what is no such URL, for a proxy that cannot
    be used, for what is no token, and for a time or a number that cannot be.

    Use it in `async with`, or call `close` at the end. It takes calls from several tasks at once,
    and none in a child process that was forked after the first: those raise `RuntimeError`.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | Callable[[], str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        base = checked(url, token)
        _check_patience(timeout, patience)
        tokens.check(token)
        self._lifetime = Lifetime()
        how = detour(base) if transport is None else ""
        self._http = httpx.AsyncClient(
            base_url=base,
            timeout=timeout,
            transport=transport or reached(httpx.AsyncHTTPTransport, base),
        )
        calls = Calls(AsyncConnection(self._http, token, timeout, self._lifetime, how), patience)
        self.users = UsersOverHttp(calls)
        self.tasks = TasksOverHttp(calls)
        self.assignments = AssignmentsOverHttp(calls)
        self.events = EventsOverHttp(calls)

    async def __aenter__(self) -> Self:
        """Return this client; raise `RuntimeError` if it may not be used any more."""
        self._lifetime.check()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close its connections; a call raises `RuntimeError` afterwards."""
        if self._lifetime.end():
            await self._http.aclose()


class BlockingFringClient:
    """Call the use cases of a Fring at an address, without an event loop.

    It has the nouns and methods of `FringClient`, without `await`. The arguments are the same, with
    the blocking kind of transport. Use it in `with`, or call `close` at the end. Threads may share
    it.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | Callable[[], str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
        patience: float = PATIENCE_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        base = checked(url, token)
        _check_patience(timeout, patience)
        tokens.check(token)
        self._lifetime = Lifetime()
        how = detour(base) if transport is None else ""
        self._http = httpx.Client(
            base_url=base,
            timeout=timeout,
            transport=transport or reached(httpx.HTTPTransport, base),
        )
        calls = Calls(BlockingConnection(self._http, token, timeout, self._lifetime, how), patience)
        self.users = BlockingUsers(UsersOverHttp(calls))
        self.tasks = BlockingTasks(TasksOverHttp(calls))
        self.assignments = BlockingAssignments(AssignmentsOverHttp(calls))
        self.events = BlockingEvents(EventsOverHttp(calls))

    def __enter__(self) -> Self:
        """Return this client; raise `RuntimeError` if it may not be used any more."""
        self._lifetime.check()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close its connections; a call raises `RuntimeError` afterwards."""
        if self._lifetime.end():
            self._http.close()


def _check_patience(timeout: float, patience: float) -> None:
    if not _is_number(timeout) or not 0 < timeout < inf:
        raise ValueError(f"timeout={timeout!r} must be a number of seconds above 0")
    if not _is_number(patience) or not 0 <= patience < inf:
        raise ValueError(f"patience={patience!r} must be a number of seconds, and not negative")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

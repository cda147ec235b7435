"""How requests get there and answers back: through httpx, awaiting or blocking."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any, Final

import attrs
import httpx

from fring_core import StoreUnavailable
from fring_http.client.addresses import shown
from fring_http.client.answers import Answer
from fring_http.client.tokens import bearing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    import httpx_sse

    from fring_http.client.lifetimes import Lifetime
    from fring_http.client.tokens import Token

    Fields = Mapping[str, Any]

# Fewer than httpx's pool has room for: a request that is given up while it waits there can take a
# connection with it for good. And the time that a call has begins when it is sent.
AT_ONCE: Final = 50
# A server says something each 15 seconds.
SILENT_SECONDS: Final = 45.0
JSON: Final = ("application/json", "application/problem+json")
NO_JSON: Final = b"bytes that do not decode"


@attrs.frozen
class AsyncConnection:
    """Exchange requests in an event loop: 50 at once, while others wait for their turn.

    `detour` tells errors how requests get there, if it is not straight.
    """

    http: httpx.AsyncClient
    token: Token
    seconds: float
    lifetime: Lifetime
    detour: str
    turns: asyncio.Semaphore = attrs.field(factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def exchange(
        self, method: str, path: str, query: Fields, body: Fields | None, headers: Mapping[str, str]
    ) -> Answer:
        """Return the answer to a request; raise `StoreUnavailable` if there is none in time."""
        self.lifetime.check()
        _check_loop()
        request = self.http.build_request(
            method, path, params=query, json=body, headers={**bearing(self.token), **headers}
        )
        what = shown(method, request.url) + self.detour
        try:
            async with self.turns:
                deadline = time.monotonic() + self.seconds
                response = await self.http.send(request, stream=True)
                try:
                    # httpx's time is for each read: an answer that drips would go on for ever.
                    # Cut off from outside, its pool might keep the connection.
                    parts = []
                    async for part in response.aiter_bytes():
                        parts.append(part)
                        _check_time(deadline)
                except httpx.DecodingError:
                    parts = [NO_JSON]
                finally:
                    await response.aclose()
        except httpx.RequestError as error:
            raise _unavailable(what, error) from error
        return _answer(what, response, b"".join(parts))

    async def follow(
        self, path: str, query: Fields, headers: Mapping[str, str]
    ) -> AsyncIterator[Answer | httpx_sse.ServerSentEvent]:
        """Yield what a server sends as it comes, or its one answer if it sends no such thing.

        Raise `StoreUnavailable` when it is silent for 45 s, or the connection ends.
        """
        import httpx_sse  # noqa: PLC0415  # who follows nothing may do without

        self.lifetime.check()
        _check_loop()
        request = self.http.build_request(
            "GET",
            path,
            params=query,
            headers={**bearing(self.token), **headers},
            timeout=_time(self.seconds),
        )
        what = shown("GET", request.url) + self.detour
        try:
            response = await self.http.send(request, stream=True)
            try:
                if not _is_stream(response):
                    yield _answer(what, response, await response.aread())
                    return
                async for message in httpx_sse.EventSource(response).aiter_sse():
                    yield message
            finally:
                await response.aclose()
        except httpx.RequestError as error:
            raise _unavailable(what, error) from error

    async def pause(self, seconds: float) -> None:
        """Wait, while others go on."""
        await asyncio.sleep(seconds)


@attrs.frozen
class BlockingConnection:
    """Exchange requests in the thread that calls; `detour` as above."""

    http: httpx.Client
    token: Token
    seconds: float
    lifetime: Lifetime
    detour: str

    async def exchange(
        self, method: str, path: str, query: Fields, body: Fields | None, headers: Mapping[str, str]
    ) -> Answer:
        """Return the answer to a request; raise `StoreUnavailable` if there is none in time."""
        self.lifetime.check()
        request = self.http.build_request(
            method, path, params=query, json=body, headers={**bearing(self.token), **headers}
        )
        what = shown(method, request.url) + self.detour
        deadline = time.monotonic() + self.seconds
        try:
            response = self.http.send(request, stream=True)
            try:
                # httpx's time is for each read: an answer that drips would go on for ever.
                parts = []
                for part in response.iter_bytes():
                    parts.append(part)
                    _check_time(deadline)
            except httpx.DecodingError:
                parts = [NO_JSON]
            finally:
                response.close()
        except httpx.RequestError as error:
            raise _unavailable(what, error) from error
        return _answer(what, response, b"".join(parts))

    async def follow(
        self, path: str, query: Fields, headers: Mapping[str, str]
    ) -> AsyncIterator[Answer | httpx_sse.ServerSentEvent]:
        """Yield what a server sends as it comes, as `AsyncConnection.follow`."""
        import httpx_sse  # noqa: PLC0415  # as above

        self.lifetime.check()
        request = self.http.build_request(
            "GET",
            path,
            params=query,
            headers={**bearing(self.token), **headers},
            timeout=_time(self.seconds),
        )
        what = shown("GET", request.url) + self.detour
        try:
            response = self.http.send(request, stream=True)
            try:
                if not _is_stream(response):
                    yield _answer(what, response, response.read())
                    return
                for message in httpx_sse.EventSource(response).iter_sse():
                    yield message
            finally:
                response.close()
        except httpx.RequestError as error:
            raise _unavailable(what, error) from error

    async def pause(self, seconds: float) -> None:
        """Block the thread."""
        time.sleep(seconds)  # noqa: ASYNC251  # no loop to be held up


def _time(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, read=max(seconds, SILENT_SECONDS))


def _is_stream(response: httpx.Response) -> bool:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.status_code == httpx.codes.OK and kind == "text/event-stream"


def _check_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise httpx.ReadTimeout("the answer takes too long")


def _check_loop() -> None:
    # Without this, httpx would fail half-way, and not in words that help.
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "FringClient needs an event loop; without one, use BlockingFringClient"
        ) from None


def _unavailable(what: str, error: Exception) -> StoreUnavailable:
    return StoreUnavailable(f"{what}: the server does not answer: {type(error).__name__}: {error}")


def _answer(what: str, response: httpx.Response, content: bytes) -> Answer:
    fields = {name.lower(): value for name, value in response.headers.items()}
    kind = fields.get("content-type", "").partition(";")[0].strip().lower()
    if not content:
        return Answer(what, response.status_code, fields, json=None)
    try:
        if kind in JSON:
            return Answer(what, response.status_code, fields, json.loads(content))
    except (ValueError, RecursionError):
        pass
    beginning = content[:100].decode(errors="replace")
    return Answer(
        what,
        response.status_code,
        fields,
        fault=f"no JSON, but {kind or 'something'}: {beginning!r}",
    )

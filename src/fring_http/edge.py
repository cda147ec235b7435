"""The outermost layer, which sees every request before the framework does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec

from fring_http.errors import CODES, Error

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

# As httpx and Starlette write them too: Litestar's types of the same protocol fit neither.
Event: TypeAlias = MutableMapping[str, Any]
Reader: TypeAlias = Callable[[], Awaitable[Event]]
Writer: TypeAlias = Callable[[Event], Awaitable[None]]
Application: TypeAlias = Callable[[Event, Reader, Writer], Awaitable[None]]


def head_as_get(app: ASGIApp) -> Application:
    """Answer HEAD wherever GET is answered: the same headers, no body (RFC 9110, 9.3.2)."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        if scope.get("method") == "HEAD":
            scope = cast("HTTPScope", scope | {"method": "GET"})
            await app(scope, receive, send_without_body)
        else:
            await app(scope, receive, send)

    return cast("Application", answer)


def refusal(status: int, detail: str) -> Application:
    """Return an application that answers every request with an error."""
    body = msgspec.json.encode(Error(detail, CODES[status]))
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"vary", b"Origin"),
    ]

    async def answer(scope: Event, _: Reader, send: Writer) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": shown})

    return answer

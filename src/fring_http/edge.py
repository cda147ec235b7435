"""The outermost layer, which sees every request before the framework does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import msgspec
from litestar.datastructures import Headers

from fring_http.errors import CODES, Error, ending

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


async def refuse(scope: Event, send: Writer, status: int, detail: str) -> None:
    """Answer a request with an error, without asking the application or reading the body."""
    body = msgspec.json.encode(Error(detail, CODES[status]))
    fields = {"content-type": "application/json", "content-length": str(len(body))}
    fields |= ending(Headers(scope["headers"]))
    headers = [(name.encode(), value.encode()) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    shown = b"" if scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})

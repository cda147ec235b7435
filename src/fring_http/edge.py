"""The outermost layer, which sees every request before the framework does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

_Event: TypeAlias = MutableMapping[str, Any]
# As httpx and Starlette write it too: Litestar's type of the same protocol fits neither.
Application: TypeAlias = Callable[
    [_Event, Callable[[], Awaitable[_Event]], Callable[[_Event], Awaitable[None]]], Awaitable[None]
]


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

"""The outermost layer, which sees every request before the framework does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send


def head_as_get(app: ASGIApp) -> ASGIApp:
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

    return answer

"""The outermost layer, which sees every request before the framework does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import msgspec

from fring_http.api.exchanges import EXCHANGE
from fring_http.api.refusals.errors import CODES, Error
from fring_http.api.refusals.problems import MEDIA_TYPE, is_for_problems, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from fring_http.api.asgi import Application, Event, Reader, Writer
    from fring_http.api.exchanges import Exchange

IS_HEAD: Final = "fring.is_head"  # in the scope: nothing of a body will be sent
_ALLOWING: Final = (204, 405)  # OPTIONS, and a wrong method


def head_as_get(app: ASGIApp) -> Application:
    """Answer HEAD wherever GET is answered: the same headers, no body (RFC 9110, 9.3.2).

    `Allow` says so, with its methods in order.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        is_head = scope.get("method") == "HEAD"

        def send_as_asked(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                if message["status"] in _ALLOWING:
                    message["headers"] = [*map(_with_head, message["headers"])]
            elif is_head and message["type"] == "http.response.body":
                message["body"] = b""
            return send(message)

        if is_head:
            scope = cast("HTTPScope", scope | {"method": "GET", IS_HEAD: True})
        await app(scope, receive, cast("Send", send_as_asked))
        exchange: Exchange | None = scope.get(EXCHANGE)  # type: ignore[assignment]  # a key of ours
        handler = scope.get("route_handler")
        if exchange and handler is not None:
            exchange.route = scope.get("path_template", "")
            exchange.is_work = bool(handler.opt.get("secured", True))

    return cast("Application", answer)


def _with_head(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    if name.lower() != b"allow":
        return header
    methods = {method.strip() for method in value.split(b",")}
    return name, b", ".join(sorted(methods | ({b"HEAD"} if b"GET" in methods else set())))


def refusal(status: int, detail: str, *more: tuple[bytes, bytes]) -> Application:
    """Return an application that answers every request with an error, and these headers."""
    error = msgspec.json.encode(Error(detail, CODES[status]))

    async def answer(scope: Event, _: Reader, send: Writer) -> None:
        body, media_type = error, b"application/json"
        if scope["type"] == "http" and is_for_problems(scope):
            body = msgspec.json.encode(problem(scope, status, detail, CODES[status]))
            media_type = MEDIA_TYPE.encode()
        headers = [
            (b"content-type", media_type),
            (b"content-length", str(len(body)).encode()),
            (b"vary", b"Origin"),
            *more,
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        shown = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": shown})

    return answer

"""What each answer tells a browser to leave alone (OWASP REST Security Cheat Sheet)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fring_http.api.asgi import Application, Event, Reader, Writer

Headers = list[tuple[bytes, bytes]]

# It is of no other type than it says; no page of another origin may embed it, unread, into a
# process of its own; and where a link leads does not learn which page it was on.
_ALWAYS: Final[Headers] = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
]
# Nobody keeps a copy: not the browser of a shared computer, nor a proxy that knows no tokens. And
# what is no page loads nothing, and is shown in no frame, should a browser take it for one.
_UNLESS_SAID: Final[Headers] = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]


def safe(headers: Headers) -> Headers:
    """Return the headers of an answer with those that make it safe, unless it has its own."""
    names = {name for name, _ in headers}
    return [*headers, *_ALWAYS, *(each for each in _UNLESS_SAID if each[0] not in names)]


def with_safe_headers(app: Application) -> Application:
    """Return an application whose every answer has safe headers."""

    async def answer(scope: Event, receive: Reader, send: Writer) -> None:
        def send_safely(message: Event) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = safe(message["headers"])
            return send(message)

        await app(scope, receive, send_safely)

    return answer

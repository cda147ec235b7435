"""Which pages of a browser may call, and read what is answered (CORS).

Litestar's layer for this puts `Vary: Origin` in the place of any other `Vary`, and takes every
OPTIONS of a page for a preflight.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fring_http.api.door.edge import refusal
from fring_http.api.refusals.details import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from fring_http.api.asgi import Application, Event, Reader, Writer

LOCAL_ORIGINS: Final = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
# What clients need, of the headers that a browser would keep from them.
EXPOSED: Final = (
    "ETag, Fring-Ignored, Fring-Position, Idempotent-Replayed, Link, Location, RateLimit,"
    " RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-ID"
)
_ANY_LABEL: Final = "[a-z0-9_-]+"
_ASKED_METHOD: Final = b"access-control-request-method"
_METHODS: Final = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_ALLOWED: Final = [
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-expose-headers", EXPOSED.encode()),
]
_KEPT_SECONDS: Final = b"600"


def matching(origins: Iterable[str] | None) -> Callable[[str], bool]:
    """Return what tells whether a browser's origin is among these, None for this machine's.

    A `*` stands for one label of a host.
    """
    if origins is None:
        pattern = LOCAL_ORIGINS
    else:
        pattern = "|".join(re.escape(each).replace(r"\*", _ANY_LABEL) for each in origins)
    found = re.compile(pattern).fullmatch
    return lambda origin: bool(origin and found(origin))


def with_cors(app: Application, may_call: Callable[[str], bool]) -> Application:
    """Return an application that tells browsers which pages may call, with credentials.

    It answers preflights itself. Whatever is answered says that it varies by `Origin`, or a cache
    would give one page what was meant for another.
    """

    def answer(scope: Event, receive: Reader, send: Writer) -> Awaitable[None]:
        if scope["type"] != "http":
            return app(scope, receive, send)
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        allowed: list[tuple[bytes, bytes]] = []
        if len(origins) == 1 and may_call(origins[0].decode("latin-1")):
            allowed = [(b"access-control-allow-origin", origins[0]), *_ALLOWED]

        def send_for_browsers(message: Event) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*_for_browsers(message["headers"]), *allowed]
            return send(message)

        if scope["method"] != "OPTIONS" or _ASKED_METHOD not in dict(scope["headers"]):
            return app(scope, receive, send_for_browsers)
        if allowed:
            return _allow(dict(scope["headers"]), send_for_browsers)
        return refusal(403, FOREIGN)(scope, receive, send_for_browsers)

    return answer


def _for_browsers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    names = [value for name, value in headers if name == b"vary" and value != b"Origin"]
    others = [(name, value) for name, value in headers if name != b"vary"]
    return [*others, (b"vary", b", ".join([*names, b"Origin"]))]


async def _allow(asked: Mapping[bytes, bytes], send: Writer) -> None:
    headers = [
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-max-age", _KEPT_SECONDS),
    ]
    if wanted := asked.get(b"access-control-request-headers"):
        headers.append((b"access-control-allow-headers", wanted))
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

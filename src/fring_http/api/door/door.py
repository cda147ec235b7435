"""Who may come in at all: decided before a route is looked for, or a body read.

A page in a browser sends what it likes to any address that its visitor can reach; it is the browser
that says, in `Origin`, whose page it was. And a path must mean one thing to everybody who reads it,
a proxy in front included.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from fring_http.api.door import authority
from fring_http.api.door.edge import refusal
from fring_http.api.door.origins import DEFAULT_PORTS
from fring_http.api.guards import bearer
from fring_http.api.refusals.details import FOREIGN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fring_http.api.asgi import Application, Event, Reader, Writer

# An empty segment, an encoded slash, a dot segment.
_AMBIGUOUS: Final = re.compile(rb"//|%2f|/(?:\.|%2e){1,2}(?:[/?]|\Z)", re.IGNORECASE)
NOWHERE: Final = "/nowhere"
SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")


def with_door(app: Application, may_call: Callable[[str], bool]) -> Application:
    """Return an application that takes plain paths, and writes for no page of a foreign origin.

    Any other path is one that no route has. An origin is foreign unless it is the server's own,
    or `may_call` says otherwise. Requests with a token may come from any page: no browser adds one
    by itself.
    """

    def answer(scope: Event, receive: Reader, send: Writer) -> Awaitable[None]:
        if scope["type"] != "http":
            return app(scope, receive, send)
        if _is_ambiguous(scope):
            scope = {**scope, "path": NOWHERE}
        elif scope["method"] not in SAFE_METHODS and _is_foreign(scope, may_call):
            return refusal(403, FOREIGN)(scope, receive, send)
        return app(scope, receive, send)

    return answer


def _is_ambiguous(scope: Event) -> bool:
    # The decoded path does not tell an encoded slash; only where there is no other it has to do.
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    found = _AMBIGUOUS.search(raw)
    # The query, which some leave there, may hold anything.
    return found is not None and b"?" not in raw[: found.start()]


def _is_foreign(scope: Event, may_call: Callable[[str], bool]) -> bool:
    origins = _values(scope, b"origin")
    if not origins or bearer(_values(scope, b"authorization")):
        return False
    origin, *more = origins
    return bool(more) or not origin or not (may_call(origin) or _is_own(origin, scope))


def _values(scope: Event, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _is_own(origin: str, scope: Event) -> bool:
    """Tell whether a page came from the server itself, by the host that it was asked for under.

    Behind a proxy that ends TLS, the page's scheme is https, and the request's is http.
    """
    scheme, _, place = origin.partition("://")
    if scheme not in DEFAULT_PORTS or (scope["scheme"], scheme) == ("https", "http"):
        return False
    try:
        host, port = authority.split(place)
        (asked,) = _values(scope, b"host")
        asked_host, asked_port = authority.split(asked)
    except ValueError:
        return False
    usual = DEFAULT_PORTS[scheme]
    return (host, port or usual) == (asked_host, asked_port or usual)

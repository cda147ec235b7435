"""By which names a server may be called.

A page can give its own name this machine's address (DNS rebinding), and is then at home here as far
as the browser can tell. `Host` still has the page's name.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fring_http import authority
from fring_http.edge import refuse

if TYPE_CHECKING:
    from collections.abc import Collection

    from fring_http.edge import Application, Event, Reader, Writer

HEALTH: Final = ("/health", "/api/v1/health")
_WITHOUT_HOST: Final = ("1", "1.0")  # Granian calls HTTP/1.0 "1"


def with_known_hosts(app: Application, allowed: Collection[str] | None, bound: str) -> Application:
    """Return an application that answers under the names of this machine and of its operator.

    These are loopback's, `bound`, which is where the server listens, and those that are `allowed`;
    if that is everywhere, any address as well, since only names can be made to lie. Others are 421,
    but for health. None allows all. What is no `Host`, or two, is 400 in any case.
    """
    known = {authority.canonical(host) for host in (allowed or ())}
    wild = authority.is_wildcard(bound)
    if not wild:
        known.add(authority.canonical(bound))

    @lru_cache(1024)
    def name_of(host: bytes) -> str:
        return authority.split(host.decode("latin-1"))[0]

    @lru_cache(1024)
    def is_known(name: str, server: str) -> bool:
        address = authority.address_of(name)
        if address and (wild or address == authority.address_of(server)):
            return True
        return authority.is_loopback(name) or name in known

    async def answer(scope: Event, receive: Reader, send: Writer) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        # Granian puts an empty one where there is none.
        hosts = [value for name, value in scope["headers"] if name == b"host" and value]
        if len(hosts) > 1 or not (hosts or scope["http_version"] in _WITHOUT_HOST):
            await refuse(scope, send, 400, "A request names one Host")
            return
        try:
            name = name_of(hosts[0]) if hosts else ""
        except ValueError as error:
            await refuse(scope, send, 400, f"Host {error}")
            return
        open_to_all = allowed is None or (scope["path"].removesuffix("/") or "/") in HEALTH
        server, *_ = scope.get("server") or ("",)
        if open_to_all or is_known(name, server or ""):
            await app(scope, receive, send)
        else:
            await refuse(
                scope,
                send,
                421,
                f"This server does not answer to '{name}':"
                " FRING_ALLOWED_HOSTS names the hosts that it answers to",
            )

    return answer

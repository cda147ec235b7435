"""By which names a server may be called.

A page can give its own name this machine's address (DNS rebinding), and is then at home here as far
as the browser can tell. `Host` still has the page's name.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fring_http.api.door import authority
from fring_http.api.door.edge import refusal
from fring_http.api.door.lingering import lingering

if TYPE_CHECKING:
    from collections.abc import Collection

    from fring_http.api.asgi import Application, Event, Reader, Writer

HEALTH: Final = ("/health", "/health/live", "/health/ready", "/api/v1/health")
MISDIRECTED: Final = 421
WAY_OUT: Final = "FRING_ALLOWED_HOSTS names the hosts that it answers to"
_MOST_BYTES: Final = 300  # a name has 253 at most
_WITHOUT_HOST: Final = ("1", "1.0")  # Granian calls HTTP/1.0 "1"


def with_known_hosts(app: Application, allowed: Collection[str] | None, bound: str) -> Application:
    """Return an application that answers under the names of this machine and of its operator.

    These are loopback's, `bound`, which is where the server listens, and those that are `allowed`;
    if that is everywhere, any address as well, since only names can be made to lie. Others are 421,
    but for health. None allows all. What is no `Host`, or two, is 400 in any case.
    """
    known = {authority.canonical(host) for host in (allowed or ())}
    wild = authority.is_wildcard(bound)
    with suppress(ValueError):  # the HOST of other programs, where another server listens
        known.add(authority.canonical(bound))

    @lru_cache(1024)
    def refused(host: bytes, server: str) -> tuple[int, str] | None:
        try:
            name = authority.split(host.decode("latin-1"))[0] if host else ""
        except ValueError as error:
            return 400, f"Host {error}"
        address = authority.address_of(name)
        at_home = address and (wild or address == authority.address_of(server))
        if allowed is None or at_home or authority.is_loopback(name) or name in known:
            return None
        return MISDIRECTED, f"This server does not answer to '{name}': {WAY_OUT}"

    async def answer(scope: Event, receive: Reader, send: Writer) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        host = hosts[0] if hosts else b""  # which Granian puts there if there is none
        if (
            len(hosts) > 1
            or len(host) > _MOST_BYTES
            or not (host or scope["http_version"] in _WITHOUT_HOST)
        ):
            await lingering(refusal(400, "A request names one Host"))(scope, receive, send)
            return
        server, *_ = scope.get("server") or ("",)
        why = refused(host, server or "")
        if why is None or (why[0] == MISDIRECTED and _is_health(scope["path"])):
            await app(scope, receive, send)
        else:
            await lingering(refusal(*why))(scope, receive, send)

    return answer


def _is_health(path: str) -> bool:
    return path.removesuffix("/") in HEALTH

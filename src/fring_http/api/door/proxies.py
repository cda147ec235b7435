"""Whom a request came from, if it came through proxies that can be believed.

Anybody can write `X-Forwarded-For`. A proxy writes down who called it, behind what it was told; so
what trusted proxies say is read from its end, up to the first that is none of them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from fring_http.api.door import authority

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_http.api.asgi import Application, Event, Reader, Writer

_PAIR: Final = re.compile(r'(\w+)=(?:"([^"]*)"|([^;,\s"]+))')
_SCHEMES: Final = ("http", "https")
_MOST_BYTES: Final = 2000


def with_trusted_proxies(app: Application, proxies: Sequence[str]) -> Application:
    """Return an application that believes these addresses and networks about who called them.

    `Forwarded` (RFC 7239) counts, or else `X-Forwarded-For`, `-Proto` and `-Host`: they become the
    scope's client, scheme and `Host`. From anybody else they mean nothing.
    """
    if not proxies:
        return app
    networks = [ip_network(each) for each in proxies]

    @lru_cache(1024)
    def is_trusted(host: str) -> bool:
        address = authority.address_of(host)
        return address is not None and any(address in network for network in networks)

    async def answer(scope: Event, receive: Reader, send: Writer) -> None:
        peer = scope.get("client")
        if scope["type"] in ("http", "websocket") and peer and is_trusted(peer[0]):
            hops = _hops(scope["headers"])
            here = next((hop for hop in reversed(hops) if not is_trusted(hop.get("for", ""))), None)
            if here is None and hops:
                here = hops[0]
            if here is not None:
                scope = _as_told(scope, here)
        await app(scope, receive, send)

    return answer


def _hops(headers: Sequence[tuple[bytes, bytes]]) -> list[dict[str, str]]:
    """Return what each proxy said, the first of them first: `for`, `proto`, `host`."""

    def text(name: bytes) -> str:
        said = b",".join(value for key, value in headers if key == name)
        return said[-_MOST_BYTES:].decode("latin-1")

    if forwarded := text(b"forwarded"):
        return [
            {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(hop)}
            | {"for": _host(_named(hop))}
            for hop in forwarded.split(",")
        ]
    addresses = text(b"x-forwarded-for")
    if not addresses:
        return []
    told = {"proto": text(b"x-forwarded-proto"), "host": text(b"x-forwarded-host")}
    told = {name: value.rpartition(",")[2].strip() for name, value in told.items()}
    return [{**told, "for": _host(each)} for each in addresses.split(",")]


def _named(hop: str) -> str:
    return next((a or b for name, a, b in _PAIR.findall(hop) if name.lower() == "for"), "")


def _host(text: str) -> str:
    """Return an address without its port; empty for what is none, such as `unknown`."""
    text = text.strip().partition("%")[0]  # without a zone, which may be any text
    if authority.address_of(text):
        return text.strip("[]")
    with suppress(ValueError):
        host, _ = authority.split(text)
        return host if authority.address_of(host) else ""
    return ""


def _as_told(scope: Event, hop: dict[str, str]) -> Event:
    told: dict[str, object] = {}
    if hop["for"]:
        told["client"] = (hop["for"], 0)
    if hop.get("proto", "").lower() in _SCHEMES:
        told["scheme"] = hop["proto"].lower()
    if host := hop.get("host"):
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        told["headers"] = [*others, (b"host", host.encode("latin-1"))]
    return {**scope, **told}

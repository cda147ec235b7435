"""Where a server is, and how to get there: directly, or through the environment's proxy."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.request import getproxies, proxy_bypass

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MAX_PORT: Final = 65535
SECRET: Final = re.compile(r"(?<=//).*@|[?#].*", re.DOTALL)


def checked(url: str, token: object) -> httpx.URL:
    """Return the URL that `/api` stands below; raise `ValueError` if it is none.

    It may hold a user and a password, for what stands in front of a Fring without tokens.
    """
    if not isinstance(url, str):
        raise ValueError(f"{url!r} is no address, but a text such as 'https://tasks.example' is")  # noqa: TRY004  # every fault of an address is one kind of error
    shown = repr(SECRET.sub("…", url))
    try:
        found = httpx.URL(url)
        host, port = found.host, found.port or 0
    except (httpx.InvalidURL, UnicodeError) as error:
        why = "" if "@" in url else f": {error}"  # it may quote a piece of the password
        raise ValueError(f"{shown} is no address{why}") from None
    if found.scheme not in ("http", "https") or not host:
        raise ValueError(f"{shown} is no address: it must begin with http:// or https://")
    if re.search(r"[\s\\]", url) or port > MAX_PORT:
        raise ValueError(f"{shown} is no address: no host is called {found.netloc.decode()!r}")
    if "?" in url or "#" in url:
        raise ValueError(f"{shown} has a query or a fragment, and has to end with its path")
    if found.userinfo and token is not None:
        raise ValueError(f"{shown} has a password, which would be sent in the token's place")
    return found


def shown(method: str, url: httpx.URL) -> str:
    """Return a request for people to read: without password, and without what was looked for."""
    path = url.raw_path.partition(b"?")[0]
    return f"{method} {url.scheme}://{(url.netloc + path).decode('ascii')}"


def reached(transport: Callable[..., T], url: httpx.URL) -> T:
    """Return a transport to a URL; raise `ValueError` if the proxy there cannot be used."""
    proxy = _proxy(url)
    try:
        return transport(proxy=None if proxy is None else httpx.Proxy(proxy))
    except ImportError:
        raise ValueError(
            f"The environment names a SOCKS proxy: pip install 'httpx[socks]', or name {url.host}"
            " in NO_PROXY"
        ) from None
    except OSError as error:
        raise ValueError(f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used: {error}") from None
    except (ValueError, httpx.InvalidURL):
        raise ValueError(
            "The environment names a proxy that is none: HTTP_PROXY, HTTPS_PROXY and ALL_PROXY"
            f" begin with http://, https:// or socks5://. To do without, name {url.host} in NO_PROXY"
        ) from None


def detour(url: httpx.URL) -> str:
    """Return words for the proxy of the environment that leads to a URL, without its password."""
    proxy = _proxy(url)
    return f" through the environment's proxy {SECRET.sub('', proxy)}" if proxy else ""


def _proxy(url: httpx.URL) -> str | None:
    # httpx itself fails on addresses of IPv6 in NO_PROXY.
    found = getproxies()
    proxy = found.get(url.scheme) or found.get("all")
    if not proxy or _is_exempt(url, found.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_exempt(url: httpx.URL, exempt: str) -> bool:
    entries = [entry.strip() for entry in exempt.split(",")]
    if "*" in entries or proxy_bypass(url.netloc.decode()) or proxy_bypass(url.host):
        return True
    return any(_holds(entry, url.host) for entry in entries)


def _holds(network: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(network.strip("[]"), strict=False)
    except ValueError:  # they are names
        return False

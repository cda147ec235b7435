"""Which addresses a server may call for others, and which URLs tell at once that it may not.

Whoever names a URL would else reach what only the server can: itself, and the network around it.
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

import httpx

Address: TypeAlias = "IPv4Address | IPv6Address"

MOST_CHARACTERS: Final = 2000
# A table of our own: what `ipaddress` calls global differs from one Python to the next.
_NOT_PUBLIC: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, and unspecified
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by a provider's customers
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local: metadata of clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/3",  # multicast, reserved, broadcast
        ),
    )
)
# All else of IPv6 is loopback, local, multicast, reserved, or holds an IPv4 address, as NAT64
# (64:ff9b::/96, 64:ff9b:1::/48) and ::ffff:0:0/96 do.
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "3fff::/20",  # documentation
        ),
    )
)
_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_NO_NAME: Final = "must have the name of a host"
_NOT_CALLED: Final = "must not be of this machine, nor of a network that is not public"


def may_be_called(address: Address, *, private: bool = False) -> bool:
    """Tell whether an address may be called: whether it is public, and is itself.

    With `private`, all may be but multicast and unspecified ones.
    """
    if private:
        inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        named = inner or address
        return not (named.is_multicast or named.is_unspecified)
    if isinstance(address, IPv4Address):
        return not any(address in each for each in _NOT_PUBLIC)
    return address in _PUBLIC_6 and not any(address in each for each in _NOT_PUBLIC_6)


def refused(url: str, *, private: bool = False) -> str | None:
    """Return why a URL may not be called, as words to put behind its name; None if it may.

    A name is taken as it is, since it is looked up when it is called; `localhost` and what is
    below it are refused. With `private`, addresses of networks of one's own are allowed.
    """
    if len(url) > MOST_CHARACTERS:
        return f"must have at most {MOST_CHARACTERS} characters"
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        return "must be an http or https URL, such as https://app.example/hook"
    if parsed.scheme not in {"http", "https"}:
        return "must begin with http:// or https://"
    if parsed.userinfo or "//@" in url:
        return "must not have a user or a password"
    if parsed.port is not None and not 0 < parsed.port < 2**16:
        return "must have a port from 1 to 65535, or none"
    return _refused_host(host_of(parsed), private=private)


def host_of(url: httpx.URL) -> str:
    """Return the host of a URL as it is looked up: in ASCII, without brackets or a last dot."""
    return url.raw_host.decode("ascii").removesuffix(".")


def _refused_host(host: str, *, private: bool) -> str | None:
    address = _address(host)
    if address is not None:
        return None if may_be_called(address, private=private) else _NOT_CALLED
    last = host.rpartition(".")[2]
    # What ends in a number is an address or nothing.
    if not _NAME.fullmatch(host) or _NUMBER.fullmatch(last):
        return _NO_NAME
    return _NOT_CALLED if last == "localhost" and not private else None


def _address(host: str) -> Address | None:
    """Return the address that a host is, in each spelling that a look-up takes."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))  # 2130706433, 0x7f.1, 0177.0.0.1
    except (OSError, ValueError):
        return None

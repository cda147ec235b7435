"""Hosts and ports, as `Host`, `Origin` and the settings name them."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?")
_NAME: Final = re.compile(r"[a-z0-9._-]+")


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is, None for a name; an IPv4 one inside IPv6 is IPv4."""
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def canonical(host: str) -> str:
    """Return a host in its one spelling: small letters, no dot at its end, no brackets.

    Raise `ValueError` for what is neither an address nor a name in ASCII.
    """
    if address := address_of(host):
        return str(address)
    name = host.lower().removesuffix(".")
    if not _NAME.fullmatch(name):
        raise ValueError("is not the name or the address of a host")
    return name


def split(authority: str) -> tuple[str, int | None]:
    """Return the canonical host and the port, None if there is none; raise `ValueError`."""
    found = _AUTHORITY.fullmatch(authority)
    if not found:
        raise ValueError("is not a host, or a host and a port")
    if found[1].startswith("[") and not (":" in found[1] and address_of(found[1])):
        raise ValueError("has something in brackets that is no IPv6 address")
    return canonical(found[1]), int(found[2]) if found[2] else None


def is_loopback(host: str) -> bool:
    """Tell whether a canonical host can only be this machine.

    Nobody can own a name below `localhost` (RFC 6761, 6.3).
    """
    if address := address_of(host):
        return address.is_loopback
    return host == "localhost" or host.endswith(".localhost")


def is_wildcard(host: str) -> bool:
    """Tell whether listening there means every address of the machine."""
    address = address_of(host)
    return address.is_unspecified if address else host in ("", "0")


def resolves_to_loopback(host: str) -> bool:
    """Tell whether what listens there is reached from this machine alone; raise `OSError`."""
    if is_wildcard(host):
        return False
    found = socket.getaddrinfo(host.removeprefix("[").removesuffix("]"), None)
    return all(is_loopback(str(entry[4][0]).partition("%")[0]) for entry in found)

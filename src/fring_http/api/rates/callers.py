"""Whose a request is, as limits see it: the subject of its token, or else its address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CALLER: Final = "fring.caller"  # in the scope: the subject of its token
_OWN_BITS: Final = 64  # of an IPv6 address: whoever has one has all that differ in these


def caller_of(scope: Mapping[str, Any]) -> tuple[str, str]:
    """Return whose a request is: what kind of name that is, and the name."""
    if CALLER in scope:
        return "caller", scope[CALLER]
    return "address", network_of(scope)


def network_of(scope: Mapping[str, Any]) -> str:
    """Return the IPv4 address or the IPv6 network (/64) of a request; empty if it has none."""
    address = _address(scope)
    if isinstance(address, IPv6Address):
        return f"{IPv6Address(int(address) >> _OWN_BITS << _OWN_BITS)}/{_OWN_BITS}"
    return "" if address is None else str(address)


def is_local(scope: Mapping[str, Any]) -> bool:
    """Tell whether a request came from this machine; what has no address did."""
    address = _address(scope)
    return address is None or address.is_loopback


def _address(scope: Mapping[str, Any]) -> IPv4Address | IPv6Address | None:
    peer = scope.get("client")
    try:
        address = ip_address(peer[0]) if peer else None
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address

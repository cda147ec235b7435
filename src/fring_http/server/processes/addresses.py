"""Where a server listens: the addresses that a host stands for, each held by one server alone."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from contextlib import ExitStack

# Linux gives each worker a queue of connections of its own, which makes a port one to share.
_SHARED: Final = sys.platform == "linux"
# Between a worker's addresses and those for its numbers alone, on its command line.
METRICS: Final = "metrics"
BACKLOG: Final = 1024
# How long a connection may say nothing: before its first request, between two, within a head.
SILENT_SECONDS: Final = 10.0


@attrs.frozen
class Address:
    """Hold an address of this machine, without names in it."""

    ip: str
    port: int

    def __str__(self) -> str:
        """Return it as it stands in a URL."""
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"

    @property
    def family(self) -> socket.AddressFamily:
        """Return the address family of its sockets."""
        return socket.AF_INET6 if ":" in self.ip else socket.AF_INET

    @property
    def is_everywhere(self) -> bool:
        """Tell whether it stands for all addresses of both families."""
        return self.ip == "::"


def addresses_of(host: str, port: int) -> list[Address]:
    """Return every address that a host stands for: both of `localhost`, say.

    `::` stands for all addresses of both families. Raise `OSError` for a name that nobody knows.
    """
    if host.lower() == "localhost":  # whatever the machine's list of hosts makes of it (RFC 6761)
        ips = ["127.0.0.1", "::1"]
    else:
        bare = host.removeprefix("[").removesuffix("]")  # as in a URL
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        ips = list(dict.fromkeys(str(address[0]) for *_, address in found))
    return [Address(ip, port) for ip in ips]


def held(host: str, port: int, stack: ExitStack) -> list[Address]:
    """Return the addresses of a host, held for this process and its workers until the stack ends.

    Of several servers that start at once, one gets them. An address family that this machine does
    not have is passed over if there is another one. Raise `OSError` if an address is in use.
    """
    addresses = addresses_of(host, port)
    usable = [address for address in addresses if _exists(address)] or addresses
    for sock in map(_held, usable):
        stack.enter_context(sock)
    return usable


def _exists(address: Address) -> bool:
    try:
        with socket.socket(address.family) as sock:
            sock.bind((address.ip, 0))
    except OSError:
        return False
    return True


def _held(address: Address) -> socket.socket:
    """Return a socket that has the address to itself, and listens no more.

    Listening is what the kernel grants to one socket only, so it is done for a moment. Workers,
    which set SO_REUSEPORT, may then listen beside it; a stranger may not, for it does not.
    """
    sock = socket.create_server(
        (address.ip, address.port),
        family=address.family,
        dualstack_ipv6=address.is_everywhere,
    )
    if _SHARED:
        # First of all: once it listens no more, a stranger that reuses addresses, too, could.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.shutdown(socket.SHUT_RDWR)
    else:
        sock.close()
    return sock

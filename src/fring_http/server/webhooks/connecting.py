"""Connections to those addresses of a name that may be called, and to no others."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import httpcore

from fring_http.targets import may_be_called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from httpcore import SOCKET_OPTION, AsyncNetworkStream

Lookup: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

ADDRESS_SECONDS: Final = 5.0  # for an address, if there is another one


class NotCalled(OSError):  # noqa: N818  # named for what is wrong
    """Report a name that has no address, or one that may not be called."""


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, each once; raise `OSError` and `UnicodeError`.

    It has a thread of its own: a name that takes long keeps nobody else waiting, nor the end of
    the process.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Sequence[str]] = loop.create_future()

    def tell(addresses: Sequence[str], error: Exception | None) -> None:
        if found.done():  # nobody waits any more
            return
        if error is None:
            found.set_result(addresses)
        else:
            found.set_exception(error)

    def ask() -> None:
        addresses: list[str] = []
        error = None
        try:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = [str(each[4][0]) for each in told]
        except Exception as caught:  # noqa: BLE001  # raised where it is waited for
            error = caught
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(tell, list(dict.fromkeys(addresses)), error)

    Thread(target=ask, name="fring-look-up", daemon=True).start()
    return await found


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Look a name up once, check all that comes, and connect to one of these addresses."""

    def __init__(
        self,
        look_up: Lookup = look_up,
        network: httpcore.AsyncNetworkBackend | None = None,
        *,
        private: bool = False,
    ) -> None:
        self._look_up = look_up
        # One of its types is of an environment without anyio.
        self._network = network or cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())
        self._private = private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # as httpcore has it
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to the first address that answers; raise `NotCalled`, and what httpcore does."""
        addresses = await self._checked(host, port)
        options: Any = {"local_address": local_address, "socket_options": socket_options}
        for address in addresses[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._network.connect_tcp(address, port, ADDRESS_SECONDS, **options)
        return await self._network.connect_tcp(addresses[-1], port, timeout, **options)

    async def _checked(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._look_up(host, port)
        except (OSError, UnicodeError):
            addresses = ()
        if not addresses:
            raise NotCalled("The name of the host has no address")
        if not all(may_be_called(ip_address(each), private=self._private) for each in addresses):
            raise NotCalled("The host has an address that may not be called")
        return addresses

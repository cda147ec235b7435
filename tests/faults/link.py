"""One connection through the proxy: its two sides, and what is lost on the way."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Final

from tests.faults.wire import Statements, commits, writes

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    from tests.faults.proxy import Proxy

PIECE: Final = 65536
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class OverError(Exception):
    """End both directions of a connection."""


class Link:
    """Hold the two sides of a connection."""

    def __init__(self, proxy: Proxy, near: StreamWriter) -> None:
        self._proxy = proxy
        self._near = near
        self._left = proxy.left()
        self.far: StreamWriter | None = None
        self._statements = Statements()
        self._is_cut = self._is_forgotten = self._is_withheld = False

    def reset(self) -> None:
        """End both sides at once."""
        for side in (self._near, self.far):
            reset(side)

    def forget(self) -> None:
        """End the far side, and leave the near one as if nothing had happened."""
        self._is_forgotten = True
        reset(self.far)

    async def there(self, reader: StreamReader) -> None:
        """Pass on what the caller says."""
        while said := await reader.read(PIECE):
            if self._is_forgotten:
                continue
            await self._travel()
            executed = self._statements.feed(said) if self._proxy.reads else []
            cut = writes(executed) and self._proxy.cuts_now()
            assert self.far is not None
            self._is_cut = cut and self._proxy.waits_for_answer()
            self._is_withheld = self._proxy.withholds and commits(executed)
            self.far.write(said)
            await self.far.drain()
            if cut and not self._is_cut:
                raise OverError
        raise OverError

    async def back(self, reader: StreamReader) -> None:
        """Pass on what is answered."""
        while True:
            try:
                said = await reader.read(int(min(PIECE, self._left)))
            except OSError:
                said = b""
            self._proxy.withheld += self._is_withheld
            if self._is_forgotten or self._is_withheld:
                await asyncio.Event().wait()  # for good
            if not said or self._is_cut:
                raise OverError
            await self._travel()
            self._near.write(said)
            await self._near.drain()
            self._left -= len(said)
            if not self._left:
                self._proxy.dropped += 1
                raise OverError

    async def _travel(self) -> None:
        """Take the time that it takes, and get there or not."""
        if self._proxy.delay:
            await asyncio.sleep(self._proxy.delay)
        await self._proxy.speaking.wait()
        if self._proxy.loses():
            raise OverError


def reset(side: StreamWriter | None) -> None:
    if side is not None and not side.transport.is_closing():
        side.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        side.transport.abort()

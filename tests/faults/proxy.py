"""A TCP proxy that loses what a network loses."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Self

from tests.faults.wire import Statements, writes

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Callable

PIECE: Final = 65536
RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Proxy:
    """Pass on what comes to `port` to another port, in a thread, until the block ends.

    `delay` are seconds before each piece is passed on. `drop` is the share of pieces at which a
    connection is reset. `cut` is the share of writes to PostgreSQL whose connection is cut before
    their answer: one time in two as soon as they are passed on, else once they are done. All may
    be set at any time; `dropped` and `cuts` count.
    """

    def __init__(self, target: int, seed: int = 0) -> None:
        self.delay = self.drop = self.cut = 0.0
        self.dropped = self.cuts = 0
        self._target = target
        self._random = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_until_complete, args=[self._run()])
        self._links: set[_Link] = set()
        self._ending = asyncio.Event()
        self.speaking = asyncio.Event()
        self.speaking.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._ending.set)
        self._thread.join()
        self._loop.close()

    def silence(self) -> None:
        """Pass on nothing any more; connections stay, and new ones are accepted."""
        self._in_loop(self.speaking.clear)

    def speak(self) -> None:
        """Pass on again, first of all what was held back."""
        self._in_loop(self.speaking.set)

    def reset(self) -> None:
        """Reset all connections, on both sides."""
        self._in_loop(lambda: [link.reset() for link in self._links])

    def half_open(self) -> int:
        """End all connections on the far side, and tell nobody on this side, ever; count them."""
        self._in_loop(lambda: [link.forget() for link in self._links])
        return len(self._links)

    def loses(self) -> bool:
        """Tell whether to drop a connection now."""
        lost = self.drop > 0 and self._random.random() < self.drop
        self.dropped += lost
        return lost

    def cuts_now(self) -> bool:
        """Tell whether to cut a connection whose client has just sent a write."""
        cut = self.cut > 0 and self._random.random() < self.cut
        self.cuts += cut
        return cut

    def waits_for_answer(self) -> bool:
        """Tell whether a write that is cut is to be done first."""
        return self._random.random() < 0.5

    def _in_loop(self, act: Callable[[], Any]) -> None:
        async def run() -> None:
            act()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    async def _run(self) -> None:
        server = await asyncio.start_server(self._serve, sock=self._listening)
        await self._ending.wait()
        server.close()
        for task in [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]:
            task.cancel()
        for link in self._links:
            link.reset()
        await asyncio.sleep(0)  # what was cancelled ends

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        link = _Link(self, writer)
        self._links.add(link)
        try:
            await self.speaking.wait()
            far_reader, link.far = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as both:
                both.create_task(link.there(reader))
                both.create_task(link.back(far_reader))
        except* (OSError, _OverError):
            pass
        finally:
            link.reset()
            self._links.discard(link)


class _OverError(Exception):
    """End both directions of a connection."""


class _Link:
    """Hold the two sides of a connection."""

    def __init__(self, proxy: Proxy, near: StreamWriter) -> None:
        self._proxy = proxy
        self._near = near
        self.far: StreamWriter | None = None
        self._statements = Statements()
        self._is_cut = self._is_forgotten = False

    def reset(self) -> None:
        """End both sides at once."""
        for side in (self._near, self.far):
            _reset(side)

    def forget(self) -> None:
        """End the far side, and leave the near one as if nothing had happened."""
        self._is_forgotten = True
        _reset(self.far)

    async def there(self, reader: StreamReader) -> None:
        """Pass on what the caller says."""
        while said := await reader.read(PIECE):
            if self._is_forgotten:
                continue
            await self._travel()
            cut = writes(self._statements.feed(said)) and self._proxy.cuts_now()
            assert self.far is not None
            self._is_cut = cut and self._proxy.waits_for_answer()
            self.far.write(said)
            await self.far.drain()
            if cut and not self._is_cut:
                raise _OverError
        raise _OverError

    async def back(self, reader: StreamReader) -> None:
        """Pass on what is answered."""
        while True:
            try:
                said = await reader.read(PIECE)
            except OSError:
                said = b""
            if self._is_forgotten:
                await asyncio.Event().wait()  # for good
            if not said or self._is_cut:
                raise _OverError
            await self._travel()
            self._near.write(said)
            await self._near.drain()

    async def _travel(self) -> None:
        """Take the time that it takes, and get there or not."""
        if self._proxy.delay:
            await asyncio.sleep(self._proxy.delay)
        await self._proxy.speaking.wait()
        if self._proxy.loses():
            raise _OverError


def _reset(side: StreamWriter | None) -> None:
    if side is not None and not side.transport.is_closing():
        side.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        side.transport.abort()

"""A TCP proxy that loses what a network loses."""

from __future__ import annotations

import asyncio
import random
import socket
from math import inf
from threading import Thread
from typing import TYPE_CHECKING, Self

from tests.faults.link import Link, OverError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import Callable


class Proxy:
    """Pass on what comes to `port` to another port, in a thread, until the block ends.

    `delay` are seconds before each piece is passed on. `drop` is the share of pieces at which a
    connection is reset. `lasts` are for how many bytes of answers one lasts, anything of that range.
    `cut` is the share of writes whose connection is cut before their answer:
    one time in two as soon as they are passed on, else once they are done. For that it has to read
    what clients of PostgreSQL say (`reads`), as for `withholds`: to keep the answers to commits to
    itself. All may be set at any time; `dropped`, `cuts` and `withheld` count.
    """

    def __init__(self, target: int, *, reads: bool = False, seed: int = 0) -> None:
        self.reads = reads
        self.delay = self.drop = self.cut = 0.0
        self.lasts: range | None = None
        self.withholds = False
        self.dropped = self.cuts = self.withheld = 0
        self._target = target
        self._random = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_until_complete, args=[self._run()])
        self._links: set[Link] = set()
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
        self._in_loop(self._reset)

    def half_open(self) -> int:
        """End all connections on the far side, and tell nobody on this side, ever; count them."""
        self._in_loop(self._forget)
        return len(self._links)

    def left(self) -> float:
        """Return how many bytes of answers a new connection lasts for."""
        return inf if self.lasts is None else self._random.choice(self.lasts)

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

    def _reset(self) -> None:
        for link in self._links:
            link.reset()

    def _forget(self) -> None:
        for link in self._links:
            link.forget()

    def _in_loop(self, act: Callable[[], None]) -> None:
        async def run() -> None:
            act()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    async def _run(self) -> None:
        server = await asyncio.start_server(self._serve, sock=self._listening)
        await self._ending.wait()
        server.close()
        for task in [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]:
            task.cancel()
        self._reset()
        await asyncio.sleep(0)  # what was cancelled ends

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        link = Link(self, writer)
        self._links.add(link)
        try:
            await self.speaking.wait()
            far_reader, link.far = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as both:
                both.create_task(link.there(reader))
                both.create_task(link.back(far_reader))
        except* (OSError, OverError):
            pass
        finally:
            link.reset()
            self._links.discard(link)

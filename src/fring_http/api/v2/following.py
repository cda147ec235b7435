"""Follow the feed: one who asks the store for all that wait, in each process.

What has come is read once and written as JSON once, however many are to have it. Who is behind what
is kept here reads from the store, those at one place together.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from contextlib import contextmanager
from contextvars import Context
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fring_core import CursorExpired, Unavailable
from fring_http.api.v2.parts import Part

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from fring_core import Fring

T = TypeVar("T")

LIMIT: Final = 100  # events that are read together
# So many of those who come together read at the same time: others want connections, too.
READS_AT_ONCE: Final = 4
PAUSE_SECONDS: Final = 0.1
OUTAGE_SECONDS: Final = 1.0
KEPT_BYTES: Final = 2**24
# Whoever waits is told a few at a time, and others get their turn between them.
TOLD_TOGETHER: Final = 4
BETWEEN_SECONDS: Final = 0.002
_LOGGER: Final = logging.getLogger("fring.feed")


class Follower:
    """Tell readers of the feed when something has come, and what.

    `turn` changes whenever something has: what was found at a turn is all there is as long as it
    is the same. `readers` is how many there are.
    """

    def __init__(self, fring: Fring) -> None:
        self.turn = 0
        self.readers = 0
        self._fring = fring
        self._latest_by = 0.0
        self._following: asyncio.Task[None] | None = None
        self._waiting: dict[asyncio.Future[None], None] = {}
        self._kept: OrderedDict[str, Part] = OrderedDict()  # by the cursors before them
        self._size = 0
        self._reads: dict[str | None, asyncio.Task[Part]] = {}
        self._look: asyncio.Task[str] | None = None
        self._next_look: asyncio.Task[str] | None = None
        self._turns = asyncio.Semaphore(READS_AT_ONCE)

    def lag(self) -> float:
        """Return how many seconds after it happened an event came here, at worst since last asked."""
        worst, self._latest_by = self._latest_by, 0.0
        return worst

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Have somebody follow the feed as long as the block goes on."""
        if not self.readers:
            self._turns = asyncio.Semaphore(READS_AT_ONCE)  # of this loop
        self.readers += 1
        if self._following is None or self._following.done():
            self._following = _task(self._follow())
        try:
            yield
        finally:
            self.readers -= 1
            if not self.readers:
                self._following.cancel()
                self._following = None
                self._kept.clear()
                self._size = 0

    async def latest(self) -> str:
        """Return the cursor behind all that there is; those who ask together are told by one look."""
        if self._next_look is None:
            self._next_look = _task(self._look_again(self._look))
            self._next_look.add_done_callback(_forgiven)
        return await asyncio.shield(self._next_look)

    async def _look_again(self, before: asyncio.Task[str] | None) -> str:
        if before is not None and not before.done():
            await asyncio.wait([before])
        # Who asks from now on wants to know what this may not see.
        self._look, self._next_look = self._next_look, None
        return await self._fring.events.latest()

    async def after(self, cursor: str | None) -> Part:
        """Return what comes behind a cursor, as `Fring.events.page`, and raise what that raises.

        It is for those who are `reading`.
        """
        kept = None if cursor is None else self._kept.get(cursor)
        if kept is not None:
            return kept
        read = self._reads.get(cursor)
        if read is None:
            read = self._reads[cursor] = _task(self._read_in_turn(cursor))
            read.add_done_callback(lambda done: self._has_read(cursor, done))
        return await asyncio.shield(read)

    def waiting(self, seen: int, seconds: float) -> asyncio.Future[None]:
        """Return what is done when `turn` is not this one any more, or after so many seconds.

        Anybody may `end` it before.
        """
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        if seen != self.turn:
            future.set_result(None)
            return future
        self._waiting[future] = None
        timer = loop.call_later(seconds, end, future)

        def forget(_: asyncio.Future[None]) -> None:
            timer.cancel()
            self._waiting.pop(future, None)

        future.add_done_callback(forget)
        return future

    def _has_read(self, cursor: str | None, done: asyncio.Task[Part]) -> None:
        del self._reads[cursor]
        _forgiven(done)

    async def _read_in_turn(self, cursor: str | None) -> Part:
        async with self._turns:
            return await self._read(cursor)

    async def _read(self, cursor: str | None) -> Part:
        return Part.of(await self._fring.events.page(cursor, limit=LIMIT))

    async def _follow(self) -> None:
        head: str | None = None
        while True:
            pause = PAUSE_SECONDS
            try:
                if head is None:
                    head = await self._fring.events.latest()
                    await self._tell()  # of what may have come before
                part = await self._read(head)
                if part.events:
                    self._keep(head, part)
                    await self._tell()
                head, pause = part.next, 0.0 if part.more else PAUSE_SECONDS
            except CursorExpired:
                head = None
            except Unavailable:  # others tell of it
                pause = OUTAGE_SECONDS
            except Exception:
                _LOGGER.exception("The feed could not be read; this is tried again")
                pause = OUTAGE_SECONDS
            await asyncio.sleep(pause)

    def _keep(self, cursor: str, part: Part) -> None:
        late = (datetime.now(UTC) - min(event.at for event in part.events)).total_seconds()
        self._latest_by = max(self._latest_by, late)
        self._kept[cursor] = part
        self._size += sum(map(len, part.frames))
        while self._size > KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._size -= sum(map(len, old.frames))

    async def _tell(self) -> None:
        self.turn += 1
        waiting = [*self._waiting]
        for start in range(0, len(waiting), TOLD_TOGETHER):
            for future in waiting[start : start + TOLD_TOGETHER]:
                end(future)
            await asyncio.sleep(BETWEEN_SECONDS)


def _task(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin work that belongs to no request, whoever was the first to want it."""
    return asyncio.create_task(work, context=Context())


def _forgiven(done: asyncio.Task[Any]) -> None:
    if not done.cancelled():
        done.exception()  # or it is complained about if nobody waits any more


def end(future: asyncio.Future[None]) -> None:
    """End what somebody waits for, if it has not ended."""
    if not future.done():
        future.set_result(None)

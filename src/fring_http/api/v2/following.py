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

import attrs
import msgspec

from fring_core import CursorExpired, Unavailable
from fring_http.api.v2.schemas import Event

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    import fring_core as core
    from fring_core import Fring

T = TypeVar("T")

LIMIT: Final = 100  # events that are read together
# So many of those who come together read at the same time: others want connections, too.
READS_AT_ONCE: Final = 4
PRESENT, NEXT = "present", "next"
PAUSE_SECONDS: Final = 0.1
OUTAGE_SECONDS: Final = 1.0
KEPT_BYTES: Final = 2**24
# Whoever waits is told a few at a time, and others get their turn between them.
TOLD_TOGETHER: Final = 4
BETWEEN_SECONDS: Final = 0.002
# They end no line there, but to readers that know all of Unicode's ends of lines.
_LINE_ENDS: Final = tuple(
    (each.encode(), b"\\u%04x" % ord(each)) for each in ("\x85", "\u2028", "\u2029")
)
_LOGGER: Final = logging.getLogger("fring.feed")


@attrs.frozen(eq=False)
class Part:
    """Hold a part of the feed, each event as it is sent, and the cursor behind it."""

    events: tuple[core.Event, ...]
    frames: tuple[bytes, ...]
    next: str
    more: bool

    @classmethod
    def of(cls, page: core.EventPage) -> Part:
        """Return a page, ready to be sent."""
        return cls(page.items, tuple(map(_frame, page.items)), page.next, page.more)


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
        self._looks: dict[str, asyncio.Task[str]] = {}
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
        look = self._looks.get(NEXT)
        if look is None:
            look = self._looks[NEXT] = _task(self._look(self._looks.get(PRESENT)))
            look.add_done_callback(_forgiven)
        return await asyncio.shield(look)

    async def _look(self, before: asyncio.Task[str] | None) -> str:
        if before is not None:
            await asyncio.wait([before])
        # Who asks from now on wants to know what this may not see.
        self._looks[PRESENT] = self._looks.pop(NEXT)
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

    def waiting(self, seen: int) -> asyncio.Future[None]:
        """Return what is done when `turn` is not this one any more; anybody may end it before."""
        future = asyncio.get_running_loop().create_future()
        if seen != self.turn:
            future.set_result(None)
        else:
            self._waiting[future] = None
            future.add_done_callback(lambda _: self._waiting.pop(future, None))
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


def _frame(event: core.Event) -> bytes:
    """Return an event as `text/event-stream` has it (WHATWG HTML, 9.2)."""
    shown = msgspec.json.encode(Event.of(event))
    for line_end, escaped in _LINE_ENDS:
        shown = shown.replace(line_end, escaped)
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        (event.cursor or "").encode(),
        event.type.encode(),
        shown,
    )

"""Turns: as many callers at once as there are connections, the others in the order they came.

Nobody overtakes another one but where a locked table holds that one up.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from itertools import count
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeAlias

from psycopg_pool import PoolTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

# Longer than a statement may take: what has come to a standstill for so long waits for itself,
# such as transactions that hold all the connections and ask for one more each.
STANDSTILL_SECONDS: Final = 30.0
# How often those who wait look whether turns are kept for them.
LOOK_SECONDS: Final = 0.25
_KEPT: Final = 8  # one of so many turns is kept; of fewer, none is

# The tables that a caller's statement names, or None for a transaction, which may name any.
Tables: TypeAlias = "frozenset[str] | None"
ANY: Final = None


class Caller:
    """Wait for a turn: `called` when it has come or is refused, `left` if nobody waits any more."""

    called = left = False
    refusal: Exception | None = None
    number = 0  # in the order in which they came

    def check(self) -> None:
        """Raise what it was refused with, if it was."""
        if self.refusal is not None:
            raise self.refusal

    def wake(self) -> None:
        """Have whoever waits look again."""
        raise NotImplementedError


class InLoop(Caller):
    """Wait in an event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._signal = self._loop.create_future()

    async def wait(self, seconds: float) -> None:
        """Wait until it is called, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._signal
        if self._signal.cancelled():  # by the time that ran out
            self._signal = self._loop.create_future()

    def wake(self) -> None:
        """Have whoever waits look again, from this thread or another one."""
        with suppress(RuntimeError):  # its loop is closed: nobody waits there any more
            self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self._signal.done():
            self._signal.set_result(None)


class InThread(Caller):
    """Wait in a thread."""

    def __init__(self) -> None:
        self._signal = Event()
        self.wake = self._signal.set  # type: ignore[method-assign]  # it does just that

    async def wait(self, seconds: float) -> None:
        """Block until it is called, or so long."""
        self._signal.wait(seconds)


class Turns:
    """Let `most` callers in at once, of threads and event loops; the others wait.

    They wait for as long as turns come, or for `seconds` at most if that is not None. `waited` is
    how many seconds all of them have waited, together.

    Somebody may have locked a table, to alter it: whoever needs it waits, and would soon hold all
    the connections. So an eighth of the turns is kept for those who need none of the tables that
    `held_up` returns: what those may wait for who are in and get no answer.
    """

    def __init__(self, most: int, seconds: float | None) -> None:
        self._most = self._free = most
        self._kept = most // _KEPT
        self.held_up: Callable[[], frozenset[str]] = frozenset
        self.waited = 0.0
        self._standing = seconds is None
        self._limit = STANDSTILL_SECONDS if seconds is None else seconds
        self._passed = 0
        self._waiting: defaultdict[Tables, deque[Caller]] = defaultdict(deque)
        self._numbers = count()
        self._lock = Lock()

    async def take(self, kind: type[InLoop | InThread], tables: Tables = ANY) -> None:
        """Wait for a turn, in a loop or in a thread; raise `PoolTimeout` if none comes.

        `tables` are those that the caller needs; None, those of a transaction, may be any.
        """
        caller = self._ask(kind, tables)
        if caller is None:
            return
        began = monotonic()
        try:
            await self._wait(caller)
            caller.check()
        except BaseException:
            self._leave(caller)
            raise
        finally:
            self.waited += monotonic() - began

    async def _wait(self, caller: InLoop | InThread) -> None:
        # Not by a clock, which tests set back and forth.
        left, passed = self._limit, self._passed
        while not caller.called:
            seconds = min(left, LOOK_SECONDS)
            await caller.wait(seconds)
            left -= seconds
            if self._standing and self._passed != passed:
                left, passed = self._limit, self._passed
            elif left <= 0 and not caller.called:
                raise PoolTimeout(f"no connection of the pool came free within {self._limit:g} s")
            with self._lock:
                self._call()

    def taken(self) -> int:
        """Return how many callers are in."""
        return self._most - self._free

    def waiting(self) -> int:
        """Return how many callers wait."""
        return sum(map(len, self._waiting.values()))

    def pass_on(self) -> None:
        """End a turn: of the callers that may come in, the one that has waited longest does."""
        with self._lock:
            self._passed += 1
            self._free += 1
            self._call()

    def refuse(self, error: Callable[[], Exception]) -> None:
        """Raise an error, one for each, from all who wait."""
        with self._lock:
            for callers in self._waiting.values():
                for caller in callers:
                    caller.refusal = error()
                    caller.called = True
                    caller.wake()
            self._waiting.clear()

    def _admits(self, tables: Tables) -> bool:
        if self._free > self._kept:
            return True
        if not self._free or tables is None:
            return False
        held_up = self.held_up()
        return bool(held_up) and held_up.isdisjoint(tables)

    def _call(self) -> None:
        """Call whoever may come in."""
        while (caller := self._next()) is not None:
            self._free -= 1
            caller.called = True
            caller.wake()

    def _next(self) -> Caller | None:
        """Take the caller whose turn it is out of its queue."""
        if not self._free or not self._waiting:
            return None
        found: deque[Caller] | None = None
        for tables, callers in list(self._waiting.items()):
            while callers and callers[0].left:
                callers.popleft()
            if not callers:
                del self._waiting[tables]
            elif (found is None or callers[0].number < found[0].number) and self._admits(tables):
                found = callers
        return None if found is None else found.popleft()

    def _ask(self, kind: type[InLoop | InThread], tables: Tables) -> InLoop | InThread | None:
        """Return None if it is the caller's turn at once, else what waits for it."""
        with self._lock:
            if self._admits(tables):
                self._free -= 1
                return None
            caller = kind()
            caller.number = next(self._numbers)
            self._waiting[tables].append(caller)
            return caller

    def _leave(self, caller: Caller) -> None:
        with self._lock:
            caller.left = True
        # Its turn may have come just now, to a caller that was cancelled.
        if caller.called and caller.refusal is None:
            self.pass_on()

"""Turns: as many callers at once as there are connections, the others in the order they came."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from psycopg_pool import PoolTimeout

if TYPE_CHECKING:
    from collections.abc import Callable

# Longer than a statement may take: what has come to a standstill for so long waits for itself,
# such as transactions that hold all the connections and ask for one more each.
STANDSTILL_SECONDS: Final = 30.0


class Caller:
    """Wait for a turn: `called` when it has come or is refused, `left` if nobody waits any more."""

    called = left = False
    refusal: Exception | None = None

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
    """

    def __init__(self, most: int, seconds: float | None) -> None:
        self._most = self._free = most
        self.waited = 0.0
        self._standing = seconds is None
        self._limit = STANDSTILL_SECONDS if seconds is None else seconds
        self._passed = 0
        self._waiting: deque[Caller] = deque()
        self._lock = Lock()

    async def take(self, kind: type[InLoop | InThread]) -> None:
        """Wait for a turn, in a loop or in a thread; raise `PoolTimeout` if none comes."""
        caller = self._ask(kind)
        if caller is None:
            return
        began = monotonic()
        try:
            while not caller.called:
                passed = self._passed
                await caller.wait(self._limit)
                self._check(caller, passed)
            caller.check()
        except BaseException:
            self._leave(caller)
            raise
        finally:
            self.waited += monotonic() - began

    def taken(self) -> int:
        """Return how many callers are in."""
        return self._most - self._free

    def waiting(self) -> int:
        """Return how many callers wait."""
        return len(self._waiting)

    def pass_on(self) -> None:
        """End a turn: the caller that has waited longest has it next."""
        with self._lock:
            self._passed += 1
            while self._waiting:
                caller = self._waiting.popleft()
                if not caller.left:
                    caller.called = True
                    caller.wake()
                    return
            self._free += 1

    def refuse(self, error: Callable[[], Exception]) -> None:
        """Raise an error, one for each, from all who wait."""
        with self._lock:
            for caller in self._waiting:
                caller.refusal = error()
                caller.called = True
                caller.wake()
            self._waiting.clear()

    def _ask(self, kind: type[InLoop | InThread]) -> InLoop | InThread | None:
        """Return None if it is the caller's turn at once, else what waits for it."""
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            caller = kind()
            self._waiting.append(caller)
            return caller

    def _check(self, caller: Caller, passed: int) -> None:
        if not caller.called and not (self._standing and self._passed != passed):
            raise PoolTimeout(f"no connection of the pool came free within {self._limit:g} s")

    def _leave(self, caller: Caller) -> None:
        with self._lock:
            caller.left = True
        # Its turn may have come just now, to a caller that was cancelled.
        if caller.called and caller.refusal is None:
            self.pass_on()

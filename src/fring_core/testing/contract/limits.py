"""A time limit for a clause, which holds for stores that wait and for stores that block."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator

GRACE = 1  # seconds that a cancelled clause has to come to its end


class _Blocked(BaseException):
    """Leave whatever blocks the event loop, past all that catches `Exception`."""


@contextmanager
def _alarm(seconds: float) -> Generator[None]:
    """Raise `_Blocked` after so long, if the platform and those who were here first allow it."""
    may_ring = (
        hasattr(signal, "setitimer")
        and current_thread() is main_thread()
        and signal.getsignal(signal.SIGALRM) in (signal.SIG_DFL, signal.SIG_IGN)
    )
    if not may_ring:
        yield
        return

    def ring(*_: object) -> None:
        raise _Blocked

    before = signal.signal(signal.SIGALRM, ring)
    # Again and again, since an error raised in a destructor gets lost.
    signal.setitimer(signal.ITIMER_REAL, seconds, GRACE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@asynccontextmanager
async def time_limit(seconds: float, said: Callable[[], object]) -> AsyncGenerator[None]:
    """Fail the test with what is `said` if the block takes longer, or blocks the event loop."""
    limit = asyncio.timeout(seconds)
    try:
        with _alarm(seconds + GRACE):
            async with limit:
                yield
    except (TimeoutError, _Blocked) as error:
        if limit.expired() or isinstance(error, _Blocked):
            pytest.fail(
                f"This clause had not ended after {seconds} s (`time_limit`). Does a call wait for"
                " what only its caller can do? While a transaction is open, calls outside have to"
                f" go on.\n{said()}",
                pytrace=False,
            )
        raise

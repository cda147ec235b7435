"""Make few large pages at once: until it is sent, one takes its size three times over."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from fring_core.queries import DEFAULT_LIMIT

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

AT_ONCE: Final = 4  # more would not be quicker: one is made while the database looks for others
_at_once: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_at_any_time: Final = nullcontext()


def turn(limit: int) -> AbstractAsyncContextManager[None]:
    """Return what is to be entered while a page of at most so many rows is made.

    Beyond the usual size, four in a loop are made at once, and others wait.
    """
    if limit <= DEFAULT_LIMIT:
        return _at_any_time
    return _at_once.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))

"""Make few large pages at once: until it is sent, one takes its size three times over."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from litestar.di import Provide

from fring_core.queries import DEFAULT_LIMIT

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

AT_ONCE: Final = 4  # more would not be quicker: one is made while the database looks for others


class LargePages:
    """Let others wait while four pages above the usual size are made."""

    def __init__(self) -> None:
        self._turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]
        self._turns = WeakKeyDictionary()  # an application may outlive its loop

    @classmethod
    def provided(cls) -> Provide:
        """Return what gives them to handlers, the same to all."""
        pages = cls()
        return Provide(lambda: pages, sync_to_thread=False)

    def turn(self, limit: int) -> AbstractAsyncContextManager[None]:
        """Return what is to be entered while a page of at most so many rows is made."""
        if limit <= DEFAULT_LIMIT:
            return nullcontext()
        return self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))

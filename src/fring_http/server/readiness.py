"""Whether this server should be sent callers: its database, asked at most once a second."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ENDING: Final = "The server is ending"
SECONDS: Final = 1.0  # that the database has, and that its answer is good for
TOO_SLOW: Final = f"The database did not answer within {SECONDS:g} s"


@attrs.define
class Readiness:
    """Tell what speaks against sending callers here.

    `ask` is what the database has against it. However many want to know, it is asked by one at a
    time, and not again within a second.
    """

    _ask: Callable[[], Awaitable[list[str]]]
    _ending: bool = attrs.field(default=False, init=False)
    _asked: asyncio.Task[list[str]] | None = attrs.field(default=None, init=False)
    _good_until: float = attrs.field(default=0.0, init=False)

    def will_end(self) -> None:
        """Speak against it from now on."""
        self._ending = True

    async def objections(self) -> list[str]:
        """Return what speaks against it, a sentence each; nothing if it is ready."""
        if self._asked is None or (self._asked.done() and monotonic() >= self._good_until):
            self._asked = asyncio.create_task(self._answer())
        found = await asyncio.shield(self._asked)  # whoever goes away does not take it along
        return [*([ENDING] if self._ending else []), *found]

    async def _answer(self) -> list[str]:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._ask()
        except TimeoutError:
            return [TOO_SLOW]
        finally:
            self._good_until = monotonic() + SECONDS

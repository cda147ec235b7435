"""Wait for the feed as long as a request wants to."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from fring_http.api.door.exchanging import ending
from fring_http.api.door.limits import resting
from fring_http.api.v2.following import end

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from fring_http.api.asgi import Event
    from fring_http.api.v2.following import Follower

T = TypeVar("T")


class Patience:
    """Wait for something to come to the feed, for so many seconds altogether.

    It ends before when the server does.
    """

    def __init__(self, follower: Follower, scope: Event, seconds: float) -> None:
        self._follower, self._scope = follower, scope
        self._ends = monotonic() + seconds
        self._seen = follower.turn

    async def looked(self, look: Awaitable[T]) -> T:
        """Return what a look brings; what comes after it began is not missed."""
        self._seen = self._follower.turn
        return await look

    async def waited(self) -> bool:
        """Return when something may have come since the last look, or False: the time is up."""
        left = self._ends - monotonic()
        if left <= 0:
            return False
        waiting = self._follower.waiting(self._seen, left)

        def give_up() -> None:
            self._ends = 0.0
            end(waiting)

        try:
            with resting(self._scope), ending(self._scope, give_up):
                await waiting
        finally:
            waiting.cancel()
        return monotonic() < self._ends

"""Where the numbers of a limit are kept: in this process, or where a database has them."""

from __future__ import annotations

from time import monotonic_ns
from typing import TYPE_CHECKING, Final, Protocol

from fring_http.api.rates.gcra import spend

if TYPE_CHECKING:
    from collections.abc import Callable

_SWEEP_AT_LEAST: Final = 1024  # keys


class Limiter(Protocol):
    """Keep the TAT of each key; times are whole microseconds.

    A method MUST raise `Unavailable` if a store does not answer, which the caller needs as well;
    with any other error, the caller goes on as if there were no limit.
    """

    async def spend(self, key: bytes, interval: int, window: int) -> tuple[bool, int]:
        """Do as `gcra.spend`, atomically, by a clock of its own."""
        ...

    async def refund(self, key: bytes, interval: int) -> None:
        """Take back what was spent last."""
        ...


def _now() -> int:
    return monotonic_ns() // 1000


class InProcessLimiter:
    """Keep them in this process, for as long as they matter."""

    def __init__(self, clock: Callable[[], int] = _now) -> None:
        self._clock = clock
        self._tats: dict[bytes, int] = {}
        self._sweep_at = _SWEEP_AT_LEAST

    async def spend(self, key: bytes, interval: int, window: int) -> tuple[bool, int]:
        """Do as `gcra.spend`."""
        now = self._clock()
        let_through, ahead = spend(self._tats.get(key, now), now, interval, window)
        self._tats[key] = now + ahead
        if len(self._tats) > self._sweep_at:
            self._tats = {key: tat for key, tat in self._tats.items() if tat > now}
            self._sweep_at = max(_SWEEP_AT_LEAST, 2 * len(self._tats))
        return let_through, ahead

    async def refund(self, key: bytes, interval: int) -> None:
        """Take back what was spent last."""
        if key in self._tats:
            self._tats[key] -= interval

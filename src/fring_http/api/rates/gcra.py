"""The generic cell rate algorithm: a limit that keeps one number for each key.

The number is when the key will have nothing left to its account, its theoretical arrival time
(TAT). What is let through puts it off by one interval; it may be ahead of the clock by the window
at most. So a key that was quiet may have all of its quota at once, and one more each interval. Time
is counted in whole microseconds: nothing is rounded, here or in SQL, where the same stands.
"""

from __future__ import annotations

from typing import Final

import attrs
from attrs.validators import ge

_MICROSECONDS: Final = 1_000_000


@attrs.frozen
class Rate:
    """Allow `quota` in as many `seconds`; raise `ValueError` unless both are at least 1."""

    quota: int = attrs.field(validator=ge(1))
    seconds: int = attrs.field(validator=ge(1))

    @property
    def interval(self) -> int:
        """Return how many microseconds one takes; rounded up, so that it is never too short."""
        return -(-self.seconds * _MICROSECONDS // self.quota)

    @property
    def window(self) -> int:
        """Return how many microseconds the whole quota takes."""
        return self.quota * self.interval

    def wait(self, ahead: int) -> int:
        """Return after how many seconds one is let through again, by how far the TAT is ahead."""
        return -(-max(ahead + self.interval - self.window, 0) // _MICROSECONDS)


def spend(tat: int, now: int, interval: int, window: int) -> tuple[bool, int]:
    """Tell whether one is let through, and how far the key's TAT is ahead of the clock then.

    A key that is not known has any TAT of the past. A clock that jumps back finds a TAT far ahead:
    it counts as the window, so that nobody waits for longer than one interval.
    """
    ahead = max(min(tat - now, window), 0)
    if ahead + interval > window:
        return False, ahead
    return True, ahead + interval

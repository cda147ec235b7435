"""Where the primary's log was, and when: by that, the age of what a standby has replayed."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Final

MOST: Final = 1000  # that are remembered: a standby that is further behind only looks older


class Marks:
    """Remember positions of a log, each with a moment at which all before it was committed."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque(maxlen=MOST)
        self.as_of = -inf

    def add(self, moment: float, position: int) -> None:
        """Remember that the log was at a position, or further, at a moment."""
        if self._marks and self._marks[-1][1] == position:
            self._marks.pop()
        self._marks.append((moment, position))

    def replayed(self, position: int) -> None:
        """Take into account that a standby has replayed the log up to a position.

        `as_of` is then a moment: all that was committed before it is on the standby.
        """
        while self._marks and self._marks[0][1] <= position:
            self.as_of = self._marks.popleft()[0]

    def forget(self) -> None:
        """Know nothing any more."""
        self._marks.clear()
        self.as_of = -inf

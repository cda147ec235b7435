"""Keys in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator


MOST: Final = 1000


class Keys:
    """Hold keys in order, in runs of at most a thousand: a new one makes no others move."""

    def __init__(self) -> None:
        self._runs: list[list[Any]] = [[]]  # only the first may be empty

    def add(self, key: Any) -> None:
        """Put a key that is not there in its place."""
        number = self._run_of(key)
        run = self._runs[number]
        insort(run, key)
        if len(run) > MOST:
            half = MOST // 2
            self._runs[number : number + 1] = run[:half], run[half:]

    def drop(self, key: Any) -> None:
        """Remove a key that is there."""
        number = self._run_of(key)
        run = self._runs[number]
        del run[bisect_left(run, key)]
        if number and not run:
            del self._runs[number]

    def since(self, start: Any = None) -> Iterator[Any]:
        """Yield the keys in order, if there is a `start` those that are not less."""
        first = 0 if start is None else self._run_of(start)
        skipped = 0 if start is None else bisect_left(self._runs[first], start)
        yield from self._runs[first][skipped:]
        for number in range(first + 1, len(self._runs)):
            yield from self._runs[number]

    def _run_of(self, key: Any) -> int:
        return bisect_right(self._runs, key, lo=1, key=itemgetter(0)) - 1

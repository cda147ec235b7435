"""Which id a new row gets."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import attrs

from fring_core import StoreUnavailable
from fring_core.ids import MAX_ID, is_possible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@attrs.define
class Ids:
    """Hold where the ids of one kind of row come from, and those that must not come again.

    As a sequence does, it stands outside of transactions: what one has spent stays spent when it
    is rolled back.
    """

    _source: Iterator[int]
    _rises: bool
    _last: int = 0
    _spent: set[int] = attrs.field(factory=set)

    @classmethod
    def of(cls, numbers: Iterable[int] | None) -> Ids:
        """Return ids that come from these numbers, or if None are 1, 2, 3 and so on."""
        return cls(count(1) if numbers is None else iter(numbers), numbers is None)

    @classmethod
    def counting(cls) -> Ids:
        """Return ids that are 1, 2, 3 and so on."""
        return cls.of(None)

    def draw(self, is_taken: Callable[[int], bool]) -> int:
        """Return the next id that nothing has, and that no row has ever had.

        Raise `StoreUnavailable` if there are no more, or `ValueError` for what cannot be an id.
        """
        for number in self._source:
            if not is_possible(number):
                raise ValueError(f"No id can be {number!r}: ids are integers from 1 to {MAX_ID}")
            self._last = number
            if number not in self._spent and not is_taken(number):
                return number
        raise StoreUnavailable("The source of ids has no more")

    def spend(self, number: int) -> None:
        """Remember the id of a row that is removed, if it could come again."""
        if number > self._last or not self._rises:
            self._spent.add(number)

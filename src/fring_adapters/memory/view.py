"""A view of a table, for a transaction."""

from __future__ import annotations

from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING, Any

from fring_adapters.memory.table import K, Table, V
from fring_core import TransactionConflict

if TYPE_CHECKING:
    from collections.abc import Iterator


class View(Table[K, V]):
    """Be a table as it is when the view is opened, and be changed apart from it.

    Nothing is copied. A view holds the rows that were changed, in it or beneath it, as they are for
    it and as they were; all others are the table's. A view may be of another view, which nobody
    changes meanwhile.
    """

    def __init__(self, table: Table[K, V]) -> None:
        super().__init__(expire=table.expire)
        self.layers = (self, *table.layers)
        self._table = table
        self._before: dict[K, V | None] = {}

    def open(self) -> None:
        """Have the table tell of what changes beneath, until the view is closed."""
        self._table.views.append(self)

    def close(self) -> None:
        """Have the table tell nothing more."""
        self._table.views = [view for view in self._table.views if view is not self]

    def hold(self, key: K) -> None:
        """Hold a row that is about to change, here or beneath."""
        if key not in self.rows:
            self.rows[key] = self._before[key] = self._table.get(key)
            self.order.add(key)

    def since(self, start: Any = None) -> Iterator[K]:
        """Yield the keys in order, if there is a `start` those that are not less."""
        keys = merge(*(layer.order.since(start) for layer in self.layers))
        return (key for key, _ in groupby(keys) if key in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, key: K) -> V:
        for layer in self.layers:
            if key in layer.rows:
                row = layer.rows[key]
                if row is None:
                    break
                return row
        raise KeyError(key)

    def __setitem__(self, key: K, row: V) -> None:
        self.hold(key)
        self.rows[key] = row

    def __delitem__(self, key: K) -> None:
        self.hold(key)
        self.rows[key] = None

    @property
    def changed(self) -> list[K]:
        """Return the keys of the rows that are not as they were."""
        return [key for key, row in self.rows.items() if row is not self._before[key]]

    def rebased(self, table: Table[K, V]) -> View[K, V]:
        """Return a view of a table with what was changed here.

        Raise `TransactionConflict` if it was changed there as well.
        """
        rebased = View(table)
        for key in self.changed:
            before, after, now = self._before[key], self.rows[key], table.get(key)
            is_as_before = now is before
            if not is_as_before and not (self.expire and (now is None or after is None)):
                raise TransactionConflict("Another caller changed the same row")
            if after is not None:
                rebased[key] = after
            elif is_as_before:
                del rebased[key]
        return rebased

    def merge(self) -> None:
        """Change the table as the view was."""
        for key in self.changed:
            if key in self:
                self._table[key] = self[key]
            else:
                del self._table[key]

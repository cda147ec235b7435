"""A table, in the order of its keys."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, TypeVar

from fring_adapters.memory.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_adapters.memory.view import View

K = TypeVar("K")
V = TypeVar("V")


class Table(MutableMapping[K, V]):
    """Hold rows by key, in the order of the keys.

    Where rows `expire`, it is in nobody's way that they are removed. `layers` are where a row is
    looked for, the first that has the key knowing it: a table alone, or a view and all beneath it.
    """

    def __init__(self, *, expire: bool = False) -> None:
        self.expire = expire
        self.views: list[View[K, V]] = []
        self.layers: tuple[Table[K, V], ...] = (self,)
        self.rows: dict[K, V | None] = {}  # None is for views: a row that they have not
        self.order = Keys()

    @property
    def changed(self) -> list[K]:
        """Return the keys of the rows that are not as they were: of a view, others have none."""
        return []

    def since(self, start: Any = None) -> Iterator[K]:
        """Yield the keys in order, if there is a `start` those that are not less."""
        return self.order.since(start)

    def __iter__(self) -> Iterator[K]:
        return self.since()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, key: K) -> V:
        row = self.rows[key]
        if row is None:
            raise KeyError(key)
        return row

    def __setitem__(self, key: K, row: V) -> None:
        self._tell(key)
        if key not in self.rows:
            self.order.add(key)
        self.rows[key] = row

    def __delitem__(self, key: K) -> None:
        self._tell(key)
        del self.rows[key]
        self.order.drop(key)

    def _tell(self, key: K) -> None:
        for view in self.views:
            view.hold(key)

"""Who may be in: callers that wait for one table leave connections to those that do not need it."""

from __future__ import annotations

from collections import Counter
from typing import Final, TypeAlias

# The tables that a caller's statement names, or None for a transaction, which may name any.
Tables: TypeAlias = "frozenset[str] | None"

ANY: Final = None
_KEPT: Final = 8  # one of so many connections is kept for others; of fewer, none is


class Shares:
    """Count who is in, `most` at once.

    Somebody may have locked a table, to alter it: whatever needs it waits, and would soon hold all
    the connections. So an eighth of them is never held by callers of one table, and a quarter not
    by transactions, which may be any table's.
    """

    def __init__(self, most: int) -> None:
        self.free = most
        self._kept = most // _KEPT
        self._most_of_one = most - self._kept
        self._most_of_any = self._most_of_one - self._kept
        self._in: Counter[str] = Counter()
        self._in_any = 0

    def admits(self, tables: Tables) -> bool:
        """Tell whether one more may come in that needs these tables."""
        if not self.free:
            return False
        if not self._kept:
            return True
        most = self._most_of_one - self._in_any
        if tables is ANY:
            busiest = max(self._in.values(), default=0)
            return self._in_any < self._most_of_any and busiest < most
        return all(self._in[table] < most for table in tables)

    def enter(self, tables: Tables) -> None:
        """Count one in that needs these tables."""
        self._count(tables, 1)

    def leave(self, tables: Tables) -> None:
        """Count one out."""
        self._count(tables, -1)

    def _count(self, tables: Tables, number: int) -> None:
        self.free -= number
        if tables is ANY:
            self._in_any += number
        else:
            for table in tables:
                self._in[table] += number

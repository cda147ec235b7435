"""What the statements that take long may be waiting for, as far as their tables tell."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fring_adapters.postgres.wire.statement import Statement

LONG_SECONDS: Final = 0.25
NONE: Final[frozenset[str]] = frozenset()


def held_up(under_way: Iterable[tuple[Statement, float]], now: float) -> frozenset[str]:
    """Return the tables that may be locked, given each statement and when it was sent.

    It is the table that all slow ones are about, or else what all of them name: nothing if no
    statement is slow, or if they have nothing in common.
    """
    slow = [statement for statement, since in under_way if now - since > LONG_SECONDS]
    if not slow:
        return NONE
    about = {statement.about for statement in slow}
    if len(about) == 1:
        return frozenset(about)
    return reduce(frozenset.intersection, (statement.tables for statement in slow))

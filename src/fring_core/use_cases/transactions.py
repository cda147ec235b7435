"""Work that is done in one transaction, all of it or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from fring_core.errors import TransactionConflict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fring_core.ports import Store

T = TypeVar("T")

# Each one that is lost means that somebody else's work was stored.
TRIES: Final = 10


async def all_or_nothing(store: Store, work: Callable[[Store], Awaitable[T]]) -> T:
    """Return what `work` makes of a transaction's store; begin again if others are in the way."""
    for _ in range(TRIES - 1):
        try:
            return await _tried(store, work)
        except TransactionConflict:
            continue
    return await _tried(store, work)


async def _tried(store: Store, work: Callable[[Store], Awaitable[T]]) -> T:
    async with store.transaction() as inside:
        return await work(inside)

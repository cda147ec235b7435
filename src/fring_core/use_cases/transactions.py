"""Work that is done in one transaction, all of it or nothing."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from fring_core.errors import TransactionConflict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from fring_core.causes import Tell
    from fring_core.events import Event
    from fring_core.ports import Store

T = TypeVar("T")

# Each one that is lost means that somebody else's work was stored.
TRIES: Final = 10


async def all_or_nothing(
    store: Store, tell: Tell, work: Callable[[Store, Tell], Awaitable[T]]
) -> T:
    """Return what `work` makes of a transaction's store; begin again if others are in the way.

    What `work` tells is told when all of it is done.
    """
    for _ in range(TRIES - 1):
        try:
            return await _tried(store, tell, work)
        except TransactionConflict:
            continue
    return await _tried(store, tell, work)


async def _tried(store: Store, tell: Tell, work: Callable[[Store, Tell], Awaitable[T]]) -> T:
    async with unit(store, tell) as (inside, held):
        return await work(inside, held)


@asynccontextmanager
async def unit(store: Store, tell: Tell) -> AsyncGenerator[tuple[Store, Tell], None]:
    """Open a transaction: give its store, and whom to tell what is to be told after its commit."""
    events: list[Event] = []
    async with store.transaction() as inside:
        yield inside, events.append
    for event in events:
        tell(event)

"""Transactions that others are faster than, before they have written and after."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from fring_core import FringError, StoreUnavailable
from fring_core.testing.contract.base import PATIENCE
from fring_core.testing.contract.examples import Undo, add_task

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine

    from fring_core import Store
    from fring_core.testing.contract.base import StoreTests

    Begin = Callable[[Store], Coroutine[Any, Any, None]]
    Outside = Callable[[Coroutine[Any, Any, object]], Coroutine[Any, Any, None]]

FIRST: Final = 1_000_000  # the id of what is written first, which no test comes to draw


async def read_first(inner: Store) -> None:
    """Have a transaction begin for every store, and read nothing that matters."""
    await inner.tasks.get(FIRST, None)


async def write_first(inner: Store) -> None:
    """Have a transaction write what is in nobody's way."""
    await add_task(inner, "first", FIRST)


either_way: Final = pytest.mark.parametrize("begin", [read_first, write_first])


@asynccontextmanager
async def overtaking(
    tests: StoreTests, store: Store, begin: Begin
) -> AsyncGenerator[tuple[Store, Outside]]:
    """Open a transaction that begins so, and give with it a function to make a call outside.

    A store may let others wait, or turn them away, once a transaction has written. Then nobody is
    faster than it: the function raises `Undo`, and what waits goes on when the block is left.
    """
    waiting: list[asyncio.Future[object]] = []

    async def outside(call: Coroutine[Any, Any, object]) -> None:
        if begin is not write_first:
            assert not isinstance(await tests.beside(call), FringError)
            return
        task = asyncio.ensure_future(tests.beside(call))
        await asyncio.wait({task}, timeout=2 * PATIENCE)
        if not task.done():
            waiting.append(task)
            raise Undo
        if isinstance(task.result(), StoreUnavailable):
            raise Undo
        assert not isinstance(task.result(), FringError)

    try:
        async with store.transaction() as inner:
            await begin(inner)
            yield inner, outside
    finally:
        await asyncio.gather(*waiting)

"""The contract of calls that are cancelled: all of one is done, or nothing."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from fring_core.testing.agreement import LISTS
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import Undo
from fring_core.testing.contract.turns import cut_short
from fring_core.testing.contract.writes import WRITES, settle
from fring_core.testing.snapshot import snapshot

if TYPE_CHECKING:
    from fring_core import Store
    from fring_core.testing.contract.writes import Write

# After so many turns of the event loop, and after so many parts of the time that it takes.
TURNS = (1, 2, 3, 4, 5, 6, 8, 10)
PARTS = (0.2, 0.35, 0.5, 0.65, 0.8)


class CancelledTests(StoreTests):
    """Test calls whose callers give up."""

    @pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
    async def test_cancelled_call(self, store: Store, write: Write) -> None:
        """A call that is cancelled MUST have its whole effect or none."""
        await self._cut_short(store, write)

    async def test_cancelled_transaction(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back: in a call as well.

        They MUST see all of a commit or nothing.
        """

        async def block(store: Store) -> None:
            async with store.transaction() as inner:
                for write in WRITES.values():
                    await write(inner)

        await self._cut_short(store, block)

    async def _cut_short(self, store: Store, write: Write) -> None:
        """Cancel a write sooner and later, until it is done; it is never done in part."""
        await settle(store)
        taken, after = 0.0, await snapshot(store, LISTS)
        before = after
        with suppress(Undo):
            async with store.transaction() as inner:
                begun = perf_counter()
                await write(inner)
                taken = perf_counter() - begun
                after = await snapshot(inner, LISTS)
                raise Undo
        for turns, seconds in (*((n, 0) for n in TURNS), *((1, taken * part) for part in PARTS)):
            await cut_short(write(store), turns, seconds)
            found = await snapshot(store, LISTS)
            assert found in (before, after), f"half, after {turns} turns and {seconds} s"
            if found == after:
                return

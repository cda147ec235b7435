"""The contract of what lasts: for stores that can be closed and opened again."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fring_core.testing.agreement import agreed
from fring_core.testing.contract_base import StoreTests
from fring_core.testing.contract_ids import both_kinds
from fring_core.testing.contract_inheritance import check_none_drawn, chosen_ahead, remove
from fring_core.testing.recording import RecordedStore
from fring_core.testing.writes import WRITES, settle

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from fring_core import Store
    from fring_core.testing.contract_ids import Add


class LastingTests(StoreTests):
    """Test what a store has when it is opened again; there where `reopen` says how."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, clause in list(vars(LastingTests).items()):
            # As None it is no test, and nothing to be skipped.
            if name.startswith("test_") and name not in vars(cls):
                setattr(cls, name, None if cls.reopen is LastingTests.reopen else clause)

    def reopen(self, store: Store) -> AbstractAsyncContextManager[Store]:
        """Open once more what `open_store` gave; only for a store that outlives its object."""
        raise NotImplementedError

    @asynccontextmanager
    async def _again(self, store: Store) -> AsyncGenerator[Store]:
        assert isinstance(store, RecordedStore)
        async with self.reopen(store.bare) as again:
            self.log.note("it is opened again")
            yield RecordedStore(again, self.log)

    async def test_lasting_contents(self, store: Store) -> None:
        """What is stored MUST last.

        A store that is closed and opened again has it all, and knows which ids were had.
        """
        await settle(store)
        for write in WRITES.values():
            await write(store)
        stored = await agreed(store)
        for _ in range(2):
            async with self._again(store) as again:
                assert await agreed(again) == stored

    @both_kinds
    async def test_lasting_ids(self, store: Store, add: Add) -> None:
        """A store that is closed and opened again has it all, and knows which ids were had.

        With `new.id` None the store MUST draw an id that no user has ever had. With `new.id` None
        the store MUST draw an id that no task has ever had.
        """
        had = await chosen_ahead(store, add)
        for number in had[:4]:
            await remove(store, number)
        async with self._again(store) as again:
            had.append((await add(again, "drawn")).id)
            for number in had[4:]:
                await remove(again, number)
            assert len(set(had)) == len(had)
        async with self._again(store) as again:
            await check_none_drawn(again, add, had)

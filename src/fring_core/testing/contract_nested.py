"""The contract of a transaction in a transaction."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from fring_core import UsernameTaken
from fring_core.testing.contract_base import StoreTests, Undo, add_user, contents
from fring_core.testing.contract_transactions import prepare, write_everywhere

if TYPE_CHECKING:
    from fring_core import Store


class NestedTransactionTests(StoreTests):
    """Test transactions inside transactions."""

    async def test_transaction_inside_fails_alone(self, store: Store) -> None:
        """Inside a transaction, another one MUST be able to fail alone."""
        await prepare(store)
        async with store.transaction() as outer:
            await add_user(outer, "ann", 10)
            before = await contents(outer)
            with suppress(Undo):
                async with outer.transaction() as inner:
                    await write_everywhere(inner)
                    with pytest.raises(UsernameTaken):
                        await add_user(inner, "ann")
                    raise Undo
            assert await contents(outer) == before
            await add_user(outer, "bob", 11)
            after = await contents(outer)
        assert await contents(store) == after

    async def test_transaction_inside_commits_with_the_outer_one(self, store: Store) -> None:
        """Open a transaction: a store whose effects come about together, or not at all.

        Those of a transaction inside come about with the outer one's.
        """
        before = await prepare(store)
        async with store.transaction() as outer:
            async with outer.transaction() as inner:
                await write_everywhere(inner)
                after = await contents(inner)
            assert await contents(outer) == after
            assert await contents(store) == before
        assert await contents(store) == after

    async def test_transaction_inside_is_undone_by_the_outer_one(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back.

        So does a transaction inside that succeeded.
        """
        before = await prepare(store)
        with suppress(Undo):
            async with store.transaction() as outer:
                async with outer.transaction() as inner:
                    await write_everywhere(inner)
                raise Undo
        assert await contents(store) == before

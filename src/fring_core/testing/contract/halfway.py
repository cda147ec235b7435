"""The contract of a call in whose middle another one comes, wherever that is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import Credential, FringError
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, add_task, add_user, check_none_failed, save
from fring_core.testing.contract.single_reads import READS, change_all, fill
from fring_core.testing.snapshot import plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from fring_core import Store

    Call = Coroutine[Any, Any, Any]

# Reads of a row, and of what is assigned to it.
OF_TWO = {name for name in READS if "with_" in name or "s_of" in name}


async def come_and_go(store: Store) -> None:
    """Remove a user and a task that are assigned to each other, or add them again, at once."""
    async with store.transaction() as inner:
        if await inner.users.remove(1, CAUSE):
            await inner.tasks.remove(1, None, CAUSE)
            return
        await add_user(inner, "again", 1)
        await add_task(inner, "again", 1)
        await inner.assignments.add(1, 1, CAUSE)


class HalfwayTests(StoreTests):
    """Test calls that stop in their middle, until another one is done if it can be."""

    async def _everywhere(
        self, call: Callable[[], Call], other: Callable[[], Call]
    ) -> AsyncIterator[list[Any]]:
        """Give what both return, with the other one in the middle at each step, then sparser."""
        step = 1
        while True:
            reached, results = await self.halfway(call(), other(), step)
            yield results
            if not reached:
                return
            step += 1 + step // 30

    @pytest.mark.parametrize("name", READS)
    async def test_halfway_through_a_read(self, store: Store, name: str) -> None:
        """What one call returns MUST have been so at one moment, whatever others commit meanwhile."""
        await fill(store)
        for change in (change_all, come_and_go)[: 1 + (name in OF_TWO)]:
            before = plain(await READS[name](store))
            async for results in self._everywhere(
                lambda: READS[name](store), partial(change, store)
            ):
                check_none_failed(results)
                after = plain(await READS[name](store))
                assert plain(results[0]) in (before, after), "it never was this"
                before = after

    async def test_halfway_through_a_replacement(self, store: Store) -> None:
        """Store another hash, unless `credential` no longer holds the user's; tell whether.

        One of two that found the same hash does.
        """
        user = await add_user(store, "ann", None, "first")
        found = Credential(user, "first")

        def replacing(password_hash: str) -> Callable[[], Call]:
            return lambda: store.credentials.replace(found, password_hash)

        async for results in self._everywhere(replacing("one"), replacing("other")):
            assert sorted(results) == [False, True]
            stored = "one" if results[0] else "other"
            assert await store.credentials.get(user.id) == Credential(user, stored)
            assert await store.credentials.replace(Credential(user, stored), "first") is True

    @pytest.mark.parametrize("kind", ["user", "task"])
    async def test_halfway_through_a_save(self, store: Store, kind: str) -> None:
        """`verb` MUST see the present row."""
        entity: Any = await (add_user(store) if kind == "user" else add_task(store))
        field = "username" if kind == "user" else "title"

        def saving(text: str) -> Callable[[], Call]:
            return lambda: save(store, attrs.evolve(entity, **{field: text}))

        async for results in self._everywhere(saving("one"), saving("other")):
            check_none_failed(results)
            assert results.count(None) == 1, "one is too late"
            saved = results[0] or results[1]
            assert saved == attrs.evolve(
                entity, version=entity.version + 1, **{field: getattr(saved, field)}
            )
            entity = saved

    async def test_halfway_through_a_change_of_name(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: one of two gets the name."""
        users = [await add_user(store, name) for name in ("ann", "bob")]
        taken = 0

        def renaming(number: int) -> Callable[[], Call]:
            return lambda: save(store, attrs.evolve(users[number], username=f"name{taken}"))

        async for results in self._everywhere(renaming(0), renaming(1)):
            failed = [isinstance(result, FringError) for result in results]
            assert sorted(failed) == [False, True]
            users[failed.index(False)] = results[failed.index(False)]
            taken += 1

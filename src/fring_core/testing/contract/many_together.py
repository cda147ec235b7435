"""The contract of many tasks at once: none and 1,000, in transactions, and beside others."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    Fring,
    IdTaken,
    NewTask,
    Task,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TransactionConflict,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    LATER,
    Undo,
    add_task,
    check_next,
    check_none_failed,
    contents,
)
from fring_core.testing.contract.many import add_many, change_many, noted
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Store

MOST = 1000


class ManyTogetherTests(StoreTests):
    """Test many at once, as many as may be, in transactions, and at the same time."""

    async def test_many_may_be_none(self, store: Store) -> None:
        """Store up to 1,000 new tasks on a list as `add` does; return what became of each, in order.

        Change up to 1,000 tasks of a list as `change` does; return what became of each, in order. None are none.
        """
        await add_task(store)
        before = await contents(store)
        assert await add_many(store, []) == []
        assert await change_many(store, []) == []
        async with store.transaction() as inner:
            assert await add_many(inner, []) == []
            assert await change_many(inner, []) == []
        assert await contents(store) == before

    async def test_many_at_most(self, store: Store) -> None:
        """Store up to 1,000 new tasks on a list as `add` does; return what became of each, in order.

        Change up to 1,000 tasks of a list as `change` does; return what became of each, in order.
        """
        titles = [f"t{number}" for number in range(MOST)]
        stored = await add_many(store, [NewTask(title) for title in titles])
        assert [task.title for task in stored] == titles
        told = await change_many(store, [task.id for task in reversed(stored)])
        listed = {task.id: task for task in await store.tasks.list(TaskFilter(), EVERYTHING, None)}
        assert len(listed) == MOST
        for before, after in zip(stored, reversed(told), strict=True):
            check_next(after, attrs.evolve(before, description="1 "))
            assert plain(listed[before.id]) == plain(after)

    @pytest.mark.parametrize("commits", [True, False])
    async def test_many_in_a_transaction(self, store: Store, *, commits: bool) -> None:
        """Calls inside MUST see what was done inside. Leaving it by an exception, cancellation included, MUST roll back."""
        task, before = await add_task(store), await contents(store)
        told: list[Any] = []
        with suppress(Undo):
            async with store.transaction() as inner:
                told += await add_many(inner, [NewTask("new"), NewTask("taken", id=task.id)])
                told += await change_many(inner, [task.id, told[0].id, task.id])
                for stored in told[3:]:
                    assert plain(await inner.tasks.get(stored.id, None)) == plain(stored)
                assert await contents(store) == before
                if not commits:
                    raise Undo
        for stored in told[3:] if commits else ():
            assert plain(await store.tasks.get(stored.id, None)) == plain(stored)
        assert commits or await contents(store) == before
        assert plain(told[1]) == plain(IdTaken(task.id))
        assert [each.version for each in told[2:]] == [2, 2, 3]

    async def test_many_for_all_or_none(self, store: Store) -> None:
        """Inside a transaction, another one MUST be able to fail alone, to any depth.

        So many that are to be stored together or not at all are not, if one of them cannot be.
        """
        fring = Fring(store, clock=lambda: LATER)
        task = await add_task(store)
        before = await contents(store)
        with pytest.raises(IdTaken):
            await fring.tasks.create_many([NewTask("new"), NewTask("taken", id=task.id)])
        with pytest.raises(TaskNotFound):
            await fring.tasks.update_many([task.id, 10**9], TaskChanges("new"))
        assert await contents(store) == before
        async with store.transaction() as inner:
            with pytest.raises(TaskNotFound):
                await fring.on(inner).tasks.update_many([task.id, 10**9], TaskChanges("new"))
            [new] = await fring.on(inner).tasks.create_many([NewTask("new")])
        assert await store.tasks.remove(new.id, None, CAUSE) is True
        assert await contents(store) == before

    async def test_many_race_loses_none(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work, whichever rows they have in common."""
        tasks = [await add_task(store, f"t{number}") for number in range(6)]
        ids = [task.id for task in tasks]
        asked = [ids, ids[::-1], [*ids[3:], *ids[:3]], ids[::2], [ids[0], ids[5], ids[0]]] * 3
        many = [store.tasks.change_many(each, None, noted, CAUSE) for each in asked]
        single = [store.tasks.change(each, None, noted, CAUSE) for each in ids]
        results = await self.together(*_mixed(many, single))
        check_none_failed(results)
        for task in tasks:
            changes = 1 + sum(each.count(task.id) for each in asked)
            said = "".join(f"{number} " for number in range(1, changes + 1))
            expected = attrs.evolve(task, description=f"why{said}", version=changes)
            check_next(await store.tasks.get(task.id, None), expected)

    async def test_many_race_of_additions(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work: of those who choose an id, one has it.

        What one call returns MUST have been so at one moment: all that it adds is there, or nothing.
        """
        ids = [10, 11, 12]
        calls = [
            add_many(store, [*map(_choosing, ids[::step]), NewTask("t")]) for step in (1, -1) * 4
        ]
        lists = [store.tasks.list(TaskFilter(), EVERYTHING, None) for _ in range(8)]
        results: list[Any] = await self.together(*_mixed(calls, lists))
        check_none_failed(results)
        for listed in results[1::2]:
            assert {task.id for task in listed} & {*ids} in (set(), {*ids}), "all or nothing"
        told: list[list[Any]] = [[*each] for each in results[::2]]
        drawn: set[int] = {each[-1].id for each in told}
        assert len(drawn) == len(told), "each draws one of its own"
        assert not drawn & {*ids}
        won = [[task.id for task in each[:-1] if isinstance(task, Task)] for each in told]
        assert sorted(each for each in won if each) in ([ids], [ids[::-1]]), "one has them all"
        kept = sorted(task.id for task in await store.tasks.list(TaskFilter(), EVERYTHING, None))
        assert kept == sorted([*ids, *drawn])

    async def test_many_race_of_all_or_none(self, store: Store) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing."""
        tasks = [await add_task(store, f"t{number}") for number in range(4)]
        ids = [task.id for task in tasks]

        async def change(ids: Sequence[int]) -> bool:
            try:
                async with store.transaction() as inner:
                    await inner.tasks.change_many(ids, None, noted, CAUSE)
            except TransactionConflict:
                return False
            return True

        results = await self.together(*(change(ids[::step]) for step in (1, -1) * 4))
        done = sum(result is True for result in results)
        assert done
        for task in tasks:
            said = "".join(f"{number} " for number in range(1, done + 1))
            expected = attrs.evolve(task, description=f"why{said}", version=done)
            check_next(await store.tasks.get(task.id, None), expected)


def _choosing(task_id: int) -> NewTask:
    return NewTask("chosen", id=task_id)


def _mixed(*kinds: Sequence[Any]) -> list[Any]:
    """Return calls of several kinds, so that one of each comes after the other."""
    longest = max(map(len, kinds))
    return [kind[place] for place in range(longest) for kind in kinds if place < len(kind)]

"""The contract of what a transaction does to one row more than once, and what it sees of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import (
    Credential,
    NewTask,
    Page,
    Task,
    TaskFilter,
    TaskStatus,
    TransactionConflict,
    User,
    UserFilter,
    UsernameTaken,
)
from fring_core.testing.agreement import LISTS
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    add_task,
    add_user,
    by_id,
    check_next,
    rows,
    save,
)
from fring_core.testing.contract.turns import turns
from fring_core.testing.contract.writes import settle
from fring_core.testing.snapshot import EVERYTHING, plain, snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from fring_core import Store

MANY = 1001  # more than what some databases write at once, or answer on a page


async def _save_twice(store: Store) -> None:
    user, task = await store.users.get(1), await store.tasks.get(1, None)
    assert user is not None
    assert task is not None
    for n in (1, 2, 3):
        renamed, retitled = attrs.evolve(user, username=f"n{n}"), attrs.evolve(task, title=f"{n}")
        user, task = await save(store, renamed), await save(store, retitled)
        check_next(user, renamed)
        check_next(task, retitled)
        assert user is not None
        assert task is not None


async def _add_and_save(store: Store) -> None:
    user, task = await add_user(store, "new", 5, "hash"), await add_task(store, "new", 5)
    assert await save(store, attrs.evolve(user, username="newer"))
    assert await save(store, attrs.evolve(task, status=TaskStatus.COMPLETED))
    assert (await store.assignments.add(5, 5, CAUSE)).changed


async def _add_and_remove(store: Store) -> None:
    await _add_and_save(store)
    assert await store.users.remove(5, CAUSE)
    assert await store.tasks.remove(5, None, CAUSE)


async def _remove_and_add(store: Store) -> None:
    assert await store.users.remove(2, CAUSE)
    user = await add_user(store, "u2", 2)
    assert await store.credentials.find("u2", None) == Credential(user, None)
    assert rows(await store.assignments.tasks_of(2, None)) == []
    assert await store.tasks.remove(1, None, CAUSE)
    task = await add_task(store, "again", 1)
    assert rows(await store.assignments.users_of(1)) == []
    assert task.version == user.version == 1


async def _move_to_another_list(store: Store) -> None:
    assert await store.tasks.remove(1, None, CAUSE)
    await add_task(store, "t1", 1, "ann")
    assert await store.tasks.remove(3, "ann", CAUSE)
    await add_task(store, "t3", 3)
    assert (await store.assignments.add(3, 3, CAUSE)).changed


async def _swap_names(store: Store) -> None:
    for number, name in ((1, "free"), (3, "u1"), (1, "u3")):
        user = await store.users.get(number)
        assert user is not None
        assert await save(store, attrs.evolve(user, username=name, email=f"{name}@e.o"))
        found = await store.credentials.find(name, None)
        assert found is not None
        assert found.user.id == number


async def _replace_twice(store: Store) -> None:
    for n, password_hash in enumerate(("h1", "second", "third")):
        found = await store.credentials.find("u1", None)
        assert found is not None
        assert found.password_hash == password_hash
        assert await store.credentials.replace(found, ("second", "third", "h1")[n])


async def _assign_and_back(store: Store) -> None:
    for change in (store.assignments.remove, store.assignments.add):
        assert [(await change(1, 1, CAUSE)).changed for _ in range(2)] == [True, False]
    for change in (store.assignments.add, store.assignments.remove):
        assert [(await change(3, 2, CAUSE)).changed for _ in range(2)] == [True, False]


SEVERAL = (
    _save_twice,
    _add_and_save,
    _add_and_remove,
    _remove_and_add,
    _move_to_another_list,
    _swap_names,
    _replace_twice,
    _assign_and_back,
)


class InsideTests(StoreTests):
    """Test what goes on inside a transaction."""

    @pytest.mark.parametrize("change", SEVERAL)
    async def test_inside_one_row_changes_more_than_once(
        self, store: Store, change: Callable[[Store], Coroutine[Any, Any, None]]
    ) -> None:
        """Leaving the block normally MUST commit: the last of several changes of a row holds.

        Calls inside MUST see what was done inside.
        """
        await settle(store)
        async with store.transaction() as inner:
            await change(inner)
            inside = await snapshot(inner, LISTS)
        assert await snapshot(store, LISTS) == inside

    async def test_inside_filters_know(self, store: Store) -> None:
        """Calls inside MUST see what was done inside: filters and pages too."""
        user = await add_user(store)
        before = [await add_task(store, f"old{n}") for n in range(6)]
        await store.assignments.add(user.id, before[1].id, CAUSE)
        async with store.transaction() as inner:
            listed = rows(await inner.tasks.list(TaskFilter(assigned=True), EVERYTHING, None))
            assert listed == [before[1]]
            added = await add_task(inner, "new")
            for number in (before[0].id, added.id):
                await inner.assignments.add(user.id, number, CAUSE)
            await inner.assignments.remove(user.id, before[1].id, CAUSE)
            done = attrs.evolve(before[2], title="new too", status=TaskStatus.COMPLETED)
            done = await save(inner, done) or done
            await inner.tasks.remove(before[3].id, None, CAUSE)
            free = by_id([before[1], done, *before[4:]])
            for where, page, kept in (
                (TaskFilter(assigned=True), EVERYTHING, [before[0], added]),
                (TaskFilter(assigned=False), EVERYTHING, free),
                (TaskFilter(assigned=False), Page(1, 2), free[1:3]),
                (TaskFilter(title="new"), EVERYTHING, [done, added]),
                (TaskFilter(title="old2"), EVERYTHING, []),
                (TaskFilter(completed=True), EVERYTHING, [done]),
                (TaskFilter("todo", assigned=False), EVERYTHING, [before[1], *before[4:]]),
            ):
                listed = rows(await inner.tasks.list(where, page, None))
                assert listed == by_id(kept), where

    async def test_inside_there_may_be_many_writes(self, store: Store) -> None:
        """A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.

        The kit tries 1,001 rows, 1,001 writes in a transaction, 100 transactions inside each
        other, 130 saves, and 100,000 characters. The personal list `str(user_id)` MUST be removed
        too if there was a hash: all of it.
        """
        user = await add_user(store, "ann", None, "hash")
        owner = str(user.id)

        async def listed(page: Page) -> list[Task] | None:
            return rows(await store.tasks.list(TaskFilter(), page, owner))

        async with store.transaction() as inner:
            added = [await inner.tasks.add(NewTask("t"), owner, CAUSE) for _ in range(MANY)]
            assert await listed(EVERYTHING) == []
        tasks = by_id(added)
        assert await listed(EVERYTHING) == tasks[: EVERYTHING.limit]
        assert await listed(Page(EVERYTHING.limit, 1)) == tasks[EVERYTHING.limit :]
        assert await store.users.remove(user.id, CAUSE) is True
        assert await listed(EVERYTHING) == []
        assert await store.tasks.get(tasks[-1].id, owner) is None

    async def test_inside_several_tasks_may_call(self, store: Store) -> None:
        """Several tasks may call inside at the same time, if they run in one thread.

        A call that raises inside MUST leave the transaction as it was before, ready to go on.
        """
        await settle(store)
        async with store.transaction() as inner:
            calls = [add_user(inner, name) for name in ("u1", "a", "u2", "b", "u3", "c")]
            results = await asyncio.gather(*calls, return_exceptions=True)
            inside = await snapshot(inner, LISTS)
        assert [type(result) for result in results] == [UsernameTaken, User] * 3
        assert await snapshot(store, LISTS) == inside
        added = [row for row in results if isinstance(row, User)]
        assert plain([await store.users.get(row.id) for row in added]) == plain(added)

    async def test_inside_a_task_may_open_another_transaction(self, store: Store) -> None:
        """While one of them has another transaction open inside, a call of the others MUST have its whole effect, or none and raise `RuntimeError` or `TransactionConflict`.

        Several tasks may call inside at the same time, if they run in one thread. Before the
        block ends, it has been seen that the transaction goes on.
        """
        expected: list[User] = []

        async def open_another(outer: Store, name: str) -> User:
            async with outer.transaction() as inner:
                user = await add_user(inner, name)
                await turns(2)
                return user

        for place in range(5):
            async with store.transaction() as outer:
                calls = [add_user(outer, f"{name}{place}") for name in "abcd"]
                calls.insert(place, open_another(outer, f"inner{place}"))
                ended = await asyncio.gather(*calls, return_exceptions=True)
                expected += [each for each in ended if isinstance(each, User)]
                refused = [each for each in ended if not isinstance(each, User)]
                assert {type(each) for each in refused} <= {RuntimeError, TransactionConflict}
                expected.append(await add_user(outer, f"last{place}"))
            assert rows(await store.users.list(UserFilter(), EVERYTHING)) == by_id(expected)

"""The contract of a transaction in a transaction."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from string import ascii_letters
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import NewTask, TaskFilter, UserFilter, UsernameTaken
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    Undo,
    add_task,
    add_user,
    contents,
    save,
)
from fring_core.testing.contract.transactions import prepare, write_everywhere
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from fring_core import Store

DEPTH = 3
DEEPEST = 100


async def _mark(store: Store, mark: str) -> None:
    """Add a user of this name, and append it to the description of task 1."""
    await add_user(store, mark)
    task = await store.tasks.get(1, None)
    assert task is not None
    assert (
        await save(store, attrs.evolve(task, description=f"{task.description}{mark}")) is not None
    )


async def _marks(store: Store) -> tuple[list[str], str]:
    users = await store.users.list(UserFilter(), EVERYTHING)
    task = await store.tasks.get(1, None)
    assert task is not None
    return sorted(user.username for user in users), task.description or ""


class NestedTransactionTests(StoreTests):
    """Test transactions inside transactions."""

    @pytest.mark.parametrize("first_succeeds", [True, False])
    async def test_transaction_inside_at_any_depth(
        self, store: Store, *, first_succeeds: bool
    ) -> None:
        """Inside a transaction, another one MUST be able to fail alone, to any depth.

        Each level writes before, between and after two transactions inside it: one that succeeds
        and one that fails.
        """
        await store.tasks.add(NewTask("marks", "", id=1), None, CAUSE)
        names = iter(ascii_letters)

        async def fill(level: Store, marks: str, depth: int) -> str:
            """Return the marks that are to be seen on a level, after it has been filled."""

            async def mark() -> str:
                name = next(names)
                await _mark(level, name)
                return marks + name

            marks = await mark()
            for succeeds in (first_succeeds, not first_succeeds) if depth < DEPTH else ():
                with suppress(Undo):
                    async with level.transaction() as inner:
                        theirs = await fill(inner, marks, depth + 1)
                        if not succeeds:
                            raise Undo
                    marks = theirs
                assert await _marks(level) == (sorted(marks), marks)
                marks = await mark()
            return marks

        marks = await fill(store, "", 0)
        assert await _marks(store) == (sorted(marks), marks)

    async def test_transaction_inside_a_hundred_others(self, store: Store) -> None:
        """Inside a transaction, another one MUST be able to fail alone, to any depth.

        Nor does it to the depth of transactions, nor to versions. Half of them are undone.
        """

        async def fill(level: Store, depth: int) -> None:
            async with level.transaction() as inner:
                await add_task(inner, "task", depth)
                if depth < DEEPEST:
                    with suppress(Undo):
                        await fill(inner, depth + 1)
                if depth == DEEPEST // 2:
                    raise Undo

        await fill(store, 1)
        listed = await store.tasks.list(TaskFilter(), EVERYTHING, None)
        assert [task.id for task in listed] == [*range(1, DEEPEST // 2)]

    async def test_transaction_inside_fails_at_each_depth(self, store: Store) -> None:
        """Inside a transaction, another one MUST be able to fail alone, to any depth."""

        async def fill(level: Store, depth: int) -> None:
            async with level.transaction() as inner:
                await add_task(inner, "kept", 2 * depth)
                with suppress(Undo):
                    async with inner.transaction() as failing:
                        await add_task(failing, "undone", 2 * depth + 1)
                        raise Undo
                if depth < 8:
                    await fill(inner, depth + 1)

        await fill(store, 1)
        listed = await store.tasks.list(TaskFilter(), EVERYTHING, None)
        assert [task.id for task in listed] == [*range(2, 18, 2)]

    @pytest.mark.parametrize("error", [Undo, asyncio.CancelledError, KeyboardInterrupt])
    async def test_transaction_inside_fails_alone(
        self, store: Store, error: type[BaseException]
    ) -> None:
        """Inside a transaction, another one MUST be able to fail alone, to any depth."""
        await prepare(store)
        async with store.transaction() as outer:
            await add_user(outer, "ann", 10)
            before = await contents(outer)
            with suppress(error):
                async with outer.transaction() as inner:
                    await write_everywhere(inner)
                    with pytest.raises(UsernameTaken):
                        await add_user(inner, "ann")
                    raise error
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

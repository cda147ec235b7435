"""The contract of transactions that clash with other callers.

No test here writes one row from two open transactions in one task: a store may well make the
second writer wait for the first.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import (
    Credential,
    EmailTaken,
    FringError,
    NewTask,
    NewUser,
    TransactionConflict,
    UsernameTaken,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    Undo,
    add_task,
    add_user,
    check_none_failed,
    contents,
    rows,
    save,
)
from fring_core.testing.contract.overtaking import FIRST, either_way, overtaking
from fring_core.testing.contract.transactions import prepare, write_everywhere

if TYPE_CHECKING:
    from fring_core import Store
    from fring_core.testing.contract.overtaking import Begin


class ClashTests(StoreTests):
    """Test what transactions do to each other, and to callers outside."""

    @either_way
    async def test_transaction_does_not_undo_a_change(self, store: Store, begin: Begin) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing."""
        task = await add_task(store, "first")
        user = await add_user(store)
        refused = True
        with suppress(TransactionConflict, Undo):
            async with overtaking(self, store, begin) as (inner, outside):
                assert await inner.tasks.get(task.id, None) == task
                await outside(save(store, attrs.evolve(task, title="theirs")))
                saved = await save(inner, attrs.evolve(task, title="mine"))
                await save(inner, attrs.evolve(user, username="mine"))
            assert saved is None, "a save on an old version came through"
            refused = False
        found = await store.tasks.get(task.id, None)
        assert found is not None
        assert (found.title, found.version) == ("theirs", 2)
        renamed = await store.users.get(user.id)
        assert renamed is not None
        assert renamed.username == ("ann" if refused else "mine"), "all of it, or nothing"

    @pytest.mark.parametrize(
        ("username", "email", "taken"),
        [
            ("ann", "other@example.org", UsernameTaken),
            ("other", "ann@example.org", EmailTaken),
        ],
    )
    @either_way
    async def test_transaction_does_not_break_uniqueness(
        self, store: Store, username: str, email: str, taken: type[FringError], begin: Begin
    ) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Names stay unique.
        """

        async def block() -> None:
            async with overtaking(self, store, begin) as (inner, outside):
                await contents(inner)
                await outside(add_user(store, "ann", 7))
                await add_task(inner, "never", 7)
                await inner.users.add(NewUser(username, email), CAUSE)

        with pytest.raises((TransactionConflict, taken, Undo)):
            await block()
        listed = await contents(store)
        assert await store.tasks.get(7, None) is None
        await store.users.remove(7, CAUSE)
        await add_user(store, "ann", 7)
        assert await contents(store) == listed

    @either_way
    @pytest.mark.parametrize("removed", ["user", "task"])
    async def test_transaction_leaves_no_dangling_assignment(
        self, store: Store, removed: str, begin: Begin
    ) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Rows stay removed.
        """
        user, task = await add_user(store), await add_task(store)
        with suppress(TransactionConflict, Undo):
            async with overtaking(self, store, begin) as (inner, outside):
                await contents(inner)
                if removed == "user":
                    await outside(store.users.remove(user.id, CAUSE))
                else:
                    await outside(store.tasks.remove(task.id, None, CAUSE))
                await inner.assignments.add(user.id, task.id, CAUSE)
        tasks = rows(await store.assignments.tasks_of(user.id, None))
        users = rows(await store.assignments.users_of(task.id))
        assert (tasks, users) == ((None, []) if removed == "user" else ([], None))

    @either_way
    async def test_transaction_keeps_what_others_did(self, store: Store, begin: Begin) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Their rows stay. While a transaction is open, calls outside MUST go on: reads always, and
        writes until it has written itself.
        """
        theirs = await prepare(store)
        with suppress(TransactionConflict, Undo):
            async with overtaking(self, store, begin) as (inner, outside):
                await contents(inner)
                theirs = None
                await outside(write_everywhere(store))
                theirs = await contents(store)
                await add_user(inner, "mine", 5, "mine")
                await add_task(inner, "mine", 5)
                await inner.assignments.add(5, 5, CAUSE)
        await store.users.remove(5, CAUSE)
        await store.tasks.remove(5, None, CAUSE)
        await store.tasks.remove(FIRST, None, CAUSE)
        assert theirs in (None, await contents(store))

    @either_way
    async def test_transaction_leaves_no_dangling_hash(self, store: Store, begin: Begin) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        No hash comes back.
        """
        user = await add_user(store, "ann", 7)
        with suppress(TransactionConflict, Undo):
            async with overtaking(self, store, begin) as (inner, outside):
                await contents(inner)
                await outside(store.users.remove(user.id, CAUSE))
                await inner.credentials.replace(Credential(user, None), "late")
        assert await store.credentials.find("ann", None) is None
        await add_user(store, "ann", user.id)
        assert await store.credentials.find("ann", None) == Credential(user, None)

    async def test_race_of_transactions_loses_none(self, store: Store) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Whoever gets it leaves the block, and may run it again from the beginning. Nothing is lost.
        """
        task = await store.tasks.add(NewTask("marks", ""), None, CAUSE)

        async def add_mark(mark: str) -> None:
            for _ in range(200):
                saved = None
                try:
                    async with store.transaction() as inner:
                        found = await inner.tasks.get(task.id, None)
                        assert found is not None
                        marked = attrs.evolve(found, description=f"{found.description}{mark}")
                        saved = await save(inner, marked)
                except TransactionConflict:
                    continue
                if saved is not None:
                    return
            raise AssertionError("each lost round must mean that another caller won")

        marks = [chr(ord("A") + n) for n in range(8)]
        check_none_failed(await self.together(*(add_mark(mark) for mark in marks)))
        found = await store.tasks.get(task.id, None)
        assert found is not None
        assert sorted(found.description or "") == marks

"""The contract of `fring_core.Store.transaction`: one test per clause."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    EmailTaken,
    FringError,
    IdTaken,
    NewUser,
    Role,
    StoreUnavailable,
    TaskNotFound,
    TransactionConflict,
    UsernameTaken,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    Undo,
    add_task,
    add_user,
    contents,
    ghost_user,
    rows,
    save,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from fring_core import Store

HANGING = 30  # seconds after which a test that waits for nothing is given up


async def write_everywhere(store: Store) -> None:
    """Make one effect of every kind, beside a user 1 and a task 1 that are assigned."""
    user = await store.users.get(1)
    task = await store.tasks.get(1, None)
    assert user is not None
    assert task is not None
    assert await save(store, attrs.evolve(user, username="changed")) is not None
    assert await save(store, attrs.evolve(task, title="changed")) is not None
    await store.assignments.remove(1, 1, CAUSE)
    credential = await store.credentials.find("changed", None)
    assert credential is not None
    assert await store.credentials.replace(credential, "changed")
    assert await store.credentials.set_role(1, Role.ADMIN)
    await add_user(store, "new", 2, "new")
    await add_task(store, "new", 2)
    await add_task(store, "new", 3, "ann")
    await store.assignments.add(2, 2, CAUSE)
    await store.users.remove(4, CAUSE)
    await store.tasks.remove(4, None, CAUSE)


async def prepare(store: Store) -> object:
    """Add what `write_everywhere` changes, and return the store's contents."""
    for number in (1, 4):
        await add_user(store, f"u{number}", number, f"hash{number}")
        await add_task(store, f"t{number}", number)
        await store.assignments.add(number, number, CAUSE)
    return await contents(store)


def _failing(
    name: str, error: FringError, call: Callable[[Store], Coroutine[Any, Any, object]]
) -> Any:
    return pytest.param(error, call, id=name)


FAILING_CALLS = [
    _failing(
        "add: username",
        UsernameTaken("bob"),
        lambda store: store.users.add(NewUser("bob", "new@e.o"), CAUSE),
    ),
    _failing(
        "add: email",
        EmailTaken("bob@example.org"),
        lambda store: store.users.add(NewUser("new", "bob@example.org"), CAUSE),
    ),
    _failing("add: user id", IdTaken(8), lambda store: add_user(store, "new", 8)),
    _failing("add: task id", IdTaken(8), lambda store: add_task(store, "new", 8)),
    _failing("add: personal id", IdTaken(8), lambda store: add_task(store, "new", 8, "ann")),
    _failing(
        "save: username",
        UsernameTaken("bob"),
        lambda store: save(store, attrs.evolve(ghost_user(7), username="bob")),
    ),
    _failing(
        "save: email",
        EmailTaken("bob@example.org"),
        lambda store: save(store, attrs.evolve(ghost_user(7), email="bob@example.org")),
    ),
]

# Those that a store raises itself are no reason to commit, nor to try again.
LEFT_BY = (
    Undo(),
    asyncio.CancelledError(),
    KeyboardInterrupt(),
    TimeoutError(),
    UsernameTaken("bob"),
    TaskNotFound(9),
    StoreUnavailable("away"),
    TransactionConflict("clash"),
)


class TransactionTests(StoreTests):
    """Test the store's transactions."""

    async def test_transaction_rolls_back_when_a_call_raises(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back: a call's own as well."""
        before = await prepare(store)

        async def block() -> None:
            async with store.transaction() as inner:
                await write_everywhere(inner)
                await add_user(inner, "changed")

        with pytest.raises(UsernameTaken):
            await block()
        assert await contents(store) == before
        await write_everywhere(store)

    async def test_transaction_commits(self, store: Store) -> None:
        """Leaving the block normally MUST commit: effects come about together."""
        before = await prepare(store)
        async with store.transaction() as inner:
            await write_everywhere(inner)
            inside = await contents(inner)
        assert inside != before
        assert await contents(store) == inside

    @pytest.mark.parametrize("error", LEFT_BY)
    async def test_transaction_rolls_back(self, store: Store, error: BaseException) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back."""
        before = await prepare(store)

        async def block() -> None:
            async with store.transaction() as inner:
                await write_everywhere(inner)
                raise error

        with pytest.raises(type(error)):
            await block()
        assert await contents(store) == before
        await write_everywhere(store)

    async def test_transaction_rolls_back_when_its_task_is_cancelled(self, store: Store) -> None:
        """Leaving it by an exception, cancellation included, MUST roll back."""
        before = await prepare(store)
        waiting = asyncio.Event()

        async def block() -> None:
            async with store.transaction() as inner:
                await write_everywhere(inner)
                waiting.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(block())
        async with asyncio.timeout(HANGING):
            await waiting.wait()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        assert task.cancelled()
        assert await contents(store) == before
        await write_everywhere(store)

    async def test_transaction_is_invisible_until_its_commit(self, store: Store) -> None:
        """Until the commit, other callers MUST NOT see any effect."""
        before = await prepare(store)
        async with store.transaction() as inner:
            await write_everywhere(inner)
            assert await contents(store) == before
            assert await store.users.get(2) is None
            assert rows(await store.assignments.users_of(1)) != []
            assert await store.assignments.tasks_of(2, None) is None
        assert await store.users.get(2) is not None

    @pytest.mark.parametrize(("expected", "call"), FAILING_CALLS)
    async def test_transaction_survives_a_failed_call(
        self,
        store: Store,
        expected: FringError,
        call: Callable[[Store], Coroutine[Any, Any, object]],
    ) -> None:
        """A call that raises inside MUST leave the transaction as it was before, ready to go on.

        A call MUST be atomic.
        """
        await add_user(store, "ann", 7)
        async with store.transaction() as inner:
            await add_user(inner, "bob", 8)
            await add_task(inner, "task", 8)
            before = await contents(inner)
            for _ in range(2):
                with pytest.raises(type(expected)) as raised:
                    await call(inner)
                assert raised.value.args == expected.args
                assert await contents(inner) == before
            await add_user(inner, "cid", 9)
            after = await contents(inner)
        assert await contents(store) == after
        assert await store.users.get(9) is not None

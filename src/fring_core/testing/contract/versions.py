"""The contract of expected versions: what is meant for a row as it was seen spares any other."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    Fring,
    FringError,
    StoreUnavailable,
    Task,
    TaskChanges,
    TaskNotFound,
    TransactionConflict,
    User,
    VersionConflict,
)
from fring_core.testing.contract.base import PATIENCE, StoreTests
from fring_core.testing.contract.examples import (
    CALLERS,
    CAUSE,
    NOW,
    Undo,
    add_task,
    add_user,
    check_next,
    contents,
    hash_of,
    losers,
    rows,
    save,
)
from fring_core.testing.contract.turns import in_turns

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from fring_core import Store

    Row = User | Task

each_kind: pytest.MarkDecorator = pytest.mark.parametrize("kind", ["user", "task", "own task"])


async def _add(store: Store, kind: str, name: str = "ann") -> Any:
    if kind == "user":
        return await add_user(store, name)
    return await add_task(store, name, owner="ann" if kind == "own task" else None)


async def _get(store: Store, row: Row) -> Row | None:
    if isinstance(row, User):
        return await store.users.get(row.id)
    return await store.tasks.get(row.id, row.owner)


def _remove(store: Store, row: Row, version: int) -> Coroutine[Any, Any, bool]:
    if isinstance(row, User):
        return store.users.remove(row.id, CAUSE, version=version)
    return store.tasks.remove(row.id, row.owner, CAUSE, version=version)


async def _refuses(store: Store, row: Row, version: int) -> None:
    with pytest.raises(VersionConflict) as raised:
        await _remove(store, row, version)
    assert raised.value.version == row.version


class VersionTests(StoreTests):
    """Test removals of a row that must have a version, and races of all that expect one."""

    @each_kind
    async def test_version_of_what_is_removed(self, store: Store, kind: str) -> None:
        """With a `version`, a user that has another MUST be left as it is.

        With a `version`, a task that has another MUST be left as it is. Raise `VersionConflict`
        then, with the version that it has: as it is, and inside a transaction.
        """
        row, other = await _add(store, kind), await _add(store, kind, "bob")
        for _ in range(10):
            row = await save(store, row) or row
        before = await contents(store)
        for version in (0, 1, 10, 12, 2**63 - 1):
            await _refuses(store, row, version)
        assert await contents(store) == before
        async with store.transaction() as inner:
            await _refuses(inner, row, 1)
            inside = await save(inner, row)
            assert inside is not None
            await _refuses(inner, inside, row.version)
            assert await _remove(inner, inside, inside.version) is True
            assert await _remove(inner, inside, inside.version) is False
            assert await _get(inner, row) is None
        assert await _get(store, row) is None
        assert await _get(store, other) == other
        assert await _remove(store, other, other.version) is True
        for version in (0, 1, other.version + 1):
            assert await _remove(store, other, version) is False, "nobody has no version"

    async def test_version_of_a_task_on_another_list(self, store: Store) -> None:
        """A task on another list MUST be treated as absent, whatever its version."""
        tasks = [await add_task(store, owner=owner) for owner in (None, "ann")]
        before = await contents(store)
        for task in tasks:
            for owner in {None, "ann", "Ann", "bob"} - {task.owner}:
                for version in (task.version, task.version + 1):
                    assert await store.tasks.remove(task.id, owner, CAUSE, version=version) is False
        assert await contents(store) == before

    async def test_version_removed_takes_all_along(self, store: Store) -> None:
        """Remove a user, its hash and its assignments, not the tasks; tell whether it was there.

        The personal list `str(user_id)` MUST be removed too if there was a hash. Remove a task and
        its assignments, not the users; tell whether it was there. With a version it is the same,
        and what is not removed keeps it all.
        """
        user, bob = await add_user(store, "ann", 7, "hash"), await add_user(store, "bob", 8)
        own = await add_task(store, owner="7")
        theirs = await add_task(store, owner="8")
        task, other = await add_task(store), await add_task(store)
        for each in (user, bob):
            for given in (task, other):
                await store.assignments.add(each.id, given.id, CAUSE)
        await _refuses(store, user, 2)
        await _refuses(store, attrs.evolve(task, version=3), 2)
        assert await hash_of(store, 7) == "hash"
        assert await store.tasks.get(own.id, "7") == own
        assert rows(await store.assignments.users_of(task.id)) == [user, bob]
        assert await _remove(store, user, 1) is True
        assert await store.tasks.get(own.id, "7") is None
        assert await store.credentials.find("ann", None) is None
        assert rows(await store.assignments.users_of(task.id)) == [bob]
        assert await _remove(store, task, 4) is True
        assert rows(await store.assignments.tasks_of(8, None)) == [other]
        assert await _remove(store, bob, 1) is True
        assert await store.tasks.get(theirs.id, "8") == theirs
        again = await add_user(store, "ann", 7)
        assert await hash_of(store, again.id) is None

    @pytest.mark.parametrize("commits", [True, False])
    @each_kind
    async def test_version_that_is_changing(
        self, store: Store, kind: str, *, commits: bool
    ) -> None:
        """Calls at the same time MUST NOT undo each other's work.

        A transaction has changed a row that is to be removed at the version from before. If it
        comes to nothing, the row is removed; else one of the two is refused.
        """
        row = await _add(store, kind)
        refused, waiting = True, list[asyncio.Future[bool | FringError]]()
        with suppress(TransactionConflict, Undo):
            async with store.transaction() as inner:
                check_next(await save(inner, row), row)
                removing = self.beside(_remove(store, row, row.version))
                waiting.append(asyncio.ensure_future(removing))
                await asyncio.wait(waiting, timeout=PATIENCE)
                if not commits:
                    raise Undo
            refused = False
        [removed], found = await asyncio.gather(*waiting), await _get(store, row)
        if isinstance(removed, StoreUnavailable):
            assert found is not None, "it was not removed"
        elif refused:
            assert (removed, found) == (True, None)
        else:
            assert isinstance(removed, VersionConflict)
            assert removed.version == row.version + 1
            check_next(found, row)

    async def test_version_has_one_winner(self, store: Store) -> None:
        """`verb` MUST see the present row: of two or many who expect one version, one has its way.

        With a `version`, a task that has another MUST be left as it is.
        """
        fring = Fring(store, clock=lambda: NOW)

        def change(task: Task, number: int, *, deletes: bool) -> Coroutine[Any, Any, object]:
            if deletes:
                return fring.tasks.delete(task.id, version=1)
            return fring.tasks.update(task.id, TaskChanges(title=f"t{number}"), version=1)

        async def check(task: Task, results: list[Any]) -> None:
            lost = losers(results)
            assert len(lost) == len(results) - 1
            found = await store.tasks.get(task.id, None)
            if found is None:
                assert set(lost) <= {VersionConflict, TaskNotFound}
            else:
                assert set(lost) == {VersionConflict}
                check_next(found, attrs.evolve(task, title=found.title, updated_at=NOW))

        for lead in self.leads:
            task = await add_task(store)
            pair = change(task, 0, deletes=True), change(task, 1, deletes=False)
            await check(task, await in_turns(self, lead, *pair))
        for deletes in (CALLERS[:0], CALLERS[::2], CALLERS):
            task = await add_task(store)
            calls = [change(task, n, deletes=n in deletes) for n in CALLERS]
            await check(task, [*await self.together(*calls)])

"""The contract of removal: what is removed leaves nothing to whoever comes later."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from fring_core import Credential, NewTask, Role, TaskFilter, TaskStatus
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CALLERS,
    CAUSE,
    Undo,
    add_task,
    add_user,
    by_id,
    check_none_failed,
    contents,
    rows,
)
from fring_core.testing.contract.ids import both_kinds, near
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from fring_core import Store, Task
    from fring_core.testing.contract.ids import Add

# Lists whose names look like that of user 7.
LOOK_ALIKES = (None, "07", "7.0", "+7", " 7", "7 ", "70", "77", "\u0667", "", "ann")


async def remove(store: Store, number: int) -> None:
    """Remove the user or the shared task of this id."""
    assert await store.users.remove(number, CAUSE) or await store.tasks.remove(number, None, CAUSE)


async def chosen_ahead(store: Store, add: Add) -> list[int]:
    """Add a row with a drawn id, then some with ids that may be drawn next; return all ids."""
    base = (await add(store, "base")).id
    return [base, *[(await add(store, f"ahead{n}", n)).id for n in near(base)]]


async def check_none_drawn(store: Store, add: Add, had: list[int]) -> None:
    """Assert that the next ids which are drawn are none of these."""
    drawn = [(await add(store, f"drawn{n}")).id for n in range(12)]
    assert not set(drawn) & set(had)


async def _list(store: Store, owner: str) -> list[Task]:
    return list(await store.tasks.list(TaskFilter(), EVERYTHING, owner))


class InheritanceTests(StoreTests):
    """Test that nobody comes by what a removed user or task had, its id included."""

    @both_kinds
    async def test_id_removed_is_not_drawn(self, store: Store, add: Add) -> None:
        """With `new.id` None the store MUST draw an id that no user has ever had.

        With `new.id` None the store MUST draw an id that no task has ever had.
        """
        had = [(await add(store, "first", 1)).id]  # before anything is drawn
        await remove(store, 1)
        had += await chosen_ahead(store, add)
        assert len(set(had)) == len(had)
        for number in had[1:]:
            await remove(store, number)
        for n in range(12):
            drawn = (await add(store, f"drawn{n}")).id
            assert drawn not in had
            had.append(drawn)
            await remove(store, drawn)  # the newest: no row has an id as great any more

    @both_kinds
    async def test_id_removed_in_a_transaction_is_not_drawn(self, store: Store, add: Add) -> None:
        """With `new.id` None the store MUST draw an id that no user has ever had, in a transaction or not.

        With `new.id` None the store MUST draw an id that no task has ever had, in a transaction or not.
        """
        had = await chosen_ahead(store, add)
        async with store.transaction() as inner:
            for number in had[:2]:
                await remove(inner, number)
            async with inner.transaction() as innermost:
                for number in had[2:4]:
                    await remove(innermost, number)
            assert (await add(inner, "inner")).id not in had
        with suppress(Undo):
            async with store.transaction() as inner:
                await remove(inner, had[4])
                raise Undo
        for number in had[4:]:
            await remove(store, number)
        await check_none_drawn(store, add, had)

    @both_kinds
    async def test_id_drawn_while_others_remove(self, store: Store, add: Add) -> None:
        """With `new.id` None the store MUST draw an id that no user has ever had, at the same time too.

        With `new.id` None the store MUST draw an id that no task has ever had, at the same time too.
        """
        base = (await add(store, "base")).id
        had = [(await add(store, f"ahead{n}", n)).id for n in near(base, len(CALLERS))]

        async def give_up(number: int) -> int:
            await remove(store, number)
            return base

        async def draw(n: int) -> int:
            return (await add(store, f"drawn{n}")).id

        pairs = [(give_up(number), draw(n)) for n, number in enumerate(had)]
        results = await self.together(*(call for pair in pairs for call in pair))
        check_none_failed(results)
        assert not {given for given in results if isinstance(given, int)} & set(had)

    async def test_id_removed_with_an_account_is_not_drawn(self, store: Store) -> None:
        """With `new.id` None the store MUST draw an id that no task has ever had, on whichever list."""
        user = await add_user(store, "ann", None, "hash")
        base = (await add_task(store)).id
        had = [(await add_task(store, "t", n, str(user.id))).id for n in near(base)]
        await store.users.remove(user.id, CAUSE)
        await check_none_drawn(store, add_task, had)

    async def test_id_drawn_has_an_empty_list(self, store: Store) -> None:
        """The personal list of that name MUST be empty: of tasks of whatever status."""
        base = (await add_user(store, "base")).id
        strangers = [base + n for n in range(1, 9)]
        for number, status in zip(strangers, [*TaskStatus] * 2, strict=True):
            await store.tasks.add(NewTask("theirs", status=status), str(number), CAUSE)
        await check_none_drawn(store, add_user, strangers)

    async def test_id_chosen_again_by_a_user(self, store: Store) -> None:
        """A chosen id may be a removed user's, from whom the new one MUST inherit nothing."""
        task = await add_task(store)
        for name in ("ann", "bob", "cid"):
            user = await add_user(store, name, 7)
            assert await store.users.get(7) == user
            assert user.version == 1
            assert await store.credentials.find(name, None) == Credential(user, None)
            assert await store.credentials.get(7) == Credential(user, None)
            assert rows(await store.assignments.tasks_of(7, None)) == []
            assert rows(await store.assignments.users_of(task.id)) == []
            assert await _list(store, "7") == []
            assert await store.credentials.replace(Credential(user, None), "hash")
            await store.assignments.add(7, task.id, CAUSE)
            await add_task(store, owner="7")
            assert await store.users.remove(7, CAUSE)

    @pytest.mark.parametrize("owner", [None, "ann"])
    async def test_id_chosen_again_by_a_task(self, store: Store, owner: str | None) -> None:
        """A chosen id may be a removed task's, from which the new one MUST inherit nothing."""
        user = await add_user(store)
        await add_task(store, "first", 7)
        await store.assignments.add(user.id, 7, CAUSE)
        assert await store.tasks.remove(7, None, CAUSE)
        again = await add_task(store, "second", 7, owner)
        found = await store.tasks.get_with_users(7, owner)
        assert found is not None
        assert (found.task, list(found.users)) == (again, [])
        assert found.task.version == again.version == 1
        assert rows(await store.assignments.tasks_of(user.id, None)) == []
        for assigned, expected in ((True, []), (False, [again])):
            where = TaskFilter(assigned=assigned)
            assert list(await store.tasks.list(where, EVERYTHING, owner)) == expected

    @pytest.mark.parametrize("password_hash", ["hash", ""])
    async def test_user_remove_takes_its_list_along(self, store: Store, password_hash: str) -> None:
        """The personal list `str(user_id)` MUST be removed too if there was a hash."""
        await add_user(store, "ann", 7, password_hash)
        await add_user(store, "bob", 70, "hash")
        own = by_id([await add_task(store, f"{n}", owner="7") for n in range(3)])
        others = [await add_task(store, owner=owner) for owner in LOOK_ALIKES]
        before = await contents(store)
        with suppress(Undo):
            async with store.transaction() as inner:
                assert await inner.users.remove(7, CAUSE)
                assert await _list(inner, "7") == []
                raise Undo
        assert (await contents(store), await _list(store, "7")) == (before, own)
        assert await store.users.remove(7, CAUSE)
        assert await _list(store, "7") == []
        assert [await store.tasks.get(task.id, "7") for task in own] == [None] * 3
        assert [await store.tasks.get(task.id, task.owner) for task in others] == others

    async def test_user_remove_leaves_the_list_of_another(self, store: Store) -> None:
        """It MUST be left if there was none: then it is somebody else's."""
        await add_user(store, "ann", 7)
        await add_user(store, "bob", 8, "hash")
        lists = {owner: [await add_task(store, owner=owner)] for owner in ("7", "9")}
        assert await store.users.remove(7, CAUSE) is True
        assert await store.users.remove(7, CAUSE) is False
        assert await store.users.remove(9, CAUSE) is False, "there is no such user"
        assert {owner: await _list(store, owner) for owner in lists} == lists
        for role in Role:  # none of them stands for a hash
            await add_user(store, "ann", 7)
            assert await store.credentials.set_role(7, role) is True
            assert await store.users.remove(7, CAUSE) is True
            assert {owner: await _list(store, owner) for owner in lists} == lists

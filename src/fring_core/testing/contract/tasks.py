"""The contract of `fring_core.Tasks`: one test per clause."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import Cause, IdTaken, NewTask, Task, TaskStatus
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    LATER,
    OWNERS,
    PRECISE,
    add_task,
    add_user,
    check_next,
    contents,
    rows,
    save,
)

if TYPE_CHECKING:
    from fring_core import Store

AWKWARD = (
    "  ",
    "%_\\",
    "'\"; --",
    "a\u0301\u00e1",
    "👩\u200d👩\u200d👧",
    "line\r\nline\t",
    "\u202eabc",
    "\U0010ffff",
)


class TaskTests(StoreTests):
    """Test the store's tasks."""

    @pytest.mark.parametrize("due_date", [None, date.min, date(2024, 2, 29), date.max])
    async def test_task_add_returns_what_get_returns(
        self, store: Store, due_date: date | None
    ) -> None:
        """Entities MUST come back equal to what was stored, every field.

        Times MUST come back in UTC. Store a new task on a list, created and updated at `cause.at`, at
        version 1.
        """
        for owner, status in product(OWNERS, TaskStatus):
            new = NewTask(f"to do: {status}", "why", status, due_date)
            added = await store.tasks.add(new, owner, Cause(PRECISE))
            expected = Task(added.id, new.title, "why", status, PRECISE, PRECISE, owner, due_date)
            assert added == expected
            assert added.version == 1
            found = await store.tasks.get(added.id, owner)
            assert found is not None
            assert found == expected
            assert found.version == 1
            assert found.status is status
            for moment in (added.created_at, found.created_at, found.updated_at):
                assert moment.utcoffset() == timedelta(0)

    async def test_task_texts_come_back(self, store: Store) -> None:
        """Entities MUST come back equal to what was stored, texts to the last character."""
        longest = [("😀" * 200, "😀" * 10_000), ("a", ""), ("b", None)]
        for title, description in [*((text + ".", text) for text in AWKWARD), *longest]:
            owner = title[:1]
            added = await store.tasks.add(NewTask(title, description), owner, CAUSE)
            assert (added.title, added.description, added.owner) == (title, description, owner)
            assert await store.tasks.get(added.id, owner) == added

    async def test_task_add_refuses_an_id_in_use(self, store: Store) -> None:
        """Raise `IdTaken` if the chosen id is in use, on whichever list."""
        for number, holder in enumerate(OWNERS, 7):
            await add_task(store, "first", number, holder)
            before = await contents(store)
            for owner in OWNERS:
                with pytest.raises(IdTaken) as raised:
                    await add_task(store, "second", number, owner)
                assert raised.value.args == (number,)
            assert await contents(store) == before, "a call that raises has no effect"

    async def test_task_lists_are_separate(self, store: Store) -> None:
        """A task on another list MUST be treated as absent.

        Return the task with this id on this list, or None.
        """
        for owner in OWNERS:
            task = await add_task(store, owner=owner)
            before = await contents(store)
            for other in {*OWNERS, "nn", "ann ", ""} - {owner}:
                assert await store.tasks.get(task.id, other) is None
                assert await store.tasks.get_with_users(task.id, other) is None
                assert await save(store, attrs.evolve(task, owner=other)) is None
                assert await store.tasks.remove(task.id, other, CAUSE) is False
            assert await contents(store) == before

    async def test_task_get_with_users(self, store: Store) -> None:
        """Return the task with the users it is assigned to by ascending id, or None."""
        task, free = await add_task(store), await add_task(store, "free")
        users = [await add_user(store, f"u{number}", number) for number in (9, 2, 5, 4)]
        for user in users[:3]:
            assert (await store.assignments.add(user.id, task.id, CAUSE)).changed
        found = await store.tasks.get_with_users(task.id, None)
        assert found is not None
        assert found.task == task
        assert found.task.version == task.version + 3
        assert list(found.users) == [users[1], users[2], users[0]]
        without = await store.tasks.get_with_users(free.id, None)
        assert without is not None
        assert without.task == free
        assert list(without.users) == []
        personal = await add_task(store, owner="ann")
        of_ann = await store.tasks.get_with_users(personal.id, "ann")
        assert of_ann is not None
        assert (of_ann.task, list(of_ann.users)) == (personal, [])
        assert await store.tasks.get_with_users(personal.id + 1000, None) is None

    @pytest.mark.parametrize("owner", OWNERS)
    async def test_task_save_stores_every_field(self, store: Store, owner: str | None) -> None:
        """Replace a task by what `verb` makes of it, and return that one version on, or None."""
        added, other = await add_task(store, owner=owner), await add_task(store, owner=owner)
        changed = attrs.evolve(
            added,
            title="changed",
            description=None,
            status=TaskStatus.CANCELED,
            due_date=date(2025, 1, 1),
            updated_at=LATER,
        )
        saved = await save(store, changed)
        assert saved is not None
        check_next(saved, changed)
        assert saved.updated_at.utcoffset() == timedelta(0)
        check_next(await store.tasks.get(added.id, owner), changed)
        again = attrs.evolve(saved, description="", due_date=None)
        check_next(await save(store, again), again)
        assert await store.tasks.get(other.id, owner) == other, "no other row changes"

    @pytest.mark.parametrize("shift", [-1, 1, 7])
    async def test_task_save_wants_the_present_version(self, store: Store, shift: int) -> None:
        """`verb` MUST see the present row.

        MUST return None if there is no such task on the list.
        """
        present = await save(store, await add_task(store))
        assert present is not None
        before = await contents(store)
        stale = attrs.evolve(present, title="late", version=present.version + shift)
        assert await save(store, stale) is None
        assert await contents(store) == before

    async def test_task_save_after_removal(self, store: Store) -> None:
        """MUST return None if there is no such task on the list."""
        task = await add_task(store)
        await store.tasks.remove(task.id, None, CAUSE)
        assert await save(store, task) is None
        assert await store.tasks.get(task.id, None) is None

    async def test_task_remove_takes_assignments_along(self, store: Store) -> None:
        """Remove a task and its assignments, not the users; tell whether it was there."""
        user = await add_user(store)
        task, other = await add_task(store, "task", 7), await add_task(store, "other")
        for number in (task.id, other.id):
            await store.assignments.add(user.id, number, CAUSE)
        assert await store.tasks.remove(task.id, None, CAUSE) is True
        assert await store.tasks.get(task.id, None) is None
        assert await store.users.get(user.id) == user
        assert rows(await store.assignments.tasks_of(user.id, None)) == [other]
        assert await store.tasks.remove(task.id, None, CAUSE) is False
        await add_task(store, "again", task.id)
        assert rows(await store.assignments.users_of(task.id)) == []

    @pytest.mark.parametrize("owner", OWNERS)
    async def test_task_remove_on_its_list(self, store: Store, owner: str | None) -> None:
        """Remove a task and its assignments, not the users; tell whether it was there.

        No other task is touched.
        """
        tasks = {holder: await add_task(store, owner=holder) for holder in OWNERS}
        assert await store.tasks.remove(tasks[owner].id, owner, CAUSE) is True
        assert await store.tasks.remove(tasks[owner].id, owner, CAUSE) is False
        for holder, task in tasks.items():
            expected = None if holder == owner else task
            assert await store.tasks.get(task.id, holder) == expected

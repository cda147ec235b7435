"""The contract of many tasks at once: each as one alone, and all in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    Cause,
    Forbidden,
    IdTaken,
    NewTask,
    Task,
    TaskFilter,
    TaskStatus,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    DUE,
    LATER,
    OWNERS,
    PRECISE,
    Undo,
    add_task,
    add_user,
    check_next,
    rows,
)
from fring_core.testing.snapshot import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Store

TAKEN, REMOVED = 3, 5
SEVERAL = [
    NewTask("b", "why", TaskStatus.COMPLETED, DUE),
    NewTask("taken", id=TAKEN),
    NewTask("chosen", id=4),
    NewTask("a"),
    NewTask("chosen again", id=4),
    NewTask("of a removed one", id=REMOVED),
    NewTask("c", ""),
]
REFUSED = (1, 4)  # their places


def noted(task: Task) -> Task:
    """Return a task with its version noted behind what was noted before."""
    return attrs.evolve(task, description=f"{task.description or ''}{task.version} ")


async def add_many(store: Store, new: Sequence[NewTask], owner: str | None = None) -> list[Any]:
    """Add tasks at once; return what became of each."""
    return [*await store.tasks.add_many(new, owner, CAUSE)]


async def change_many(store: Store, ids: Sequence[int], owner: str | None = None) -> list[Any]:
    """Change tasks at once by `noted`; return what became of each."""
    return [*await store.tasks.change_many(ids, owner, noted, CAUSE)]


class ManyTests(StoreTests):
    """Test what adds and changes many."""

    @pytest.mark.parametrize("owner", OWNERS)
    async def test_many_are_added(self, store: Store, owner: str | None) -> None:
        """Store up to 1,000 new tasks on a list as `add` does; return what became of each, in order.

        Where the chosen id is in use, or one before it chose the same, `IdTaken` MUST stand in the
        place of the task. The others MUST be stored.
        """
        others = [await add_task(store, chosen=TAKEN), await add_task(store, "gone", REMOVED)]
        user = await add_user(store)
        await store.assignments.add(user.id, REMOVED, CAUSE)
        await store.tasks.remove(REMOVED, None, CAUSE)
        told = [*await store.tasks.add_many(SEVERAL, owner, Cause(PRECISE))]
        assert plain([told[place] for place in REFUSED]) == plain([IdTaken(TAKEN), IdTaken(4)])
        stored = [task for task in told if isinstance(task, Task)]
        given = [new for place, new in enumerate(SEVERAL) if place not in REFUSED]
        assert len(stored) == len(given)
        for task, new in zip(stored, given, strict=True):
            expected = new.as_task(new.id or task.id, owner, PRECISE)
            assert plain(task) == plain(expected)
            assert plain(await store.tasks.get(task.id, owner)) == plain(expected)
            whole = await store.tasks.get_with_users(task.id, owner)
            assert whole is not None
            assert rows(whole.users) == []
        assert plain(await store.tasks.get(TAKEN, None)) == plain(others[0])
        counts = [await store.tasks.count(TaskFilter(), each) for each in OWNERS]
        assert counts == [len(stored) * (each == owner) + (each is None) for each in OWNERS]

    async def test_many_draw_ids(self, store: Store) -> None:
        """An id that one of them chooses MUST NOT be drawn for another.

        With `new.id` None the store MUST draw an id that no task has ever had. It MUST NOT fail because a caller
        chose the id that was next.
        """
        last = await add_task(store)
        had = {last.id + ahead for ahead in range(1, 6)}
        for number in had:
            await add_task(store, chosen=number)
            await store.tasks.remove(number, None, CAUSE)
        chosen = {max(had) + ahead for ahead in (1, 2, 4, 7)}
        drawing = [NewTask("drawn")] * 6
        told = await add_many(
            store, [*drawing, *(NewTask("t", id=each) for each in chosen), *drawing]
        )
        stored = [task.id for task in told]
        assert {*stored[6:10]} == chosen
        assert len({*stored}) == len(told)
        assert not {*stored, last.id}.difference([last.id]) & (had | {last.id})
        for task_id in stored:
            assert await store.tasks.remove(task_id, None, CAUSE) is True
        again = await add_many(store, drawing)
        assert not {task.id for task in again} & {*stored, *had, last.id}

    async def test_many_are_changed(self, store: Store) -> None:
        """Change up to 1,000 tasks of a list as `change` does; return what became of each, in order.

        One that is named again MUST be changed again, from what the first made of it.
        """
        first, other, last = [await add_task(store, title, owner="ann") for title in "abc"]
        shared = await add_task(store, "shared")
        ids = [last.id, shared.id, first.id, last.id, 10**9, last.id]
        before = await store.tasks.get_with_users(shared.id, None)
        told = await change_many(store, ids, "ann")
        notes = [("1 ", 2), None, ("1 ", 2), ("1 2 ", 3), None, ("1 2 3 ", 4)]
        expected = [
            note
            and attrs.evolve(
                first if task_id == first.id else last,
                description=f"why{note[0]}",
                version=note[1],
            )
            for task_id, note in zip(ids, notes, strict=True)
        ]
        assert plain(told) == plain(expected)
        for task, stored in ((first, told[2]), (last, told[5]), (other, other)):
            assert plain(await store.tasks.get(task.id, "ann")) == plain(stored)
        assert plain(await store.tasks.get_with_users(shared.id, None)) == plain(before)

    async def test_many_changed_store_what_one_does(self, store: Store) -> None:
        """Change up to 1,000 tasks of a list as `change` does; return what became of each, in order.

        Every field that changes, and no other; and one that is as it was, too.
        """
        user, tasks = await add_user(store), [await add_task(store, title) for title in "ab"]
        for task in tasks:
            await store.assignments.add(user.id, task.id, CAUSE)
        ids = [task.id for task in tasks]
        becoming: dict[str, Any] = {
            "title": "new",
            "description": None,
            "status": TaskStatus.COMPLETED,
            "due_date": None,
            "updated_at": PRECISE,
        }
        told = await store.tasks.change_many(
            ids, None, lambda task: attrs.evolve(task, created_at=LATER, **becoming), CAUSE
        )
        for task, stored in zip(tasks, told, strict=True):
            assert isinstance(stored, Task)
            check_next(stored, attrs.evolve(task, version=2, **becoming))
        told = await store.tasks.change_many(ids, None, lambda task: task, CAUSE)
        for task, stored in zip(tasks, told, strict=True):
            assert isinstance(stored, Task)
            check_next(stored, attrs.evolve(task, version=3, **becoming))
            assert plain(await store.tasks.get(task.id, None)) == plain(stored)
            assert rows(await store.assignments.users_of(task.id)) == [user]

    @pytest.mark.parametrize("error", [Forbidden("no"), KeyError("no"), Undo()])
    async def test_many_changed_but_those_refused(self, store: Store, error: Exception) -> None:
        """An `Exception` that `verb` raises for one MUST stand in its place.

        The others MUST be changed. In a transaction, which goes on, it is the same.
        """
        tasks = [await add_task(store, title) for title in "abc"]
        first, refused, last = (task.id for task in tasks)

        def verb(task: Task) -> Task:
            if task.id == refused or task.version > 2:
                raise error
            return noted(task)

        async def check(store: Store, before: Sequence[Task]) -> list[Task]:
            asked = [refused, last, last, first, refused]
            told = [*await store.tasks.change_many(asked, None, verb, CAUSE)]
            assert [told[place] is error for place in (0, 4)] == [True, True]
            once, again, its = told[1:4]
            assert isinstance(once, Task)
            check_next(once, noted(before[2]))
            assert isinstance(again, Task)
            check_next(again, noted(once))
            assert isinstance(its, Task)
            check_next(its, noted(before[0]))
            for task in (its, before[1], again):
                assert plain(await store.tasks.get(task.id, None)) == plain(task)
            return [its, before[1], again]

        after = await check(store, tasks)
        assert rows(await store.tasks.change_many([last], None, verb, CAUSE)) == [error]
        assert plain(await store.tasks.get(last, None)) == plain(after[2])
        others = [await add_task(store, title) for title in "abc"]
        first, refused, last = (task.id for task in others)
        async with store.transaction() as inner:
            await check(inner, others)
            await add_task(inner, "after that", 10**6)
        assert await store.tasks.remove(10**6, None, CAUSE) is True

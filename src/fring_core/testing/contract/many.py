"""The contract of many tasks at once: each as one alone, and all in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    Forbidden,
    Fring,
    IdTaken,
    NewTask,
    Task,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TaskStatus,
    TransactionConflict,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    DUE,
    LATER,
    NOW,
    OWNERS,
    PRECISE,
    Undo,
    add_task,
    add_user,
    check_next,
    check_none_failed,
    contents,
    rows,
)
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Store

MOST = 1000
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


def _note(task: Task) -> Task:
    """Return a task with its version noted behind what was noted before."""
    return attrs.evolve(task, description=f"{task.description or ''}{task.version} ")


async def _add(store: Store, new: Sequence[NewTask], owner: str | None = None) -> list[Any]:
    return [*await store.tasks.add_many(new, owner, NOW)]


async def _change(store: Store, ids: Sequence[int], owner: str | None = None) -> list[Any]:
    return [*await store.tasks.change_many(ids, owner, _note)]


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
        await store.assignments.add(user.id, REMOVED)
        await store.tasks.remove(REMOVED, None)
        told = [*await store.tasks.add_many(SEVERAL, owner, PRECISE)]
        assert [told[place] for place in REFUSED] == [IdTaken(TAKEN), IdTaken(4)]
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
            await store.tasks.remove(number, None)
        chosen = {max(had) + ahead for ahead in (1, 2, 4, 7)}
        drawing = [NewTask("drawn")] * 6
        told = await _add(store, [*drawing, *(NewTask("t", id=each) for each in chosen), *drawing])
        stored = [task.id for task in told]
        assert {*stored[6:10]} == chosen
        assert len({*stored}) == len(told)
        assert not {*stored, last.id}.difference([last.id]) & (had | {last.id})
        for task_id in stored:
            assert await store.tasks.remove(task_id, None) is True
        again = await _add(store, drawing)
        assert not {task.id for task in again} & {*stored, *had, last.id}

    async def test_many_are_changed(self, store: Store) -> None:
        """Change up to 1,000 tasks of a list as `change` does; return what became of each, in order.

        One that is named again MUST be changed again, from what the first made of it.
        """
        first, other, last = [await add_task(store, title, owner="ann") for title in "abc"]
        shared = await add_task(store, "shared")
        ids = [last.id, shared.id, first.id, last.id, 10**9, last.id]
        before = await store.tasks.get_with_users(shared.id, None)
        told = await _change(store, ids, "ann")
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
            await store.assignments.add(user.id, task.id)
        ids = [task.id for task in tasks]
        becoming: dict[str, Any] = {
            "title": "new",
            "description": None,
            "status": TaskStatus.COMPLETED,
            "due_date": None,
            "updated_at": PRECISE,
        }
        told = await store.tasks.change_many(
            ids, None, lambda task: attrs.evolve(task, created_at=LATER, **becoming)
        )
        for task, stored in zip(tasks, told, strict=True):
            assert isinstance(stored, Task)
            check_next(stored, attrs.evolve(task, **becoming))
        told = await store.tasks.change_many(ids, None, lambda task: task)
        for task, stored in zip(tasks, told, strict=True):
            assert isinstance(stored, Task)
            check_next(stored, attrs.evolve(task, version=2, **becoming))
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
            return _note(task)

        async def check(store: Store, before: Sequence[Task]) -> list[Task]:
            asked = [refused, last, last, first, refused]
            told = [*await store.tasks.change_many(asked, None, verb)]
            assert [told[place] is error for place in (0, 4)] == [True, True]
            once, again, its = told[1:4]
            assert isinstance(once, Task)
            check_next(once, _note(before[2]))
            assert isinstance(again, Task)
            check_next(again, _note(once))
            assert isinstance(its, Task)
            check_next(its, _note(before[0]))
            for task in (its, before[1], again):
                assert plain(await store.tasks.get(task.id, None)) == plain(task)
            return [its, before[1], again]

        after = await check(store, tasks)
        assert await store.tasks.change_many([last], None, verb) == [error]
        assert plain(await store.tasks.get(last, None)) == plain(after[2])
        others = [await add_task(store, title) for title in "abc"]
        first, refused, last = (task.id for task in others)
        async with store.transaction() as inner:
            await check(inner, others)
            await add_task(inner, "after that", 10**6)
        assert await store.tasks.remove(10**6, None) is True

    async def test_many_may_be_none(self, store: Store) -> None:
        """Store up to 1,000 new tasks on a list as `add` does; return what became of each, in order.

        Change up to 1,000 tasks of a list as `change` does; return what became of each, in order. None are none.
        """
        await add_task(store)
        before = await contents(store)
        assert await _add(store, []) == []
        assert await _change(store, []) == []
        async with store.transaction() as inner:
            assert await _add(inner, []) == []
            assert await _change(inner, []) == []
        assert await contents(store) == before

    async def test_many_at_most(self, store: Store) -> None:
        """Store up to 1,000 new tasks on a list as `add` does; return what became of each, in order.

        Change up to 1,000 tasks of a list as `change` does; return what became of each, in order.
        """
        titles = [f"t{number}" for number in range(MOST)]
        stored = await _add(store, [NewTask(title) for title in titles])
        assert [task.title for task in stored] == titles
        told = await _change(store, [task.id for task in reversed(stored)])
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
        try:
            async with store.transaction() as inner:
                told += await _add(inner, [NewTask("new"), NewTask("taken", id=task.id)])
                told += await _change(inner, [task.id, told[0].id, task.id])
                for stored in told[3:]:
                    assert plain(await inner.tasks.get(stored.id, None)) == plain(stored)
                assert await contents(store) == before
                if not commits:
                    raise Undo
        except Undo:
            assert await contents(store) == before
        else:
            for stored in told[3:]:
                assert plain(await store.tasks.get(stored.id, None)) == plain(stored)
        assert told[1] == IdTaken(task.id)
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
        assert await store.tasks.remove(new.id, None) is True
        assert await contents(store) == before

    async def test_many_race_loses_none(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work, whichever rows they have in common."""
        tasks = [await add_task(store, f"t{number}") for number in range(6)]
        ids = [task.id for task in tasks]
        asked = [ids, ids[::-1], [*ids[3:], *ids[:3]], ids[::2], [ids[0], ids[5], ids[0]]] * 3
        many = [store.tasks.change_many(each, None, _note) for each in asked]
        single = [store.tasks.change(each, None, _note) for each in ids]
        results = await self.together(*_mixed(many, single))
        check_none_failed(results)
        for task in tasks:
            changes = 1 + sum(each.count(task.id) for each in asked)
            noted = "".join(f"{number} " for number in range(1, changes + 1))
            expected = attrs.evolve(task, description=f"why{noted}", version=changes)
            check_next(await store.tasks.get(task.id, None), expected)

    async def test_many_race_of_additions(self, store: Store) -> None:
        """Calls at the same time MUST NOT undo each other's work: of those who choose an id, one has it.

        What one call returns MUST have been so at one moment: all that it adds is there, or nothing.
        """
        ids = [10, 11, 12]
        calls = [_add(store, [*map(_choosing, ids[::step]), NewTask("t")]) for step in (1, -1) * 4]
        lists = [store.tasks.list(TaskFilter(), EVERYTHING, None) for _ in range(8)]
        results: list[Any] = await self.together(*_mixed(calls, lists))
        check_none_failed(results)
        told = [[*each] for each in results if isinstance(each, list)]
        drawn = {each[-1].id for each in told if len(each) == 4 and each[-1].title == "t"}
        assert len(drawn) == 8, "each draws one of its own"
        assert not drawn & {*ids}
        kept = sorted(task.id for task in await store.tasks.list(TaskFilter(), EVERYTHING, None))
        assert kept == sorted([*ids, *drawn])

    async def test_many_race_of_all_or_none(self, store: Store) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing."""
        tasks = [await add_task(store, f"t{number}") for number in range(4)]
        ids = [task.id for task in tasks]

        async def change(ids: Sequence[int]) -> bool:
            try:
                async with store.transaction() as inner:
                    await inner.tasks.change_many(ids, None, _note)
            except TransactionConflict:
                return False
            return True

        results = await self.together(*(change(ids[::step]) for step in (1, -1) * 4))
        done = sum(result is True for result in results)
        assert done
        for task in tasks:
            noted = "".join(f"{number} " for number in range(1, done + 1))
            expected = attrs.evolve(task, description=f"why{noted}", version=done)
            check_next(await store.tasks.get(task.id, None), expected)


def _choosing(task_id: int) -> NewTask:
    return NewTask("chosen", id=task_id)


def _mixed(*kinds: Sequence[Any]) -> list[Any]:
    """Return calls of several kinds, so that one of each comes after the other."""
    longest = max(map(len, kinds))
    return [kind[place] for place in range(longest) for kind in kinds if place < len(kind)]

"""The contract of ownership: no call on one list reads, changes or counts another's tasks."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Final

import attrs
import pytest

from fring_core import (
    Fring,
    NewTask,
    Outcome,
    Page,
    Task,
    TaskChanges,
    TaskFilter,
    TaskNotFound,
    TaskOrder,
    TaskStatus,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CALLERS,
    CAUSE,
    DUE,
    LATER,
    OWNERS,
    add_task,
    add_user,
    by_id,
    contents,
    rows,
    save,
)
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from fring_core import Store

# Names that look alike, mean something to a database, or are nearly none.
STRANGE_OWNERS = (
    "",
    " ",
    "ann ",
    "ANN",
    "an_",
    "an%",
    "%",
    "\\",
    "None",
    "null",
    "' OR owner IS NULL --",
    "a\u0301nn",
    "\u00e1nn",
    "😀",
    "x" * 255,
)

every_owner: Final = pytest.mark.parametrize("owner", OWNERS)


async def _fill(store: Store) -> dict[str | None, list[Task]]:
    """Add alike tasks to every list, interleaved, and return them by list."""
    lists: dict[str | None, list[Task]] = {owner: [] for owner in OWNERS}
    for status in (*TaskStatus, *TaskStatus):
        for owner, tasks in lists.items():
            new = NewTask("task", "why", status, DUE)
            tasks.append(await store.tasks.add(new, owner, CAUSE))
    return {owner: by_id(tasks) for owner, tasks in lists.items()}


async def _lists(store: Store) -> dict[str | None, list[Task]]:
    return {
        owner: list(await store.tasks.list(TaskFilter(), EVERYTHING, owner)) for owner in OWNERS
    }


class OwnerTests(StoreTests):
    """Test that lists are apart."""

    @pytest.mark.parametrize("order", TaskOrder)
    async def test_owner_lists_its_own(self, store: Store, order: TaskOrder) -> None:
        """A task on another list MUST be treated as absent: by lists, filters and pages."""
        for owner, tasks in (await _fill(store)).items():
            if order is TaskOrder.NEWEST_FIRST:
                tasks.reverse()
            for where in (TaskFilter(), TaskFilter(title="as"), TaskFilter(assigned=False)):
                assert list(await store.tasks.list(where, EVERYTHING, owner, order)) == tasks
                assert list(await store.tasks.list(where, Page(3, 2), owner, order)) == tasks[3:5]
            for status in TaskStatus:
                for where in (TaskFilter(status), TaskFilter(status, "task", assigned=False)):
                    expected = [task for task in tasks if task.status is status]
                    listed = await store.tasks.list(where, EVERYTHING, owner, order)
                    assert list(listed) == expected

    async def test_owner_finds_no_other_task(self, store: Store) -> None:
        """A task on another list MUST be treated as absent, by every call that names a task."""
        lists = await _fill(store)
        before = await contents(store)
        fring = Fring(store, clock=lambda: LATER)
        for owner, asking in permutations(OWNERS, 2):
            task = lists[owner][0]
            assert await store.tasks.get(task.id, asking) is None
            assert await store.tasks.get_with_users(task.id, asking) is None
            assert await save(store, attrs.evolve(task, title="x", owner=asking)) is None
            assert await store.tasks.remove(task.id, asking, CAUSE) is False
            for call in (
                fring.tasks.get_with_users(task.id, owner=asking),
                fring.tasks.update(task.id, TaskChanges("x"), owner=asking),
                fring.tasks.set_status(task.id, TaskStatus.CANCELED, owner=asking),
                fring.tasks.toggle(task.id, owner=asking),
                fring.tasks.delete(task.id, owner=asking),
            ):
                with pytest.raises(TaskNotFound):
                    await call
            assert await contents(store) == before

    @pytest.mark.parametrize("owner", OWNERS[1:])
    async def test_owner_assigns_to_nobody(self, store: Store, owner: str) -> None:
        """A task on a personal list does not exist here: no user has it, and none is told of it."""
        user, shared = await add_user(store), await add_task(store)
        task = await add_task(store, owner=owner)
        await store.assignments.add(user.id, shared.id, CAUSE)
        before = await contents(store)
        absent = Outcome(user_exists=True, task_exists=False, changed=False)
        assert await store.assignments.add(user.id, task.id, CAUSE) == absent
        assert await store.assignments.remove(user.id, task.id, CAUSE) == absent
        assert await store.assignments.users_of(task.id) is None
        assert rows(await store.assignments.tasks_of(user.id, None)) == [shared]
        with_tasks = await store.users.get_with_tasks(user.id)
        assert with_tasks is not None
        assert list(with_tasks.tasks) == [shared]
        assert list(await store.tasks.list(TaskFilter(assigned=True), EVERYTHING, owner)) == []
        assert list(await store.tasks.list(TaskFilter(assigned=False), EVERYTHING, owner)) == [task]
        assert await contents(store) == before

    @every_owner
    async def test_owner_changes_its_own_alone(self, store: Store, owner: str | None) -> None:
        """A call MUST leave every other list as it is."""
        lists = await _fill(store)
        fring = Fring(store, clock=lambda: LATER)
        first, second, third, *others = lists[owner]
        changed = await fring.tasks.update(first.id, TaskChanges("new"), owner=owner)
        toggled = await fring.tasks.toggle(second.id, owner=owner)
        await fring.tasks.delete(third.id, owner=owner)
        added = await add_task(store, "added", owner=owner)
        own = [changed, toggled, *others, added]
        lists[owner] = sorted(own, key=lambda task: task.id)
        assert await _lists(store) == lists

    async def test_owner_is_exactly_that_text(self, store: Store) -> None:
        """`owner` selects a list: None the shared board, a text the personal list of that name."""
        owners = (*OWNERS, *STRANGE_OWNERS)
        tasks = [await add_task(store, owner=owner) for owner in owners]
        for owner, task in zip(owners, tasks, strict=True):
            for order in TaskOrder:
                assert list(await store.tasks.list(TaskFilter(), Page(), owner, order)) == [task]
            found = [await store.tasks.get(each.id, owner) for each in tasks]
            assert found == [task if each is task else None for each in tasks]

    async def test_owner_of_each_of_many_callers(self, store: Store) -> None:
        """A call MUST leave every other list as it is, with many callers at once too."""
        owners = [OWNERS[n % len(OWNERS)] for n in CALLERS]
        added = await self.together(*(add_task(store, f"t{n}", owner=owners[n]) for n in CALLERS))
        tasks = sorted((task for task in added if isinstance(task, Task)), key=lambda t: t.id)
        assert len(tasks) == len(CALLERS)
        assert await _lists(store) == {
            owner: [task for task in tasks if task.owner == owner] for owner in OWNERS
        }

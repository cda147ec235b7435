"""The contract of the orders that tasks are listed in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest

from fring_core import Cause, NewTask, Page, Task, TaskFilter, TaskOrder, TaskStatus
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import LATER, NOW, OWNERS, save
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_core import Store

# Added in this order: ids, microseconds after NOW, titles. Neither ids nor the order of adding
# follow the times, some of which are equal; nor the titles, some of which are equal too.
ROWS = (
    (9, 0, "b"),
    (2, 5, "B"),
    (30, 5, "a"),
    (5, 5, "\u00e4"),
    (1, -7, "😀"),  # after U+FFFF by code point, before it in UTF-16
    (10, 0, "\uffff"),
    (4, 10**9, "a"),
    (7, 0, "a\u0301"),
    (8, 1, "_"),
    (3, 1, " a"),
    (6, 1, "a b"),
    (11, 1, "B"),
    # A whole second and one with a fraction: as texts, they may sort the other way round.
    (13, 12_346, "c"),
    (12, 12_347, "c"),
)

EXPECTED: Final[dict[TaskOrder, Callable[[Task], Any]]] = {
    TaskOrder.BY_ID: lambda task: task.id,
    TaskOrder.NEWEST_FIRST: lambda task: (NOW - task.created_at, -task.id),
    TaskOrder.BY_TITLE: lambda task: ([ord(char) for char in task.title], task.id),
}

every_order: Final = pytest.mark.parametrize("order", TaskOrder)


async def fill(store: Store) -> dict[str | None, list[Task]]:
    """Add the rows to every list, interleaved, in every status, and return them by list."""
    lists: dict[str | None, list[Task]] = {owner: [] for owner in OWNERS}
    statuses = [*TaskStatus] * len(ROWS)
    for (number, ticks, title), status in zip(ROWS, statuses, strict=False):
        for shift, owner in enumerate(OWNERS):
            new = NewTask(title, status=status, id=100 * shift + number)
            task = await store.tasks.add(new, owner, Cause(NOW + timedelta(microseconds=ticks)))
            lists[owner].append(task)
    return lists


class OrderTests(StoreTests):
    """Test the orders of lists."""

    @every_order
    async def test_order_of_a_list(self, store: Store, order: TaskOrder) -> None:
        """Return the tasks of a list that match, in this order, the page only."""
        for owner, tasks in (await fill(store)).items():
            listed = await store.tasks.list(TaskFilter(), EVERYTHING, owner, order)
            assert list(listed) == sorted(tasks, key=EXPECTED[order])
        assert list(await store.tasks.list(TaskFilter(), EVERYTHING, "nobody", order)) == []

    async def test_order_by_default(self, store: Store) -> None:
        """Return the tasks of a list that match, in this order, the page only.

        By id if none is named.
        """
        for owner, tasks in (await fill(store)).items():
            listed = await store.tasks.list(TaskFilter(), EVERYTHING, owner)
            assert list(listed) == sorted(tasks, key=EXPECTED[TaskOrder.BY_ID])

    @every_order
    async def test_order_of_pages(self, store: Store, order: TaskOrder) -> None:
        """Return the tasks of a list that match, in this order, the page only.

        A page past the last task MUST be empty, in every order.
        """
        for owner, filled in (await fill(store)).items():
            tasks = sorted(filled, key=EXPECTED[order])
            for limit in (1, 2, 5, len(tasks)):
                for skip in range(len(tasks) + 2):
                    page = await store.tasks.list(TaskFilter(), Page(skip, limit), owner, order)
                    assert list(page) == tasks[skip : skip + limit], (skip, limit)

    @every_order
    async def test_order_of_what_matches(self, store: Store, order: TaskOrder) -> None:
        """Exactly the tasks that meet every condition of the filter MUST be listed.

        Pages count what matches, in every order.
        """
        for owner, filled in (await fill(store)).items():
            tasks = sorted(filled, key=EXPECTED[order])
            for where, kept in (
                (TaskFilter(title="a"), [task for task in tasks if "a" in task.title]),
                (TaskFilter(status=TaskStatus.TODO), [t for t in tasks if t.status == "todo"]),
                (TaskFilter(completed=True), [t for t in tasks if t.status == "completed"]),
                (TaskFilter(completed=False), [t for t in tasks if t.status != "completed"]),
                (TaskFilter(assigned=True), []),
                (TaskFilter("todo", "a", completed=True), []),
                (TaskFilter(assigned=False), tasks),
            ):
                assert list(await store.tasks.list(where, EVERYTHING, owner, order)) == kept, where
                second = await store.tasks.list(where, Page(1, 2), owner, order)
                assert list(second) == kept[1:3], where

    async def test_order_stays_when_tasks_change(self, store: Store) -> None:
        """Return the tasks of a list that match, in this order, the page only.

        Newest first is by `created_at`: a task that is changed keeps its place.
        """
        for owner, filled in (await fill(store)).items():
            tasks = sorted(filled, key=EXPECTED[TaskOrder.NEWEST_FIRST])
            for ticks, task in enumerate(tasks[::-2]):
                later = LATER + timedelta(microseconds=ticks)
                assert await save(store, attrs.evolve(task, updated_at=later)) is not None
            listed = await store.tasks.list(TaskFilter(), EVERYTHING, owner, TaskOrder.NEWEST_FIRST)
            assert [task.id for task in listed] == [task.id for task in tasks]

"""The contract of places: pages that begin behind one, while others write."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from fring_core import (
    Cause,
    NewTask,
    Page,
    Place,
    Task,
    TaskFilter,
    TaskOrder,
    TaskStatus,
    User,
    UserFilter,
)
from fring_core.ids import MAX_ID
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, LATER, NOW, add_user, save
from fring_core.testing.contract.orders import EXPECTED, ROWS, every_order, fill
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_core import Store

FILTERS = (TaskFilter(), TaskFilter(title="a"), TaskFilter("todo"), TaskFilter(completed=False))
KEPT: dict[TaskFilter, Callable[[Task], bool]] = {
    FILTERS[0]: lambda _: True,
    FILTERS[1]: lambda task: "a" in task.title,
    FILTERS[2]: lambda task: task.status == "todo",
    FILTERS[3]: lambda task: task.status != "completed",
}


MOST = 200  # pages, of which far fewer are needed


def _others(order: TaskOrder) -> list[Place]:
    """Return places where no task stands: beside tasks of the same value, between and beyond.

    Of one there is a task by its id, but elsewhere.
    """
    values: dict[TaskOrder, list[Any]] = {
        TaskOrder.BY_ID: [None],
        TaskOrder.NEWEST_FIRST: [NOW + timedelta(microseconds=n) for n in (-8, 0, 3, 5, 10**10)],
        TaskOrder.BY_TITLE: ["", "a", "a\u0301!", "B", "\U0010ffff"],
    }
    return [Place(number, value) for value in values[order] for number in (0, 10, 14, MAX_ID)]


def _key(place: Place, order: TaskOrder) -> Any:
    """Return what a place is sorted by, as `EXPECTED` does it for tasks."""
    moment = place.value if isinstance(place.value, datetime) else NOW
    title = place.value if isinstance(place.value, str) else ""
    return EXPECTED[order](Task(place.id, title, None, TaskStatus.TODO, moment, moment))


class PlaceTests(StoreTests):
    """Test pages that begin behind a place."""

    @every_order
    async def test_place_in_an_order(self, store: Store, order: TaskOrder) -> None:
        """With `page.after`, exactly the tasks behind that place MUST be listed.

        Among those that match, on their own list; and `skip` counts from there.
        """
        for shift, (owner, filled) in enumerate((await fill(store)).items()):
            tasks = sorted(filled, key=EXPECTED[order])
            await store.tasks.remove(tasks[3].id, owner, CAUSE)
            places = [*(Place.of(task, order) for task in tasks), *_others(order)]
            for number, place in enumerate(places):
                where = FILTERS[(number + shift) % len(FILTERS)]
                behind = [
                    task
                    for task in tasks
                    if EXPECTED[order](task) > _key(place, order)
                    and KEPT[where](task)
                    and task != tasks[3]
                ]
                for page in (attrs.evolve(EVERYTHING, after=place), Page(1, 2, place)):
                    found = await store.tasks.list(where, page, owner, order)
                    end = page.skip + page.limit
                    assert list(found) == behind[page.skip : end], (page, where)
                    assert found.more is (len(behind) > end), (page, where)

    @every_order
    @pytest.mark.parametrize("limit", [1, 3])
    async def test_place_while_others_write_tasks(
        self, store: Store, order: TaskOrder, limit: int
    ) -> None:
        """Pages, each after the last task of the one before, MUST list once what stays and matches.

        All along, in its place, whatever others do meanwhile.
        """
        for owner, filled in (await fill(store)).items():
            for where in FILTERS[:1] + FILTERS[3:]:
                staying = [task for task in filled if KEPT[where](task)]
                others = [await _beside(store, task) for task in filled[::2]]
                seen, page = list[Task](), Page(limit=limit)
                for turn in range(MOST):
                    found = await store.tasks.list(where, page, owner, order)
                    seen += found
                    if not found.more:
                        break
                    page = attrs.evolve(page, after=Place.of(found[-1], order))
                    if turn % 3 == 0:  # or there would be ever more to see
                        others.append(await _beside(store, found[-1]))
                    await _write(store, found[-1], turn, staying, others)
                ids = {task.id for task in staying}
                assert [task.id for task in seen if task.id in ids] == [
                    task.id for task in sorted(staying, key=EXPECTED[order])
                ], where
                for task in others:
                    await store.tasks.remove(task.id, owner, CAUSE)

    @pytest.mark.parametrize("limit", [1, 3])
    async def test_place_while_others_write_users(self, store: Store, limit: int) -> None:
        """Pages, each after the last user of the one before, MUST list once what stays and matches.

        All along, whatever others do meanwhile.
        """
        staying = [await add_user(store, f"u{number}", 10 * number) for number in range(1, 9)]
        leaving = [await add_user(store, f"ul{number}", number) for number in (5, 20 + 1, 79, 81)]
        seen, page = list[User](), Page(limit=limit)
        for turn in range(MOST):
            found = await store.users.list(UserFilter("u"), page)
            seen += found
            if not found.more:
                break
            last = found[-1].id
            page = attrs.evolve(page, after=Place(last))
            if turn < 5:  # or there would be ever more to see
                await add_user(store, f"ud{turn}")
                await add_user(store, f"uc{turn}", 41 + turn)
            if found[-1] in leaving:
                await store.users.remove(last, CAUSE)
            present = await store.users.get(staying[turn % len(staying)].id)
            assert present is not None
            await save(store, attrs.evolve(present, username=f"u{turn}of{present.id}"))
        ids = [user.id for user in staying]
        assert [user.id for user in seen if user.id in ids] == ids


async def _beside(store: Store, task: Task) -> Task:
    """Add a task that the orders tell from this one by its id alone."""
    return await store.tasks.add(NewTask(task.title), task.owner, Cause(task.created_at))


async def _write(
    store: Store, last: Task, turn: int, staying: list[Task], others: list[Task]
) -> None:
    """Change one that stays, but not its place; have another go, and another move."""
    stays, moves = staying[turn % len(staying)], others[turn % len(others)]
    if (present := await store.tasks.get(stays.id, stays.owner)) is not None:
        await save(store, attrs.evolve(present, description="changed", updated_at=LATER))
    if last in others:
        await store.tasks.remove(last.id, last.owner, CAUSE)
    if (present := await store.tasks.get(moves.id, moves.owner)) is not None:
        title, status = ROWS[turn % len(ROWS)][-1], [*TaskStatus][turn % len(TaskStatus)]
        await save(store, attrs.evolve(present, title=title, status=status))

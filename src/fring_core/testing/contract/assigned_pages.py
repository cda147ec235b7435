"""The contract of a user's tasks and a task's users, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import NewTask, Page, Place, TaskStatus
from fring_core.ids import MAX_ID
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, add_task, add_user

if TYPE_CHECKING:
    from fring_core import Store, Task, User

IDS = (30, 4, 10, 1, 9, 5, 2)
PLACES = (None, *(Place(number) for number in (0, 1, 3, 9, 29, 30, 2**32 + 1, MAX_ID)))
PAGES = [
    Page(skip, limit, after)
    for after in PLACES
    for skip, limit in ((0, 0), (0, 1), (0, 7), (1, 3), (6, 1), (7, 2), (0, 1000), (2**40, 5))
]
MOST = 50  # pages, of which far fewer are needed


async def _assigned(store: Store) -> tuple[User, Task]:
    """Assign tasks to a user and users to a task, with these ids; others stand on both sides."""
    user, task = await add_user(store, "user", 100), await add_task(store, "task", 100)
    other, its_task = await add_user(store, "other", 3), await add_task(store, "other", 3)
    for number in IDS:
        status = TaskStatus.COMPLETED if number in (1, 9) else TaskStatus.TODO
        its = await store.tasks.add(NewTask("t", status=status, id=number), None, CAUSE)
        await store.assignments.add(user.id, its.id, CAUSE)
        its_user = await add_user(store, f"u{number}", number)
        await store.assignments.add(its_user.id, task.id, CAUSE)
        await store.assignments.add(other.id, its.id, CAUSE)
    await store.assignments.add(other.id, its_task.id, CAUSE)
    last, their_task = await add_user(store, "last", 200), await add_task(store, "last", 200)
    for number in (its_task.id, their_task.id):
        await store.assignments.add(last.id, number, CAUSE)
    await store.assignments.add(other.id, their_task.id, CAUSE)
    return user, task


def _part(numbers: list[int], page: Page) -> tuple[list[int], bool]:
    """Return which of these are on a page, and whether others come behind it."""
    start = -1 if page.after is None else page.after.id
    behind = [number for number in sorted(numbers) if number > start][page.skip :]
    return behind[: page.limit], len(behind) > page.limit


class AssignedPageTests(StoreTests):
    """Test the store's assignments, a page at a time."""

    async def test_assigned_pages(self, store: Store) -> None:
        """With a page, only those on it, and its `more` MUST tell whether others of them come behind.

        It begins behind its place, if it has one.
        """
        user, task = await _assigned(store)
        for page in PAGES:
            tasks = await store.assignments.tasks_of(user.id, None, page)
            users = await store.assignments.users_of(task.id, page)
            assert tasks is not None
            assert users is not None
            assert ([each.id for each in tasks], tasks.more) == _part([*IDS], page), page
            assert ([each.id for each in users], users.more) == _part([*IDS], page), page

    async def test_assigned_pages_of_a_status(self, store: Store) -> None:
        """Return a user's shared tasks by ascending id, those in `status` if it is given.

        With a page, only those on it, and its `more` MUST tell whether others of them come behind.
        """
        user, _ = await _assigned(store)
        their_ids = {TaskStatus.COMPLETED: [1, 9], TaskStatus.TODO: [2, 4, 5, 10, 30]}
        for status in TaskStatus:
            for page in PAGES:
                found = await store.assignments.tasks_of(user.id, status, page)
                assert found is not None
                expected = _part(their_ids.get(status, []), page)
                assert ([each.id for each in found], found.more) == expected, (status, page)

    async def test_assigned_pages_of_what_is_absent(self, store: Store) -> None:
        """MUST return None if there is no such user.

        Return the users of a shared task by ascending id, or None if there is no such task.
        """
        personal = await add_task(store, owner="ann")
        for page in PAGES[:8]:
            for status in (None, TaskStatus.TODO):
                assert await store.assignments.tasks_of(999, status, page) is None
            for number in (999, personal.id):
                assert await store.assignments.users_of(number, page) is None

    @pytest.mark.parametrize("limit", [1, 3])
    async def test_assigned_pages_while_others_assign(self, store: Store, limit: int) -> None:
        """It begins behind its place, if it has one."""
        user, task = await _assigned(store)
        leaving, staying = {4, 10}, [1, 2, 5, 9, 30]
        tasks, users, page = list[int](), list[int](), Page(limit=limit)
        for turn in range(MOST):
            its_tasks = await store.assignments.tasks_of(user.id, None, page)
            its_users = await store.assignments.users_of(task.id, page)
            assert its_tasks
            assert its_users
            tasks += [each.id for each in its_tasks]
            users += [each.id for each in its_users]
            if not its_tasks.more:
                break
            last = its_tasks[-1].id
            page = attrs.evolve(page, after=Place(last))
            if turn < 2:  # beside, for both to see the same pages
                await store.assignments.add(
                    user.id, (await add_task(store, "d", 31 + turn)).id, CAUSE
                )
                new = await add_user(store, f"d{turn}", 31 + turn)
                await store.assignments.add(new.id, task.id, CAUSE)
            for number in leaving & {last}:
                await store.assignments.remove(user.id, number, CAUSE)
                await store.users.remove(number, CAUSE)
        assert [each for each in tasks if each in staying] == staying
        assert [each for each in users if each in staying] == staying

"""The contract of the lists of users and tasks: order and pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

import attrs
import pytest

from fring_core import Page, Place, Task, TaskFilter, TaskOrder, TaskStatus, UserFilter
from fring_core.queries import MAX_SKIP
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import (
    CAUSE,
    OWNERS,
    add_task,
    add_user,
    retitled,
    save,
)
from fring_core.testing.contract.hearing import becoming
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from fring_core import Store

# Added in this order; ids must not come back in it.
SHUFFLED = (9, 2, 30, 5, 1, 10, 4)
# Pages that begin behind them; the last but one would begin at 1 in 32 bits.
BEYOND = (7, 2**31, 2**32 + 1, MAX_SKIP)


def _pages(total: int, limit: int) -> list[Page]:
    return [Page(skip, limit) for skip in range(0, total + limit, limit)]


class ListTests(StoreTests):
    """Test how the store lists users and tasks."""

    async def test_list_of_users_is_ordered(self, store: Store) -> None:
        """Return the users that match, by ascending id, the page only."""
        users = [await add_user(store, f"u{-number}", number) for number in SHUFFLED]
        users.append(await add_user(store, "drawn"))
        users.sort(key=lambda user: user.id)
        listed = await store.users.list(UserFilter(), Page())
        assert list(listed) == users
        assert [user.version for user in listed] == [1] * len(users)

    async def test_list_of_tasks_is_ordered(self, store: Store) -> None:
        """Return the tasks of a list that match, in this order, the page only.

        By ascending id, and no other list's.
        """
        tasks: dict[str | None, list[Task]] = {holder: [] for holder in OWNERS}
        for number in SHUFFLED:
            for shift, holder in enumerate(OWNERS):
                task = await add_task(store, f"t{-number}", 100 * shift + number, holder)
                tasks[holder].append(task)
        for owner, its in tasks.items():
            listed = await store.tasks.list(TaskFilter(), Page(), owner)
            assert list(listed) == sorted(its, key=lambda task: task.id)
        assert list(await store.tasks.list(TaskFilter(), Page(), "nobody")) == []

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
    async def test_list_of_users_in_pages(self, store: Store, limit: int) -> None:
        """Return the users that match, by ascending id, the page only.

        A page past the last user MUST be empty.
        """
        for number in SHUFFLED:
            await add_user(store, f"u{number}", number)
        seen = [await store.users.list(UserFilter(), page) for page in _pages(7, limit)]
        assert [user.id for page in seen for user in page] == sorted(SHUFFLED)
        assert all(len(page) == limit for page in seen[: 7 // limit])
        for page in (Page(0, 0), Page(3, 0), *(Page(skip, limit) for skip in BEYOND)):
            assert list(await store.users.list(UserFilter(), page)) == []
        some = await store.users.list(UserFilter(username="u1"), Page(1, limit))
        assert [user.id for user in some] == [10], "pages count what matches"

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
    async def test_list_of_tasks_in_pages(self, store: Store, limit: int) -> None:
        """Return the tasks of a list that match, in this order, the page only.

        A page past the last task MUST be empty.
        """
        for number in SHUFFLED:
            await add_task(store, f"t{number}", number)
            await add_task(store, f"t{number}", 100 + number, "ann")
        seen = [await store.tasks.list(TaskFilter(), page, None) for page in _pages(7, limit)]
        assert [task.id for page in seen for task in page] == sorted(SHUFFLED)
        assert all(len(page) == limit for page in seen[: 7 // limit])
        for page in (Page(0, 0), Page(3, 0), *(Page(skip, limit) for skip in BEYOND)):
            assert list(await store.tasks.list(TaskFilter(), page, None)) == []
        some = await store.tasks.list(TaskFilter(title="t1"), Page(1, limit), None)
        assert [task.id for task in some] == [10], "pages count what matches"

    async def test_list_tells_of_more(self, store: Store) -> None:
        """Its `more` MUST tell whether users that match come behind it.

        Its `more` MUST tell whether tasks that match come behind it.
        """
        for number in SHUFFLED:
            await add_user(store, f"u{number}", number)
            await add_task(store, f"t{number}", number)
            await add_task(store, f"t{number}", 100 + number, "ann")
        for skip, limit in ((0, 0), (0, 6), (6, 0), (0, 7), (5, 1), (6, 1), (7, 1), (0, 1000)):
            page, more = Page(skip, limit), skip + limit < len(SHUFFLED)
            assert (await store.users.list(UserFilter(), page)).more is more, page
            for order in TaskOrder:
                assert (await store.tasks.list(TaskFilter(), page, None, order)).more is more, page
        # What follows does not match: 1 and 10 do, which is the last.
        for page, more in ((Page(0, 1), True), (Page(1, 1), False), (Page(0, 2), False)):
            assert (await store.users.list(UserFilter(username="u1"), page)).more is more, page
            found = await store.tasks.list(TaskFilter(title="t1"), page, "ann")
            assert found.more is more, page

    async def test_list_after_an_id(self, store: Store) -> None:
        """With `page.after`, exactly the users behind that place MUST be listed.

        With `page.after`, exactly the tasks behind that place MUST be listed.
        """
        for number in SHUFFLED:
            await add_user(store, f"u{number}", number)
            await add_task(store, f"t{number}", number)
        for after in (0, 1, 3, 29, 30, 31, 2**32 + 1, MAX_SKIP):
            for skip, limit in ((0, 100), (1, 2)):
                page = Page(skip, limit, Place(after))
                behind = [number for number in sorted(SHUFFLED) if number > after][skip:]
                users = await store.users.list(UserFilter(), page)
                tasks = await store.tasks.list(TaskFilter(), page, None)
                assert [user.id for user in users] == behind[:limit], page
                assert [task.id for task in tasks] == behind[:limit], page
                assert users.more is tasks.more is (len(behind) > limit), page
        await store.users.remove(4, CAUSE)
        after_what_is_gone = await store.users.list(UserFilter(), Page(limit=2, after=Place(4)))
        assert [user.id for user in after_what_is_gone] == [5, 9]

    async def test_list_can_be_counted(self, store: Store) -> None:
        """Return how many users match: as many as the list has without a page.

        Return how many tasks of a list match: as many as it has without a page.
        """
        user_filters = (UserFilter(), UserFilter("u1"), UserFilter("u", "0@"), UserFilter("x"))
        task_filters = (
            *(TaskFilter(), TaskFilter(title="t1"), TaskFilter(status=TaskStatus.COMPLETED)),
            *(TaskFilter(assigned=True), TaskFilter(assigned=False, title="1")),
            *(TaskFilter(completed=True), TaskFilter(completed=False, assigned=True)),
        )
        assert await store.users.count(UserFilter()) == 0
        assert await store.tasks.count(TaskFilter(), None) == 0
        for number in SHUFFLED:
            await add_user(store, f"u{number}", number)
            task = await add_task(store, f"t{number}", number)
            await add_task(store, f"t{number}", 100 + number, "ann")
            if number % 2:
                await store.assignments.add(number, task.id, CAUSE)
                await store.assignments.add(SHUFFLED[0], task.id, CAUSE)
            if number > 4:
                completed = becoming({"status": TaskStatus.COMPLETED})
                assert await store.tasks.change(task.id, None, completed, CAUSE)
        for user_filter in user_filters:
            listed: Sequence[object] = await store.users.list(user_filter, EVERYTHING)
            assert await store.users.count(user_filter) == len(listed), user_filter
        for task_filter in task_filters:
            for owner in OWNERS:
                listed = await store.tasks.list(task_filter, EVERYTHING, owner)
                counted = await store.tasks.count(task_filter, owner)
                assert counted == len(listed), (task_filter, owner)
        await store.users.remove(9, CAUSE)
        async with store.transaction() as inner:
            await add_user(inner, "inside")
            assert await inner.users.count(UserFilter()) == len(SHUFFLED)

    async def test_list_belongs_to_the_caller(self, store: Store) -> None:
        """What is returned MUST belong to the caller: changing it changes nothing stored.

        Nor does what is stored later change it.
        """
        user, task = await add_user(store), await add_task(store)
        await store.assignments.add(user.id, task.id, CAUSE)

        async def sequences() -> list[object]:
            with_tasks = await store.users.get_with_tasks(user.id)
            with_users = await store.tasks.get_with_users(task.id, None)
            return [
                await store.users.list(UserFilter(), EVERYTHING),
                await store.tasks.list(TaskFilter(), EVERYTHING, None),
                await store.assignments.tasks_of(user.id, None),
                await store.assignments.users_of(task.id),
                with_tasks and with_tasks.tasks,
                with_users and with_users.users,
            ]

        async def assign() -> None:
            for later in (await add_user(store, "later"), user):
                other = await add_task(store, "later")
                await store.assignments.add(user.id, other.id, CAUSE)
                await store.assignments.add(later.id, task.id, CAUSE)

        before = plain(await sequences())
        for sequence in await sequences():
            assert isinstance(sequence, Sequence)
            if isinstance(sequence, list):
                cast("list[object]", sequence).clear()
        assert plain(await sequences()) == before
        shown = plain([user, task])
        for write in (
            assign,
            partial(save, store, attrs.evolve(user, username="changed")),
            partial(store.tasks.change, task.id, None, retitled, CAUSE),
        ):
            kept = await sequences()  # as the write finds it
            before = plain(kept)
            await write()
            await sequences()
            assert plain(kept) == before, "what was returned has changed since then"
        assert plain([user, task]) == shown, "what was returned has changed since then"

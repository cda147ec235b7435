"""The contract of sizes: lists beyond any page, filters beyond any key, texts to the last character."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fring_core import (
    Credential,
    EmailTaken,
    NewTask,
    NewUser,
    Page,
    TaskFilter,
    TaskOrder,
    UserFilter,
    UsernameTaken,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, add_task, add_user, by_id, rows
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from fring_core import Store

# More than the pages of most interfaces; with their descriptions, more than a megabyte.
MANY, MORE = 140, 1001
LONG = "😀" * 2500
# Texts of the greatest lengths that differ at their ends alone.
ENDS = ("a", "b", "B", "\u00e1", "😀")


class SizeTests(StoreTests):
    """Test what is long."""

    @pytest.mark.parametrize("owner", [None, "ann"])
    async def test_size_of_a_list_of_tasks(self, store: Store, owner: str | None) -> None:
        """A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.

        Return the tasks of a list that match, in this order, the page only.
        """
        tasks = [
            await store.tasks.add(NewTask(f"{n % 7}{n:03}", LONG), owner, CAUSE)
            for n in range(MANY)
        ]
        assert rows(await store.tasks.list(TaskFilter(), EVERYTHING, owner)) == by_id(tasks)
        newest = await store.tasks.list(TaskFilter(), EVERYTHING, owner, TaskOrder.NEWEST_FIRST)
        assert rows(newest) == by_id(tasks)[::-1]
        by_title = sorted(tasks, key=lambda task: task.title)
        for page in (EVERYTHING, Page(100, 40), Page(MANY - 1, 1000)):
            listed = await store.tasks.list(TaskFilter(), page, owner, TaskOrder.BY_TITLE)
            assert rows(listed) == by_title[page.skip :][: page.limit]
        last = await store.tasks.list(TaskFilter(title="139"), Page(0, 1), owner)
        assert rows(last) == tasks[139:], "what matches stands far behind"

    async def test_size_of_a_users_list(self, store: Store) -> None:
        """A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.

        Return a user's shared tasks by ascending id, those in `status` if it is given.
        """
        user = await add_user(store, "ann", 7)
        async with store.transaction() as inner:  # which is quicker
            tasks = by_id([await add_task(inner) for _ in range(MORE)])
            for task in reversed(tasks):
                await inner.assignments.add(user.id, task.id, CAUSE)
        assert rows(await store.assignments.tasks_of(user.id, None)) == tasks
        whole = await store.users.get_with_tasks(user.id)
        assert whole is not None
        assert rows(whole.tasks) == tasks
        assert await store.users.remove(user.id, CAUSE) is True
        assert rows(await store.tasks.list(TaskFilter(assigned=True), EVERYTHING, None)) == []
        await add_user(store, "again", user.id)
        assert rows(await store.assignments.tasks_of(user.id, None)) == []

    async def test_size_of_the_users_of_a_task(self, store: Store) -> None:
        """A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.

        Return the users that match, by ascending id, the page only. Return the users of a shared
        task by ascending id, or None if there is no such task.
        """
        task = await add_task(store, "task", 7)
        async with store.transaction() as inner:
            added = [await add_user(inner, f"u{n}") for n in range(MORE)]
            users = by_id(added)
            for user in reversed(users):
                await inner.assignments.add(user.id, task.id, CAUSE)
        assert rows(await store.users.list(UserFilter(), EVERYTHING)) == users[:1000]
        assert rows(await store.users.list(UserFilter("u1000"), Page(0, 1))) == added[1000:]
        assert rows(await store.assignments.users_of(task.id)) == users
        whole = await store.tasks.get_with_users(task.id, None)
        assert whole is not None
        assert rows(whole.users) == users
        other = await add_task(store, "other")
        await store.assignments.add(users[0].id, other.id, CAUSE)
        assigned = await store.tasks.list(TaskFilter(assigned=True), Page(0, 2), None)
        assert rows(assigned) == by_id([task, other]), "each once, however many have it"
        assert await store.tasks.remove(task.id, None, CAUSE) is True
        assert rows(await store.assignments.tasks_of(users[-1].id, None)) == []
        await add_task(store, "again", task.id)
        assert rows(await store.assignments.users_of(task.id)) == []

    async def test_size_of_a_filter(self, store: Store) -> None:
        """A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them."""
        task = await add_task(store, "%" * 200)
        await add_user(store)
        for needle in ("%" * 100_000, "\u00e1" * 100_000, "a" * 100_000):
            assert rows(await store.tasks.list(TaskFilter(title=needle), Page(), None)) == []
            for where in (UserFilter(username=needle), UserFilter(email=needle)):
                assert rows(await store.users.list(where, Page())) == []
            assert await store.credentials.find(needle, None) is None
        found = await store.tasks.list(TaskFilter(title="%" * 200), Page(), None)
        assert rows(found) == [task]

    async def test_size_of_names(self, store: Store) -> None:
        """Texts MUST be kept and compared as they stand, to the last character, whatever they look like.

        Usernames and e-mails MUST be unique as they stand. Return the user with exactly this
        username, its hash and its role, or None.
        """
        for fill in ("x", "\u00e4"):
            users = [
                await store.users.add(
                    NewUser(fill * 254 + end, f"{fill * 250}@{end}.oo"), CAUSE, fill + end
                )
                for end in ENDS
            ]
            for user, end in zip(users, ENDS, strict=True):
                found = Credential(user, fill + end)
                assert await store.credentials.find(user.username, None) == found
                assert await store.credentials.find(None, user.email) == found
                assert rows(await store.users.list(UserFilter(user.username), Page())) == [user]
                with pytest.raises(UsernameTaken):
                    await store.users.add(NewUser(user.username, "new@e.o"), CAUSE)
                with pytest.raises(EmailTaken):
                    await store.users.add(NewUser("new", user.email), CAUSE)
            assert await store.credentials.find(fill * 254, None) is None

    async def test_size_of_a_hash(self, store: Store) -> None:
        """Texts MUST be kept and compared as they stand, to the last character, whatever they look like.

        Store another hash, unless `credential` no longer holds the user's; tell whether.
        """
        first, second, third = (LONG + end for end in ENDS[:3])
        user = await add_user(store, "ann", None, first)
        assert await store.credentials.replace(Credential(user, second), third) is False
        assert await store.credentials.replace(Credential(user, first), second) is True
        assert await store.credentials.find("ann", None) == Credential(user, second)
        assert await store.credentials.replace(Credential(user, first), third) is False
        assert await store.credentials.get(user.id) == Credential(user, second)

    async def test_size_of_titles_and_owners(self, store: Store) -> None:
        """Texts MUST be kept and compared as they stand, to the last character, whatever they look like."""
        owners = [f"{'x' * 254}{end}" for end in ENDS]
        for owner in owners:
            for end in reversed(ENDS):
                await store.tasks.add(
                    NewTask(f"{'y' * 199}{end}", f"{'z' * 9999}{end}"), owner, CAUSE
                )
        for owner in owners:
            listed = await store.tasks.list(TaskFilter(), Page(), owner, TaskOrder.BY_TITLE)
            assert [task.title[199:] for task in listed] == sorted(ENDS)
            assert [(task.description or "")[9999:] for task in listed] == sorted(ENDS)
            for task in listed:
                where = TaskFilter(title=task.title[50:])
                assert rows(await store.tasks.list(where, Page(), owner)) == [task]
                assert await store.tasks.get(task.id, owner) == task
                assert await store.tasks.get(task.id, owners[0] + "x") is None

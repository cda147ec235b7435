"""The contract of the filters of lists: every condition holds, and texts mean themselves."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from fring_core import NewTask, NewUser, Task, TaskFilter, TaskStatus, UserFilter
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, OWNERS, add_task, add_user, by_id
from fring_core.testing.snapshot import EVERYTHING

if TYPE_CHECKING:
    from fring_core import Store

# What means something to LIKE, to a shell or to a regular expression, and what it would match.
TITLES = (
    "100%",
    "1000",
    "a_b",
    "axb",
    "a\\b",
    "a.b",
    "a*b",
    "a?b",
    "[ab]",
    "A_B",
    "a\\\\b",
    "\u00e1",
    "a\u0301",
    "'",
    " a ",
    "😀",
    "a+b (c) {1} | ^d$",
    "a&b#c=d;e:f/g",
    "%41",
    "a\nb",
    '"',
    "~`!@<>,-",
)
NEEDLES = (
    "%",
    "_",
    "\\",
    "\\\\",
    "a",
    "A",
    "b",
    "\u00e1",
    "\u0301",
    "'",
    " ",
    "0%",
    "_b",
    "a.b",
    "a*b",
    "a?b",
    "[ab]",
    "x",
    "😀",
    "zz",
    *'+(){}|^$&#=;:/\n"~`!<>,-',
    "%41",
    "a+b",
    "^",
    "a.*b",
    "a|b",
    "(c)",
    "\\%",
    "\\_",
    "' OR '",
    "ab",
    "e\u0301",
)


def _local(title: str) -> str:
    return title.translate({ord(char): "-" for char in " \n@"})


class FilterTests(StoreTests):
    """Test what the store's lists keep."""

    async def test_filter_of_users_by_text(self, store: Store) -> None:
        """Exactly the users that meet every condition of the filter MUST be listed.

        Texts are literal and case-sensitive.
        """
        users = [
            await store.users.add(
                NewUser(title, f"{_local(title)}{number}@{_local(title)}.o"), CAUSE
            )
            for number, title in enumerate(TITLES)
        ]
        users = by_id(users)
        for needle in ("", *NEEDLES):
            for where, expected in (
                (UserFilter(username=needle), [u for u in users if needle in u.username]),
                (UserFilter(email=needle), [u for u in users if needle in u.email]),
                (
                    UserFilter(username=needle, email="b"),
                    [u for u in users if needle in u.username and "b" in u.email],
                ),
            ):
                assert list(await store.users.list(where, EVERYTHING)) == expected, where

    @pytest.mark.parametrize("owner", OWNERS)
    async def test_filter_of_tasks_by_text(self, store: Store, owner: str | None) -> None:
        """Exactly the tasks that meet every condition of the filter MUST be listed.

        Texts are literal and case-sensitive.
        """
        tasks = by_id([await add_task(store, title, owner=owner) for title in TITLES])
        await add_task(store, "".join(TITLES), owner="other")
        for needle in ("", *NEEDLES):
            listed = await store.tasks.list(TaskFilter(title=needle), EVERYTHING, owner)
            assert list(listed) == [task for task in tasks if needle in task.title], needle

    async def test_filter_of_tasks_by_what_is_assigned_now(self, store: Store) -> None:
        """What a call has done MUST be seen by every call that begins later, by filters too."""
        user, task = await add_user(store), await add_task(store)

        async def check(*, assigned: bool) -> None:
            for wanted in (True, False):
                listed = await store.tasks.list(TaskFilter(assigned=wanted), EVERYTHING, None)
                assert list(listed) == [task] * (wanted is assigned)

        await check(assigned=False)
        for change, assigned in ((store.assignments.add, True), (store.assignments.remove, False)):
            await change(user.id, task.id, CAUSE)
            await check(assigned=assigned)
        await store.assignments.add(user.id, task.id, CAUSE)
        await check(assigned=True)
        await store.users.remove(user.id, CAUSE)
        await check(assigned=False)

    async def test_filter_of_tasks_by_every_condition(self, store: Store) -> None:
        """Exactly the tasks that meet every condition of the filter MUST be listed."""
        ann, bob = await add_user(store, "ann"), await add_user(store, "bob")
        tasks: list[Task] = []
        assigned: set[int] = set()
        for number, status in enumerate([*TaskStatus] * 3):
            task = await store.tasks.add(NewTask(f"t{number % 2}", status=status), None, CAUSE)
            await store.tasks.add(NewTask(f"t{number % 2}", status=status), "ann", CAUSE)
            tasks.append(task)
            for user in (ann, bob)[: number % 3]:  # by none, by one, by both
                await store.assignments.add(user.id, task.id, CAUSE)
                assigned.add(task.id)
        tasks = by_id(tasks)
        for status in (None, *TaskStatus):
            for title in (None, "t", "1", "no"):
                for wanted, completed in product((None, True, False), repeat=2):
                    where = TaskFilter(status, title, wanted, completed)
                    expected = [
                        task
                        for task in tasks
                        if status in (None, task.status)
                        and (title or "") in task.title
                        and wanted in (None, task.id in assigned)
                        and completed in (None, task.status is TaskStatus.COMPLETED)
                    ]
                    assert list(await store.tasks.list(where, EVERYTHING, None)) == expected, where

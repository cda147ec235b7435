"""All that a store holds, read in every way there is: the ways have to agree."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import attrs

from fring_core import Page, Task, TaskFilter, TaskOrder, TaskStatus, User, UserFilter
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Store

LISTS = (None, "ann", "2")
# Those that come or go, by `WRITES`.
COMING_AND_GOING = (2, 5)
_TYPES = {
    "id": int,
    "version": int,
    "status": TaskStatus,
    "created_at": datetime,
    "updated_at": datetime,
    "due_date": date | None,
    "remind_at": datetime | None,
    "disarmed": bool,
    "description": str | None,
    "owner": str | None,
}


def check_types(row: User | Task) -> None:
    """Assert that the fields of an entity are what it says, and not only equal to it."""
    for field in attrs.fields(type(row)):
        value = getattr(row, field.name)
        assert isinstance(value, _TYPES.get(field.name, str)), f"{field.name} is {value!r}"
        # A bool is an int to Python, and a moment a date.
        is_truth = field.name == "disarmed"
        assert isinstance(value, bool) is is_truth, f"{field.name} is {value!r}"
        assert field.name != "due_date" or not isinstance(value, datetime), f"it is {value!r}"


async def agreed(store: Store) -> object:
    """Return all that a store holds on some lists; assert that however it is read it is the same."""
    users = await _agreed_users(store)
    tasks = {owner: await _agreed_tasks(store, owner) for owner in LISTS}
    links: dict[int, list[int]] = {}
    for user in users:
        its_tasks = await store.assignments.tasks_of(user.id, None)
        links[user.id] = [task.id for task in its_tasks or ()]
        assert plain(its_tasks) == plain([t for t in tasks[None] if t.id in links[user.id]])
    for task in tasks[None]:
        its_users = await store.assignments.users_of(task.id)
        assert plain(its_users) == plain([u for u in users if task.id in links[u.id]])
    for number in COMING_AND_GOING:
        found: list[object] = [await store.users.get(number), await store.tasks.get(number, None)]
        listed = [[row for row in rows if row.id == number] for rows in (users, tasks[None])]
        assert plain(found) == plain([row[0] if row else None for row in listed])
    credentials = [await store.credentials.get(number) for number in (*COMING_AND_GOING, 1)]
    return plain([users, [*tasks.values()], credentials, links])


async def _agreed_users(store: Store) -> list[User]:
    users = list(await store.users.list(UserFilter(), EVERYTHING))
    assert plain([await store.users.get(user.id) for user in users]) == plain(users)
    assert plain(await store.users.list(UserFilter(email="@"), Page(1, 2))) == plain(users[1:3])
    for user in users:
        check_types(user)
        for found in (
            await store.credentials.find(user.username, None),
            await store.credentials.find(None, user.email),
        ):
            assert found is not None
            assert plain(found.user) == plain(user)
            assert plain(found) == plain(await store.credentials.get(user.id))
        whole = await store.users.get_with_tasks(user.id)
        assert whole is not None
        assert plain(whole.user) == plain(user)
        tasks = await store.assignments.tasks_of(user.id, None)
        assert plain(whole.tasks) == plain(tasks)
        for status in (TaskStatus.TODO, TaskStatus.COMPLETED):
            some = await store.assignments.tasks_of(user.id, status)
            assert plain(some) == plain([task for task in tasks or () if task.status is status])
    return users


async def _agreed_tasks(store: Store, owner: str | None) -> list[Task]:
    tasks = list(await store.tasks.list(TaskFilter(), EVERYTHING, owner))
    assert plain([await store.tasks.get(task.id, owner) for task in tasks]) == plain(tasks)
    users: dict[int, Sequence[User]] = {}
    for task in tasks:
        check_types(task)
        whole = await store.tasks.get_with_users(task.id, owner)
        assert whole is not None
        assert plain(whole.task) == plain(task)
        users[task.id] = whole.users
        if owner is None:
            assert plain(whole.users) == plain(await store.assignments.users_of(task.id))
    by_title = sorted(tasks, key=lambda task: task.title)
    done = [task for task in tasks if task.status is TaskStatus.COMPLETED]
    for where, page, order, expected in (
        (TaskFilter(), EVERYTHING, TaskOrder.BY_TITLE, by_title),
        (TaskFilter(), Page(1, 2), TaskOrder.BY_ID, tasks[1:3]),
        (TaskFilter(title="t"), EVERYTHING, TaskOrder.BY_ID, [t for t in tasks if "t" in t.title]),
        (TaskFilter(completed=True), EVERYTHING, TaskOrder.BY_ID, done),
        (TaskFilter("completed"), EVERYTHING, TaskOrder.BY_ID, done),
        (TaskFilter(assigned=True), EVERYTHING, TaskOrder.BY_ID, [t for t in tasks if users[t.id]]),
        (
            TaskFilter(assigned=False),
            Page(),
            TaskOrder.BY_ID,
            [t for t in tasks if not users[t.id]],
        ),
    ):
        assert plain(await store.tasks.list(where, page, owner, order)) == plain(expected), where
    return tasks

"""What a call on the memory store touches does not grow with the rows that it has nothing to do with.

No clock: what is counted is function calls, which a loop over rows would need, and bytes, which a
copy of them would need.
"""

import asyncio
import random
import sys
import tracemalloc
from contextlib import suppress
from contextvars import copy_context
from datetime import timedelta
from functools import cache
from itertools import count

import attrs
import pytest

from fring_adapters.memory import MemoryStore
from fring_adapters.memory.keys import Keys
from fring_core import (
    Cause,
    FixedClock,
    Fring,
    NewTask,
    NewUser,
    Page,
    Place,
    TaskFilter,
    TaskOrder,
    TransactionConflict,
    UserFilter,
    run_sync,
)
from fring_core.testing.contract.examples import CAUSE
from tests.core.examples import NOW

FEW, MANY = 500, 5000
# A call may need a few more where rows are many: these are far from a loop over them, or a list.
CALLED, TAKEN = 200, 16_384
PAGE = Page(limit=10)
NUMBERS = count(1)


@cache
def filled(size):
    """Return a store of so many users, shared and personal tasks, assignments and receipts."""

    async def fill():
        for number in range(size):
            now = NOW + timedelta(seconds=number)
            await store.users.add(NewUser(f"u{number}", f"e{number}@e.o"), Cause(now))
            title = f"{number * 7919 % size}"
            task = await store.tasks.add(NewTask(title), None, Cause(now))
            await store.tasks.add(NewTask(title), "ann", Cause(now))
            await store.assignments.add(number + 1, task.id, CAUSE)
        for number in range(size):
            await Fring(store, clock=FixedClock(NOW)).once(f"{number}", nothing)

    store = MemoryStore()
    run_sync(fill())
    return store


async def nothing(_):
    """Do no work."""


def called(call, size):
    """Return how many functions a call needs, those written in C as well."""
    events = []
    coroutine = call(filled(size), size)
    sys.setprofile(lambda _, event, argument: events.append(event))
    try:
        run_sync(coroutine)
    finally:
        sys.setprofile(None)
    return sum("call" in event for event in events)


def taken(call, size):
    """Return how many bytes a call has at once."""
    coroutine = call(filled(size), size)
    tracemalloc.start()
    try:
        run_sync(coroutine)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def add_user(store, size):
    number = next(NUMBERS)
    await store.users.add(NewUser(f"new {number}", f"new{number}@e.o"), CAUSE)


async def add_task(store, size):
    await store.tasks.add(NewTask("5"), "ann", CAUSE)


async def change_user(store, size):
    named = f"named {next(NUMBERS)}"
    await store.users.change(size // 2, lambda user: attrs.evolve(user, username=named), CAUSE)


async def change_task(store, size):
    await store.tasks.change(
        1, None, lambda task: attrs.evolve(task, title=f"{next(NUMBERS)}"), CAUSE
    )


async def assign(store, size):
    await store.assignments.add(1, 2 * size - 1, CAUSE)
    await store.assignments.remove(1, 2 * size - 1, CAUSE)


async def remove_user(store, size):
    name = f"gone{next(NUMBERS)}@e.o"
    user = await store.users.add(NewUser(name, name), CAUSE, "hash")
    await store.assignments.add(user.id, 1, CAUSE)
    await store.users.remove(user.id, CAUSE)


async def remove_task(store, size):
    task = await store.tasks.add(NewTask("7"), None, CAUSE)
    await store.assignments.add(1, task.id, CAUSE)
    await store.tasks.remove(task.id, None, CAUSE)


async def users_page(store, size):
    assert len(await store.users.list(UserFilter(email="@"), PAGE)) == PAGE.limit
    assert await store.users.list(UserFilter(), Page(limit=2, after=Place(size - 2)))


def tasks_page(owner, order, **where):
    async def tasks_page(store, size):
        found = await store.tasks.list(TaskFilter(**where), PAGE, owner, order)
        assert len(found) == PAGE.limit

    return tasks_page


def far_page(order, place):
    async def far_page(store, size):
        page = Page(limit=10, after=place(size))
        assert len(await store.tasks.list(TaskFilter(), page, None, order)) == page.limit

    return far_page


async def get(store, size):
    await store.users.get_with_tasks(size // 3)
    await store.tasks.get_with_users(1, None)
    await store.credentials.find("u7", None)


def inside(call):
    async def inside(store, size):
        async with store.transaction() as inner:
            await call(inner, size)
            await call(inner, size)

    return inside


async def once(store, size):
    async def work(fring):
        await fring.tasks.create(NewTask("keyed"))

    await Fring(store, clock=FixedClock(NOW)).once(f"key {next(NUMBERS)}", work)


async def nested(store, size):
    async with store.transaction() as inner:
        await change_task(inner, size)
        async with inner.transaction() as deeper:
            await change_user(deeper, size)


PAGES = {
    "users": users_page,
    "tasks": tasks_page(None, TaskOrder.BY_ID),
    "tasks, newest": tasks_page("ann", TaskOrder.NEWEST_FIRST),
    "tasks, by title": tasks_page("ann", TaskOrder.BY_TITLE),
    "tasks in a status": tasks_page(None, TaskOrder.BY_ID, status="todo"),
    "assigned tasks": tasks_page(None, TaskOrder.BY_ID, assigned=True),
    "last tasks": far_page(TaskOrder.BY_ID, lambda size: Place(2 * size - 40)),
    "oldest tasks": far_page(
        TaskOrder.NEWEST_FIRST, lambda _: Place(0, NOW + timedelta(seconds=20))
    ),
    "last titles": far_page(TaskOrder.BY_TITLE, lambda _: Place(0, "9")),
    "single rows": get,
}
WRITES = {
    "add a user": add_user,
    "add a task": add_task,
    "change a user": change_user,
    "change a task": change_task,
    "assign": assign,
    "remove a user": remove_user,
    "remove a task": remove_task,
}
CALLS = {
    **PAGES,
    **WRITES,
    **{f"{name}, inside": inside(call) for name, call in (PAGES | WRITES).items()},
    "nothing inside": inside(lambda store, size: nothing(store)),
    "transactions inside each other": nested,
    "once": once,
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_does_not_grow(name):
    for measure, more in ((called, CALLED), (taken, TAKEN)):
        # The least of some: now and then a dictionary grows, or a run of keys is cut in two.
        few, many = (min(measure(CALLS[name], size) for _ in range(5)) for size in (FEW, MANY))
        assert many <= few + more, measure.__doc__


@pytest.mark.parametrize("end", ["commit", "rollback", "conflict"])
def test_a_transaction_that_is_over_is_told_of_nothing(end):
    async def scenario(store):
        await store.tasks.add(NewTask("task"), None, CAUSE)
        async with store.transaction() as inner:
            await change_task(inner, 1)
            assert all(table.views != [] for table in store._database.tables._all())
            if end == "conflict":
                await copy_context().run(asyncio.create_task, change_task(store, 1))
            if end == "rollback":
                raise ValueError("undone")

    store = MemoryStore()
    with suppress(ValueError, TransactionConflict):
        asyncio.run(scenario(store))
    assert all(table.views == [] for table in store._database.tables._all())


def test_keys_are_in_order_however_they_come(monkeypatch):
    monkeypatch.setattr("fring_adapters.memory.keys.MOST", 4)
    turns, keys, expected = random.Random(4), Keys(), set[int]()
    for number in (turns.randrange(60) for _ in range(3000)):
        if number in expected:
            keys.drop(number)
        else:
            keys.add(number)
        expected ^= {number}
        start = turns.randrange(-1, 61)
        assert [*keys.since()] == sorted(expected)
        assert [*keys.since(start)] == sorted(key for key in expected if key >= start)
    assert max(map(len, keys._runs)) <= 4

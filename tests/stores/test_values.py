"""Whatever a caller passes means the same on every store, or is refused in words on each."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from typing import Any

import pytest

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore
from fring_core import (
    Cause,
    FixedClock,
    Fring,
    FringError,
    NewTask,
    NewUser,
    Page,
    Side,
    TaskChanges,
    TaskFilter,
    UserChanges,
    UserFilter,
    run_sync,
)

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)
OWNER = "7"


class Number(IntEnum):
    ONE = 1


class Text(StrEnum):
    TODO = "todo"


class OldText(str, Enum):  # noqa: UP042  # many still do
    TODO = "todo"


class Safe(str):
    __slots__ = ()


class Index:
    """A whole number of another library."""

    def __index__(self):
        return 1


class Day(date):
    pass


SAFE, DAY = Safe("todo"), Day(2024, 2, 29)
INDEX: Any = Index()
ODD = [
    0, 1, -1, 7, 2**31, 2**63, 2**70, True, False, Number.ONE, INDEX, 1.0, 1.5, float("nan"),
    Decimal(1), Fraction(1), None, "", "1", "todo", "id", "yes", "1@b.c", "\0", "\udc00", "x" * 300,
    SAFE, Text.TODO, OldText.TODO, b"todo", [1], {"a": 1}, (), object(), DAY, date(2024, 2, 29),
    NOON, NOON.replace(tzinfo=None), len, NewTask, NewTask("title", id=50), Page(),
]  # fmt: skip

# Every argument of every use case, and every field of what is given to them.
SLOTS = {
    "get_user": lambda fring, x: fring.users.get_with_tasks(x),
    "update_user": lambda fring, x: fring.users.update(x, UserChanges("new")),
    "update_user changes": lambda fring, x: fring.users.update(7, x),
    "username": lambda fring, x: fring.users.update(7, UserChanges(username=x)),
    "email": lambda fring, x: fring.users.update(7, UserChanges(email=x)),
    "delete_user": lambda fring, x: fring.users.delete(x),
    "create_user": lambda fring, x: fring.users.create(x),
    "new username": lambda fring, x: fring.users.create(NewUser(x, "new@b.c", 50)),
    "new email": lambda fring, x: fring.users.create(NewUser("new", x, 50)),
    "new user's id": lambda fring, x: fring.users.create(NewUser("new", "new@b.c", 50 if x is None else x)),
    "list_users": lambda fring, x: fring.users.list(x),
    "list_users page": lambda fring, x: fring.users.list(UserFilter(), x),
    "users by username": lambda fring, x: fring.users.list(UserFilter(username=x)),
    "users by email": lambda fring, x: fring.users.list(UserFilter(email=x)),
    "list_tasks_of_user": lambda fring, x: fring.assignments.tasks_of(x),
    "list_tasks_of_user status": lambda fring, x: fring.assignments.tasks_of(7, x),
    "assign_task user": lambda fring, x: fring.assignments.add(user=x, task=1),
    "assign_task task": lambda fring, x: fring.assignments.add(user=7, task=x),
    "unassign_task user": lambda fring, x: fring.assignments.remove(user=x, task=7),
    "unassign_task task": lambda fring, x: fring.assignments.remove(user=7, task=x),
    "assign_user user": lambda fring, x: fring.assignments.add(user=x, task=1, first=Side.TASK),
    "assign_user task": lambda fring, x: fring.assignments.add(user=7, task=x, first=Side.TASK),
    "unassign_user user": lambda fring, x: fring.assignments.remove(user=x, task=7, first=Side.TASK),
    "unassign_user task": lambda fring, x: fring.assignments.remove(user=7, task=x, first=Side.TASK),
    "list_users_of_task": lambda fring, x: fring.assignments.users_of(x),
    "create_task": lambda fring, x: fring.tasks.create(x),
    "create_task owner": lambda fring, x: fring.tasks.create(NewTask("new", id=50), owner=x),
    "new title": lambda fring, x: fring.tasks.create(NewTask(x, id=50)),
    "new description": lambda fring, x: fring.tasks.create(NewTask("new", x, id=50)),
    "new status": lambda fring, x: fring.tasks.create(NewTask("new", status=x, id=50)),
    "new due date": lambda fring, x: fring.tasks.create(NewTask("new", due_date=x, id=50)),
    "new task's id": lambda fring, x: fring.tasks.create(NewTask("new", id=50 if x is None else x)),
    "list_tasks": lambda fring, x: fring.tasks.list(x),
    "list_tasks page": lambda fring, x: fring.tasks.list(TaskFilter(), x),
    "list_tasks owner": lambda fring, x: fring.tasks.list(owner=x),
    "list_tasks order": lambda fring, x: fring.tasks.list(order=x),
    "tasks by status": lambda fring, x: fring.tasks.list(TaskFilter(status=x)),
    "tasks by title": lambda fring, x: fring.tasks.list(TaskFilter(title=x)),
    "tasks by assigned": lambda fring, x: fring.tasks.list(TaskFilter(assigned=x)),
    "tasks by completed": lambda fring, x: fring.tasks.list(TaskFilter(completed=x)),
    "skip": lambda fring, x: fring.tasks.list(TaskFilter(), Page(skip=x)),
    "limit": lambda fring, x: fring.users.list(UserFilter(), Page(limit=x)),
    "get_task": lambda fring, x: fring.tasks.get_with_users(x),
    "get_task owner": lambda fring, x: fring.tasks.get_with_users(9, owner=x),
    "update_task": lambda fring, x: fring.tasks.update(x, TaskChanges()),
    "update_task owner": lambda fring, x: fring.tasks.update(9, TaskChanges(), owner=x),
    "update_task changes": lambda fring, x: fring.tasks.update(7, x),
    "title": lambda fring, x: fring.tasks.update(7, TaskChanges(title=x)),
    "description": lambda fring, x: fring.tasks.update(7, TaskChanges(description=x)),
    "status": lambda fring, x: fring.tasks.update(7, TaskChanges(status=x)),
    "due date": lambda fring, x: fring.tasks.update(7, TaskChanges(due_date=x)),
    "completed": lambda fring, x: fring.tasks.update(7, TaskChanges(completed=x)),
    "set_status": lambda fring, x: fring.tasks.set_status(x, "completed"),
    "set_status status": lambda fring, x: fring.tasks.set_status(7, x),
    "toggle_task": lambda fring, x: fring.tasks.toggle(x),
    "toggle_task owner": lambda fring, x: fring.tasks.toggle(9, owner=x),
    "delete_task": lambda fring, x: fring.tasks.delete(x),
    "delete_task owner": lambda fring, x: fring.tasks.delete(9, owner=x),
}  # fmt: skip


class Undone(Exception):  # noqa: N818  # it reports no error
    pass


async def outcome(fring, slot, value):
    """Tell what a call does, and undo it."""
    told: Any = None
    try:
        async with fring.transaction() as inner:
            try:
                told = repr(await SLOTS[slot](inner, value))
            except FringError as error:
                told = (type(error).__name__, str(error))
            raise Undone
    except Undone:
        return told


async def outcomes(store):
    fring = Fring(store, clock=FixedClock(NOON))
    await fring.users.create(NewUser("ann", "ann@example.org", 7))
    await fring.users.create(NewUser("todo", "todo@example.org", 1))
    for new, owner in ((NewTask("title", id=7), None), (NewTask("todo", id=1), None)):
        await fring.tasks.create(new, owner=owner)
    await fring.tasks.create(NewTask("own", id=9), owner="todo")
    await fring.assignments.add(user=7, task=7)
    return {
        (slot, number): await outcome(fring, slot, value)
        for slot in SLOTS
        for number, value in enumerate(ODD)
    }


@pytest.fixture(scope="module")
def in_memory():
    return run_sync(outcomes(MemoryStore()))


def differences(here, there):
    """Return what differs, by argument and value."""
    return {
        (slot, repr(ODD[number])): (told, there[slot, number])
        for (slot, number), told in here.items()
        if told != there[slot, number]
    }


def test_postgres_does_the_same(in_memory, database_url, empty):
    async def on_postgres():
        async with PostgresStore(database_url) as store:
            return await outcomes(store)

    empty()
    assert differences(in_memory, asyncio.run(on_postgres())) == {}


def test_postgres_does_the_same_without_a_loop(in_memory, database_url, empty):
    empty()
    with BlockingPostgresStore(database_url) as store:
        assert differences(in_memory, run_sync(outcomes(store))) == {}


WHOLE = [0, 1, -1, 7, 2**31, 2**63, 2**70, Number.ONE, INDEX]
TEXTS = ["1", "todo", "id", "yes", "1@b.c", SAFE, Text.TODO, OldText.TODO]
STATUSES = ["todo", SAFE, Text.TODO, OldText.TODO]
TAKEN: dict[str, list[Any]] = {
    "get_user": WHOLE,
    "set_status": WHOLE,
    "assign_user user": WHOLE,
    "new task's id": [1, 7, None, Number.ONE, INDEX],
    "limit": [0, 1, 7, Number.ONE, INDEX],
    "new username": TEXTS,
    "get_task owner": [None, *TEXTS],
    "tasks by title": [None, "", *TEXTS[:5], "x" * 300, *TEXTS[5:]],
    "status": STATUSES,
    "list_tasks_of_user status": [None, "", *STATUSES],
    "new due date": [None, DAY, date(2024, 2, 29)],
    "tasks by assigned": [True, False, None],
    "completed": [True, False],
    "list_tasks order": ["id"],
    "list_tasks page": [ODD[-1]],
    "create_task": [ODD[-2]],
}


@pytest.mark.parametrize("slot", TAKEN)
def test_what_is_taken_and_what_is_refused(in_memory, slot):
    """What names nothing is taken, too: it is a number like any other."""
    refused = ("InvalidInput", "InvalidStatus")
    taken = [repr(v) for number, v in enumerate(ODD) if in_memory[slot, number][0] not in refused]
    assert sorted(taken) == sorted(map(repr, TAKEN[slot]))


def test_what_is_kept_is_plain():
    async def scenario():
        fring = Fring(MemoryStore(), clock=FixedClock(NOON))
        user = await fring.users.create(NewUser(SAFE, Safe("todo@example.org"), INDEX))
        new = NewTask(OldText.TODO, Text.TODO, Text.TODO, DAY, Number.ONE)
        return user, await fring.tasks.create(new, owner=SAFE)

    user, task = run_sync(scenario())
    kept = [user.id, user.username, user.email, task.id, task.title, task.description, task.owner]
    assert [type(value) for value in (*kept, task.due_date)] == [
        int,
        str,
        str,
        int,
        str,
        str,
        str,
        date,
    ]
    assert (user.username, task.title, task.owner, task.due_date) == ("todo", "todo", "todo", DAY)


def test_a_store_that_is_called_by_itself_takes_no_time_without_a_zone(database_url, empty):
    naive, there = NOON.replace(tzinfo=None), NOON.astimezone(timezone(timedelta(hours=5.5)))
    empty()
    with BlockingPostgresStore(database_url) as postgres:
        for store in (MemoryStore(), postgres):
            for add in (
                lambda at, to=store: to.users.add(NewUser("ann", "a@b.c"), Cause(at)),
                lambda at, to=store: to.tasks.add(NewTask("title"), None, Cause(at)),
            ):
                with pytest.raises(ValueError, match="knows its zone"):
                    run_sync(add(naive))
                assert run_sync(add(there)).created_at.isoformat() == NOON.isoformat()
            assert len(run_sync(store.users.list(UserFilter(), Page()))) == 1
            assert len(run_sync(store.tasks.list(TaskFilter(), Page(), None))) == 1

"""Rows that no event has told of: the first event of each tells all that it was."""

import asyncio
from hashlib import sha256

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PostgresStore
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Event, Fring, NewTask, TaskChanges, UserChanges
from fring_core.events import replayed

LOAD = """
    INSERT INTO users (username, email) SELECT 'u' || n, 'u' || n || '@example.org'
        FROM generate_series(1, 4) AS n;
    INSERT INTO tasks (title, description, due_date, created_at, version, remind_at)
        SELECT E'ä"\\\\ \\n' || n, 'why', '0987-01-02', '1234-05-06 07:08:09.5+03', 7,
            '1999-12-31 23:59:59.987654+00'
        FROM generate_series(1, 4) AS n;
    INSERT INTO user_tasks SELECT 1, n FROM generate_series(1, 4) AS n;
    INSERT INTO tasks (title, owner) VALUES ('own', 'ann');
"""
WAS = {
    "description": "why",
    "status": "todo",
    "created_at": "1234-05-06T04:08:09.500000Z",
    "due_date": "0987-01-02",
    "remind_at": "1999-12-31T23:59:59.987654Z",
    "assignees": [1],
}


@pytest.fixture
def loaded(database_url, empty):
    empty()
    with psycopg.connect(to_conninfo(database_url), autocommit=True) as connection:
        connection.execute(LOAD)
    return database_url


def done(url, *calls, **options):
    """Return the events of calls that are made at the same time, and see that these tell all."""
    heard: list[Event] = []

    async def work():
        async with PostgresStore(url) as store:
            fring = Fring(store, clock=utc_now, on_commit=heard.append, **options)
            await asyncio.gather(*(call(fring) for call in calls))
            for task in await fring.tasks.list():
                events = await fring.events.of_task(task.id)
                found = await fring.tasks.get_with_users(task.id)
                if events and options == {}:
                    now = replayed(reversed(events)) or {}
                    assert now["assignees"] == [user.id for user in found.users]
                    assert (now["title"], now["version"]) == (task.title, task.version)

    asyncio.run(work())
    return heard


CALLS = {
    "update": lambda fring: fring.tasks.update(1, TaskChanges(title="new")),
    "update many": lambda fring: fring.tasks.update_many([1], TaskChanges(title="new")),
    "assign": lambda fring: fring.assignments.add(user=2, task=1),
    "un-assign": lambda fring: fring.assignments.remove(user=1, task=1),
    "delete": lambda fring: fring.tasks.delete(1),
    "remind": lambda fring: fring.reminders.fire(1),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_first_event_tells_all_that_a_task_was(loaded, call):
    first, *_ = heard = done(loaded, call)
    assert len(heard) == 1
    assert first.before == {"title": 'ä"\\ \n1', **WAS}
    assert (first.version, first.task_id) == (8, 1)
    [*again] = done(loaded, lambda fring: fring.tasks.create(NewTask("new")))
    assert [event.before for event in again] == [{}]


def test_the_second_does_not(loaded):
    done(loaded, CALLS["update"])
    [event] = done(loaded, CALLS["assign"])
    assert event.before == {}


def test_of_several_at_once_the_first_does(loaded):
    heard = done(
        loaded,
        *(lambda fring, user=user: fring.assignments.add(user=user, task=1) for user in (2, 3, 4)),
        lambda fring: fring.assignments.remove(user=1, task=1),
        *[CALLS["update"]] * 3,
    )
    heard.sort(key=lambda event: event.version)
    assert [event.version for event in heard] == [*range(8, 15)]
    assert heard[0].before == {"title": 'ä"\\ \n1', **WAS}
    assert not any("created_at" in event.before for event in heard[1:])


def test_a_user_that_goes_tells_all_of_its_tasks(loaded):
    heard = done(loaded, lambda fring: fring.users.delete(1))
    assert [(event.type, event.task_id) for event in heard] == [
        *(("task.unassigned", number) for number in (1, 2, 3, 4)),
        ("user.deleted", None),
    ]
    assert all(event.before.items() >= WAS.items() for event in heard[:-1])


def test_a_user_is_told_whole_too(loaded):
    [event] = done(loaded, lambda fring: fring.users.update(2, UserChanges(username="new")))
    assert set(event.before) == {"username", "email", "created_at"}
    assert event.after == {"username": "new"}


def test_a_task_of_a_personal_list_has_nobody(loaded):
    change = TaskChanges(title="new")
    [event] = done(loaded, lambda fring: fring.tasks.update(5, change, owner="ann"))
    assert (event.before["title"], event.owner) == ("own", "ann")


@pytest.mark.parametrize("name", ["update", "assign", "delete"])
def test_descriptions_may_be_kept_out(loaded, name):
    [event] = done(loaded, CALLS[name], event_text=False)
    assert event.before["description"] == {"length": 3, "sha256": sha256(b"why").hexdigest()}

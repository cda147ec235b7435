"""No call waits for the database without end, and a quick one costs one round trip."""

import asyncio
import time
from itertools import count

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_adapters.postgres.wire import supply
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, TaskChanges, run_sync

SIZE = 4
POOL = PoolSettings(size=SIZE, timeout=10)


@pytest.fixture(params=["async", "blocking"])
def opened(request, database_url, empty):
    """Give a store with all its connections, and a function that runs a coroutine."""
    empty()
    if request.param == "async":
        with asyncio.Runner() as runner:
            store = PostgresStore(database_url, POOL)
            runner.run(store.__aenter__())
            runner.run(store._pool.wait())
            yield store, runner.run
            runner.run(store.__aexit__(None, None, None))
    else:
        with BlockingPostgresStore(database_url, POOL) as blocking:
            blocking._pool.wait()
            yield blocking, run_sync


@pytest.fixture
def fring(opened):
    return Fring(opened[0], clock=utc_now)


def test_a_lock_is_not_waited_for_too_long(opened, fring, database_url):
    store, run = opened
    task = run(fring.tasks.create(NewTask("task")))

    async def together():
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("new"))
            with pytest.raises(StoreUnavailable, match=r"longer than 0\.3 s"):
                await inner.tasks.update(task.id, TaskChanges(title="late"))
            await inner.tasks.create(NewTask("newer"))

    for connection in store._pool._pool:
        connection.deadline = 0.3
    with psycopg.connect(to_conninfo(database_url)) as other:
        other.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [task.id])
        with pytest.raises(StoreUnavailable, match=r"longer than 0\.3 s"):
            run(fring.tasks.update(task.id, TaskChanges(title="late")))
        run(together())
    assert [each.title for each in run(fring.tasks.list())] == ["task", "new", "newer"]


def test_calls_now_and_then_are_one_round_trip_each(opened, fring, monkeypatch):
    """A connection that was used a moment ago is taken again, rather than one that has to be asked."""
    store, run = opened
    asked = []
    check = type(store._pool).check_connection

    def counting(connection):
        asked.append(connection)
        return check(connection)

    monkeypatch.setattr(type(store._pool), "check_connection", staticmethod(counting))
    run(fring.tasks.list())
    seconds = count(time.monotonic() + 0.4, 0.2)  # each look at the clock finds it moved on
    monkeypatch.setattr(supply, "monotonic", lambda: next(seconds))
    for _ in range(3 * SIZE):
        run(fring.tasks.list())
    assert asked == []


def test_what_was_idle_is_asked(opened, fring, monkeypatch):
    store, run = opened
    connections_before = store._pool.get_stats()["connections_num"]
    for connection in store._pool._pool:
        connection.used_at = float("-inf")
        connection.pgconn.finish()
    assert run(fring.tasks.list()) == []
    assert store._pool.get_stats()["connections_num"] > connections_before

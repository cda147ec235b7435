"""No call waits for the database without end, and a quick one costs one round trip."""

import asyncio
import os
import signal
import time
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_adapters.postgres.wire import connections, supply
from fring_adapters.postgres.wire.statement import Statement
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, TaskChanges, run_sync
from tests.standby import without_standby

SIZE = 4
POOL = PoolSettings(size=SIZE, timeout=10)


@contextmanager
def opened_as(color, database_url, pool):
    """Give a store with all its connections, and a function that runs a coroutine."""
    if color == "async":
        with asyncio.Runner() as runner:
            store = PostgresStore(database_url, pool)
            runner.run(store.__aenter__())
            runner.run(store._pool.wait())
            yield store, runner.run
            runner.run(store.__aexit__(None, None, None))
    else:
        with BlockingPostgresStore(database_url, pool) as blocking:
            blocking._pool.wait()
            yield blocking, run_sync


@pytest.fixture(params=["async", "blocking"])
def color(request):
    return request.param


@pytest.fixture
def opened(color, database_url, empty):
    empty()
    with opened_as(color, database_url, POOL) as found:
        yield found


@pytest.fixture
def anyio_backend():
    return "asyncio"


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
    kind = store._pool.connection_class
    ask = kind.ask

    def counting(connection):
        asked.append(connection)
        return ask(connection)

    monkeypatch.setattr(kind, "ask", counting)
    run(fring.tasks.list())
    seconds = count(time.monotonic() + 0.4, 0.2)  # each look at the clock finds it moved on
    monkeypatch.setattr(supply, "monotonic", lambda: next(seconds))
    for _ in range(3 * SIZE):
        run(fring.tasks.list())
    assert asked == []


@contextmanager
def frozen(store):
    """Freeze the server processes of all connections."""
    numbers = [connection.info.backend_pid for connection in store._pool._pool]
    for number in numbers:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in numbers:
            os.kill(number, signal.SIGCONT)


def test_frozen_connections_that_were_idle_are_replaced(opened, fring, monkeypatch):
    store, run = opened
    monkeypatch.setattr(connections, "ASK_SECONDS", 0.2)
    for connection in store._pool._pool:
        connection.used_at = float("-inf")
        connection.cancel_seconds = 0.2
    began = time.monotonic()
    with frozen(store):
        assert run(fring.tasks.list()) == []
    assert time.monotonic() - began < store._pool.door.deadline


def test_nobody_waits_longer_than_the_deadline_and_its_cancelling(opened, fring):
    store, run = opened
    for connection in store._pool._pool:
        connection.deadline = connection.cancel_seconds = 0.3
    with frozen(store), pytest.raises(StoreUnavailable, match=r"longer than 0\.3 s"):
        began = time.monotonic()
        run(fring.tasks.list())
    assert time.monotonic() - began < 5, "psycopg itself waits ten seconds"


@pytest.mark.anyio
async def test_a_caller_that_is_cancelled_waits_no_longer(database_url):
    async with PostgresStore(database_url, POOL) as store:
        fring = Fring(store, clock=utc_now)
        await store._pool.wait()
        for connection in store._pool._pool:
            connection.cancel_seconds = 0.3
        with frozen(store):
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(fring.tasks.list(), 0.2)
            assert time.monotonic() - began < 5, "psycopg itself waits ten seconds"
            await fring.tasks.list()  # the others were given up with it


@pytest.mark.parametrize(
    ("limit", "said"), [("lock", "lock timeout"), ("idle", "idle-in-transaction timeout")]
)
def test_the_database_ends_a_transaction_that_nobody_ends(color, database_url, empty, limit, said):
    empty()
    pool = {"lock": PoolSettings(deadline=1.0), "idle": PoolSettings(idle=0.2)}[limit]
    with opened_as(color, database_url, pool) as (store, run):
        fring = Fring(store, clock=utc_now)
        task = run(fring.tasks.create(NewTask("task")))

        async def together():
            async with fring.transaction() as inner:
                await inner.tasks.create(NewTask("undone"))
                time.sleep(0.5 if limit == "idle" else 0)  # noqa: ASYNC251
                await inner.tasks.update(task.id, TaskChanges(title="late"))

        with psycopg.connect(to_conninfo(database_url)) as other:
            if limit == "lock":
                other.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [task.id])
            with pytest.raises(StoreUnavailable, match=said):
                run(together())
        assert [each.title for each in run(fring.tasks.list())] == ["task"]
        assert run(settings_after(fring, store)) == [("0", "0")]


async def settings_after(fring, store):
    async with fring.transaction():
        pass
    connection = await store._pool.take()
    sql = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
    rows = await store._pool.execute(connection, Statement(sql.encode(), reads=True), {})
    await store._pool.give_back(connection)
    return rows


def test_what_was_idle_is_asked(opened, fring, monkeypatch):
    store, run = opened
    connections_before = store._pool.get_stats()["connections_num"]
    for connection in store._pool._pool:
        connection.used_at = float("-inf")
        connection.pgconn.finish()
    assert run(fring.tasks.list()) == []
    assert store._pool.get_stats()["connections_num"] > connections_before


def test_what_no_standby_has_confirmed_is_not_acknowledged(opened, fring, database_url):
    store, run = opened
    for connection in store._pool._pool:
        connection.deadline = 0.5

    async def create_in_a_transaction():
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("task"))

    with without_standby(database_url):
        for create in (create_in_a_transaction, lambda: fring.tasks.create(NewTask("task"))):
            with pytest.raises(StoreUnavailable, match="confirmed"):
                run(create())
        assert len(run(fring.tasks.list())) == 2  # which waits for no commit
    run(create_in_a_transaction())

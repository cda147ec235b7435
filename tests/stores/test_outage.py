"""A database that dies and comes back: clear errors meanwhile, no restart after."""

import asyncio
import time

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_core import Fring, NewTask, StoreUnavailable, run_sync
from tests.outage import Database

POOL = PoolSettings(size=4)
GUARD_SECONDS = 20.0  # against hanging only


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    database = Database(tmp_path_factory.mktemp("outage") / "data")
    yield database
    database.close()


@pytest.fixture(params=["async", "blocking"])
def run(request, database):
    """Give a function that runs a coroutine function on a Fring, and returns its result."""
    if request.param == "async":
        with asyncio.Runner() as runner:
            store = PostgresStore(database.url, POOL)
            runner.run(store.__aenter__())
            yield lambda scenario: runner.run(scenario(Fring(store, clock=utc_now)))
            runner.run(store.__aexit__(None, None, None))
    else:
        with BlockingPostgresStore(database.url, POOL) as blocking:
            yield lambda scenario: run_sync(scenario(Fring(blocking, clock=utc_now)))


def test_a_server_that_stops_and_starts(run, database):
    async def read(fring):
        return await fring.tasks.list()

    async def write(fring):
        return await fring.tasks.create(NewTask("task"))

    async def several(fring):
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("one"))
            await inner.tasks.create(NewTask("two"))

    run(write)
    before = len(run(read))
    database.stop()
    for call in (write, read, several, write, read):
        with pytest.raises(StoreUnavailable):
            run(call)
    database.start()
    deadline = time.monotonic() + GUARD_SECONDS
    while True:
        try:
            assert len(run(read)) == before
            break
        except StoreUnavailable:
            assert time.monotonic() < deadline
    run(write)
    run(several)
    assert len(run(read)) == before + 3


def test_connections_that_were_ended_cost_no_read(run, database):
    async def read(fring):
        return await fring.tasks.list()

    run(read)
    for _ in range(3):
        database.end_connections()
        run(read)


def test_a_connection_lost_inside_a_transaction_undoes_it(run, database):
    async def interrupted(fring):
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("undone"))
            database.end_connections()
            await inner.tasks.create(NewTask("undone too"))

    async def titles(fring):
        return [task.title for task in await fring.tasks.list()]

    before = run(titles)
    with pytest.raises(StoreUnavailable):
        run(interrupted)
    assert run(titles) == before

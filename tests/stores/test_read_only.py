"""A database that only reads costs few connections, and is noticed when it writes again."""

import asyncio
import time

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, run_sync

SIZE = 3
POOL = PoolSettings(size=SIZE, timeout=10)
GUARD_SECONDS = 20.0  # against hanging only


@pytest.fixture(params=["async", "blocking"])
def opened(request, new_database):
    """Give a URL, its store, and a function that runs a coroutine."""
    url = new_database()
    prepare(url)
    if request.param == "async":
        with asyncio.Runner() as runner:
            store = PostgresStore(url, POOL)
            runner.run(store.__aenter__())
            runner.run(store._pool.wait())
            yield url, store, runner.run
            runner.run(store.__aexit__(None, None, None))
    else:
        with BlockingPostgresStore(url, POOL) as blocking:
            blocking._pool.wait()
            yield url, blocking, run_sync


async def write(fring):
    await fring.tasks.create(NewTask("task"))


async def write_together(fring):
    async with fring.transaction() as inner:
        await inner.tasks.create(NewTask("task"))


async def drained(store):
    """Replace the store's connections."""
    if isinstance(store, PostgresStore):
        await store._pool.drain()
    else:
        store._pool.drain()


@pytest.mark.parametrize("writing", [write, write_together])
def test_a_database_that_only_reads(opened, writing):
    url, store, run = opened
    fring = Fring(store, clock=utc_now)

    def turn(read_only):
        with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(
                f"ALTER DATABASE {connection.info.dbname}"
                f" SET default_transaction_read_only = {read_only}"
            )

    turn("on")
    run(drained(store))
    before = store._pool.get_stats()["connections_num"]
    begun = time.monotonic()
    for _ in range(40):
        with pytest.raises(StoreUnavailable, match="read-only transaction"):
            run(writing(fring))
        assert run(fring.tasks.list()) == []
    renewals = 2 + (time.monotonic() - begun)  # one that was under way, one at once, one a second
    assert store._pool.get_stats()["connections_num"] - before <= SIZE * renewals
    turn("off")
    # The connections that there are go on refusing: new ones have to be opened.
    while True:
        try:
            run(writing(fring))
            break
        except StoreUnavailable:
            assert time.monotonic() < begun + GUARD_SECONDS

"""Fork with a store open, and look at both sides: `python -m tests.stores.forking URL EMPTY_URL`.

In a process of its own, which has no threads but the store's.
"""

import asyncio
import gc
import os
import sys

import psycopg

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.setup import scripts
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, run_sync
from tests.forks import ended, in_child, refused

TWO = PoolSettings(size=2, timeout=10)


def backends(url):
    """Return the server processes of the open store."""
    with psycopg.connect(to_conninfo(url), application_name="looking") as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'fring' ORDER BY pid"
        ).fetchall()
    assert len(found) == TWO.size
    return found


async def list_together(fring):
    async with fring.transaction() as inner:
        return await inner.tasks.list()


def calls(fring):
    return fring.tasks.list(), fring.tasks.create(NewTask("lost")), list_together(fring)


def outside_transactions(fring, store, url, empty_url):
    unopened = BlockingPostgresStore(url, TWO)

    def everything_is_refused():
        for call in calls(fring):
            refused(run_sync, call)
        refused(BlockingPostgresStore.__enter__, store)

    def collected():
        nonlocal fring, store
        fring = store = None
        gc.collect()

    def anew():
        prepare(empty_url)
        for each in (unopened, BlockingPostgresStore(url, TWO)):
            with each:
                run_sync(Fring(each, clock=utc_now).tasks.list())

    in_child(everything_is_refused)
    in_child(collected)
    with scripts._alembic:  # as if another thread were at it
        in_child(anew)


async def in_a_transaction(fring):
    async with fring.transaction() as outer, outer.transaction() as inner:
        await inner.tasks.create(NewTask("kept"))

        def both_are_refused():
            refused(run_sync, inner.tasks.list())
            refused(run_sync, outer.tasks.list())

        in_child(both_are_refused)
        await inner.tasks.create(NewTask("kept too"))


async def left_as_if_all_were_well(fring, children):
    async with fring.transaction() as outer:
        await outer.tasks.create(NewTask("kept as well"))
        children.append(os.fork())


def blocking(url, empty_url):
    with BlockingPostgresStore(url, TWO) as store:
        fring = Fring(store, clock=utc_now)
        store._pool.wait()  # for both connections, to be counted
        before = backends(url)
        outside_transactions(fring, store, url, empty_url)
        run_sync(in_a_transaction(fring))
        children: list[int] = []
        try:
            run_sync(left_as_if_all_were_well(fring, children))
        except RuntimeError as error:
            assert "before a fork" in str(error), error
            sys.exit(0 if children == [0] else 1)
        ended(*children)
        titles = [task.title for task in run_sync(fring.tasks.list())]
        assert titles == ["kept", "kept too", "kept as well"], titles
        assert backends(url) == before


def asynchronous(url):
    unopened = PostgresStore(url, TWO)
    store = PostgresStore(url, TWO)
    fring = Fring(store, clock=utc_now)

    def everything_is_refused():
        for call in calls(fring):
            refused(asyncio.run, call)
        refused(asyncio.run, store.__aenter__())
        asyncio.run(store.__aexit__(None, None, None))

    async def open_and_list(each):
        async with each:
            await Fring(each, clock=utc_now).tasks.list()

    def anew():
        for each in (unopened, PostgresStore(url, TWO)):
            asyncio.run(open_and_list(each))

    async def in_the_parents_loop():
        def refused_there():
            refused(run_sync, fring.tasks.list())
            os._exit(0)  # asyncio itself would not survive the rest

        in_child(refused_there)
        await fring.tasks.list()

    with asyncio.Runner() as runner:
        runner.run(store.__aenter__())
        runner.run(store._pool.wait())
        before = backends(url)
        in_child(everything_is_refused)
        in_child(anew)
        runner.run(in_the_parents_loop())
        assert backends(url) == before
        runner.run(store.__aexit__(None, None, None))


if __name__ == "__main__":
    blocking(*sys.argv[1:])
    asynchronous(sys.argv[1])

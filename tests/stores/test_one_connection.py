"""A change reads and stores over one connection of the pool, and gives it back whatever happens."""

import asyncio
from functools import partial

import attrs
import psycopg
import pytest

from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_adapters.postgres.wire.pools import AsyncPool
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Page, StoreUnavailable, TaskFilter, run_sync
from fring_core.testing.contract.examples import CAUSE, add_task

ONE = PoolSettings(size=1, overflow=0, timeout=5)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def store(database_url, empty):
    empty()
    async with PostgresStore(database_url, ONE) as store:
        yield store


@pytest.fixture
def cut(database_url):
    """Give a function that ends all other connections to the database."""

    def cut(task=None):
        with psycopg.connect(to_conninfo(database_url), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
        return task and retitled(task)

    return cut


def retitled(task):
    return attrs.evolve(task, title="new")


async def titles(store):
    return [task.title for task in await store.tasks.list(TaskFilter(), Page(), None)]


async def test_it_takes_one(store, monkeypatch):
    task = await add_task(store)
    taken = []
    take = AsyncPool.take

    async def counting(pool, tables):
        taken.append(pool)
        return await take(pool, tables)

    monkeypatch.setattr(AsyncPool, "take", counting)
    assert await store.tasks.change(task.id, None, retitled, CAUSE) is not None
    assert await store.users.change(7, retitled, CAUSE) is None  # there is none
    assert len(taken) == 2, "each takes one"
    assert await titles(store) == ["new"]


async def test_one_that_is_lost_before_it_reads_is_replaced(store, cut):
    task = await add_task(store)
    cut()
    assert await store.tasks.change(task.id, None, retitled, CAUSE) is not None
    assert await titles(store) == ["new"]


async def test_one_that_is_lost_before_it_stores_loses_the_change(store, cut):
    task = await add_task(store)
    with pytest.raises(StoreUnavailable):
        await store.tasks.change(task.id, None, cut, CAUSE)
    assert await titles(store) == ["task"]


def test_the_same_without_a_loop(database_url, empty, cut):
    empty()
    with BlockingPostgresStore(database_url, ONE) as store:
        task = run_sync(add_task(store))
        with pytest.raises(StoreUnavailable):
            run_sync(store.tasks.change(task.id, None, cut, CAUSE))
        cut()
        assert run_sync(store.tasks.change(task.id, None, retitled, CAUSE)) is not None
        assert run_sync(titles(store)) == ["new"]


async def test_who_is_cancelled_or_refuses_gives_it_back(store, database_url):
    task = await add_task(store)
    with pytest.raises(ZeroDivisionError):
        await store.tasks.change(task.id, None, lambda _: 1 / 0, CAUSE)
    async with await psycopg.AsyncConnection.connect(to_conninfo(database_url)) as other:
        await other.execute("SELECT FROM tasks FOR UPDATE")
        call = partial(store.tasks.change, task.id, None, retitled, CAUSE)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call(), 0.2)
    assert await titles(store) == ["task"]

"""Many tasks at once in PostgreSQL: in how few statements, and what becomes of what is in the way."""

import asyncio
from contextlib import suppress

import attrs
import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_adapters.postgres.repositories import many_tasks
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import (
    Fring,
    NewTask,
    Page,
    StoreUnavailable,
    TaskChanges,
    TaskFilter,
    TransactionConflict,
)
from fring_core.testing.contract.examples import CAUSE

pytestmark = pytest.mark.anyio
MOST = 1000
MANY = [NewTask(f"task {number}") for number in range(MOST)]
NOW = utc_now()


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def store(database_url, sql, sent, watch):
    async with PostgresStore(database_url, PoolSettings(size=4), watch=watch) as store:
        await store.users.get(1)  # connected
        sent.clear()
        yield store


def longer(task):
    return attrs.evolve(task, title=f"{task.title}!")


async def test_a_thousand_take_as_many_statements_as_one(store, sent):
    tasks = await store.tasks.add_many(MANY, None, CAUSE)
    assert sent == {"INSERT tasks": 1}
    sent.clear()
    await store.tasks.change_many([task.id for task in tasks], None, longer, CAUSE)
    assert sent == {"SELECT tasks": 1, "UPDATE tasks": 1}
    sent.clear()
    await store.tasks.add_many([NewTask("a", id=10**6 + each) for each in range(MOST)], None, CAUSE)
    assert sent == {"INSERT tasks": 1}


async def test_none_takes_no_statement(store, sent):
    assert await store.tasks.add_many([], None, CAUSE) == []
    assert await store.tasks.change_many([], None, longer, CAUSE) == []
    assert sent == {}


async def test_ids_chosen_ahead_are_passed_over_together(store, sent):
    [first] = await store.tasks.add_many([NewTask("first")], None, CAUSE)
    ahead = [NewTask("ahead", id=first.id + each) for each in range(1, 40)]
    await store.tasks.add_many(ahead, None, CAUSE)
    sent.clear()
    tasks = await store.tasks.add_many(MANY[:20], None, CAUSE)
    assert len({task.id for task in tasks} - {new.id for new in ahead} - {first.id}) == 20
    assert sent["INSERT tasks"] <= 5


async def test_an_addition_that_fails_halfway_is_undone(store, monkeypatch):
    async def fail(*_):
        raise StoreUnavailable("no more")

    both = [NewTask("chosen", id=7), NewTask("drawn")]
    with monkeypatch.context() as patch:
        patch.setattr(many_tasks, "_drawn", fail)
        with pytest.raises(StoreUnavailable):
            await store.tasks.add_many(both, None, CAUSE)
        assert await store.tasks.get(7, None) is None
        async with store.transaction() as inner:
            kept = await inner.tasks.add(NewTask("kept"), None, CAUSE)
            with pytest.raises(StoreUnavailable):
                await inner.tasks.add_many(both, None, CAUSE)
            assert await inner.tasks.get(7, None) is None
    assert await store.tasks.get(kept.id, None) == kept


async def test_one_that_is_cancelled_halfway_is_undone(store, monkeypatch):
    begun = asyncio.Event()

    async def hang(*_):
        begun.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(many_tasks, "_drawn", hang)
    adding = asyncio.create_task(
        store.tasks.add_many([NewTask("chosen", id=7), NewTask("drawn")], None, CAUSE)
    )
    await begun.wait()
    adding.cancel()
    with suppress(asyncio.CancelledError):
        await adding
    assert await store.tasks.get(7, None) is None


async def test_those_that_name_the_same_rows_wait_for_each_other(store, sql):
    tasks = await store.tasks.add_many(MANY, None, CAUSE)
    ids = [task.id for task in tasks]
    before = deadlocks(sql)
    turns = (ids, ids[::-1]) * 4
    await asyncio.gather(*(store.tasks.change_many(each, None, longer, CAUSE) for each in turns))
    assert {task.version for task in await _listed(store)} == {len(turns) + 1}
    assert deadlocks(sql) == before


def deadlocks(sql):
    sql.rollback()  # statistics are of one moment in a transaction
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    return sql.execute(query).fetchone()


async def _listed(store):
    return await store.tasks.list(TaskFilter(), Page(limit=MOST), None)


async def test_one_row_is_changed_by_many_and_alone_at_the_same_time(store):
    tasks = await store.tasks.add_many(MANY[:50], None, CAUSE)
    ids = [task.id for task in tasks]
    calls = [store.tasks.change_many(ids, None, longer, CAUSE) for _ in range(8)]
    calls += [store.tasks.change(each, None, longer, CAUSE) for each in ids for _ in range(4)]
    await asyncio.gather(*calls)
    assert {(task.version, task.title[-12:]) for task in await _listed(store)} == {(13, "!" * 12)}


async def test_in_a_transaction_other_calls_wait(store):
    tasks = await store.tasks.add_many(MANY[:50], None, CAUSE)
    ids = [task.id for task in tasks]
    async with store.transaction() as inner:
        await asyncio.gather(
            inner.tasks.change_many(ids, None, longer, CAUSE),
            inner.tasks.change(ids[0], None, longer, CAUSE),
            inner.tasks.get(ids[0], None),
            inner.tasks.add_many([NewTask("new")], None, CAUSE),
            inner.tasks.change_many(ids[::-1], None, longer, CAUSE),
        )
    versions = {task.id: task.version for task in await _listed(store)}
    assert len(versions) == 51
    assert [versions[each] for each in ids] == [4, *[3] * 49]


async def crossed(sql, first, last, changing):
    """Lock two rows the other way round than a call that has begun with the first of them."""
    sql.execute("SET deadlock_timeout = '60s'")  # so that the other one is the victim
    sql.execute("UPDATE tasks SET version = version WHERE id = %s", [last.id])
    running = asyncio.create_task(changing)
    with psycopg.connect(sql.info.dsn, password=sql.info.password, autocommit=True) as other:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while other.execute(waiting).fetchone() == (0,):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # it is the database that tells
    update = "UPDATE tasks SET version = version WHERE id = %s"
    await asyncio.to_thread(sql.execute, update, [first.id])
    sql.commit()
    return await running


async def test_a_deadlock_is_tried_again_unseen(store, sql):
    first, last = await store.tasks.add_many(MANY[:2], None, CAUSE)
    changing = store.tasks.change_many([first.id, last.id], None, longer, CAUSE)
    changed = await crossed(sql, first, last, changing)
    assert [task.version for task in changed] == [2, 2]


async def test_a_deadlock_in_a_transaction_is_for_its_caller(store, sql):
    first, last = await store.tasks.add_many(MANY[:2], None, CAUSE)

    async def change():
        async with store.transaction() as inner:
            await inner.tasks.change_many([first.id, last.id], None, longer, CAUSE)

    with pytest.raises(TransactionConflict):
        await crossed(sql, first, last, change())
    assert [task.version for task in await _listed(store)] == [1, 1]


async def test_a_deadlock_in_a_use_case_is_tried_again_unseen(store, sql):
    fring = Fring(store, clock=utc_now)
    first, last = await fring.tasks.create_many(MANY[:2])
    changing = fring.tasks.update_many([first.id, last.id], TaskChanges(title="new"))
    changed = await crossed(sql, first, last, changing)
    assert [(task.title, task.version) for task in changed] == [("new", 2)] * 2


@pytest.mark.parametrize("autocommit", [True, False])
async def test_on_a_connection_of_the_host_s(database_url, sql, autocommit):
    conninfo = to_conninfo(database_url)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=autocommit) as connection:
        store = PostgresStore.on(connection)
        tasks = await store.tasks.add_many(MANY[:3], None, CAUSE)
        await store.tasks.change_many([task.id for task in tasks], None, longer, CAUSE)
        await connection.rollback()
    kept = sql.execute("SELECT version FROM tasks").fetchall()
    assert kept == ([(2,)] * 3 if autocommit else [])

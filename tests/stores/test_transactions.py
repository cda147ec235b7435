"""Transactions that several tasks share, that are left too early, and that are gone past."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, TaskChanges, run_sync

TWO = PoolSettings(size=1, overflow=1, timeout=10)


@pytest.fixture(params=["async", "blocking"])
def run(request, database_url, empty):
    """Give a function that runs a coroutine function on a Fring, in either colour."""
    empty()
    if request.param == "async":

        async def scenario(function):
            async with PostgresStore(database_url, TWO) as store:
                return await function(Fring(store, clock=utc_now))

        yield lambda function: asyncio.run(asyncio.wait_for(scenario(function), 60))
    else:
        with BlockingPostgresStore(database_url, TWO) as store:
            yield lambda function: run_sync(function(Fring(store, clock=utc_now)))


@pytest.fixture
def run_in_loop(database_url, empty):
    """Give a function that runs a coroutine function on a Fring, in an event loop."""
    empty()

    async def scenario(function):
        async with PostgresStore(database_url, TWO) as store:
            return await function(Fring(store, clock=utc_now))

    return lambda function: asyncio.run(asyncio.wait_for(scenario(function), 60))


async def titles(fring):
    return [task.title for task in await fring.tasks.list()]


def test_a_call_that_waited_until_the_transaction_was_over_is_refused(run_in_loop):
    async def scenario(fring):
        async with fring.transaction() as inner:
            first, second = (
                asyncio.create_task(inner.tasks.create(NewTask(title)))
                for title in ("first", "second")
            )
            await asyncio.sleep(0)  # the first is being sent, the second waits
        await first
        with pytest.raises(RuntimeError, match="is over"):
            await second
        assert await titles(fring) == ["first"]

    run_in_loop(scenario)


def test_a_transaction_that_is_left_before_the_one_inside_stores_nothing(run_in_loop):
    async def scenario(fring):
        opened, left = asyncio.Event(), asyncio.Event()
        blocks: list[Fring] = []
        tasks: list[asyncio.Task[None]] = []

        async def stay(outer):
            async with outer.transaction() as inner:
                await inner.tasks.create(NewTask("inner"))
                opened.set()
                await left.wait()
                with pytest.raises(RuntimeError, match="is over"):
                    await inner.tasks.create(NewTask("late"))

        async def leave():
            async with fring.transaction() as outer:
                await outer.tasks.create(NewTask("outer"))
                blocks.append(outer)
                tasks.append(asyncio.create_task(stay(outer)))
                await opened.wait()

        with pytest.raises(RuntimeError, match="await the tasks that use it"):
            await leave()
        left.set()
        with pytest.raises(RuntimeError, match="nothing is stored"):
            await tasks[0]
        with pytest.raises(RuntimeError, match="is over"):  # for good
            await blocks[0].tasks.create(NewTask("later"))
        assert await titles(fring) == []

    run_in_loop(scenario)


def test_who_is_cancelled_while_leaving_stores_nothing(run_in_loop, database_url):
    async def scenario(fring):
        task = await fring.tasks.create(NewTask("task"))
        calls, inside = [], asyncio.Event()

        async def leave(outer):
            async with outer.transaction() as inner:
                await inner.tasks.create(NewTask("new"))
                calls.append(
                    asyncio.create_task(inner.tasks.update(task.id, TaskChanges(title="changed")))
                )
                await asyncio.sleep(0)  # it is sent, and will wait for the row
                inside.set()

        with psycopg.connect(to_conninfo(database_url)) as other:
            other.execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", [task.id])
            async with fring.transaction() as outer:
                leaving = asyncio.create_task(leave(outer))
                await inside.wait()
                leaving.cancel()
                await asyncio.sleep(0)
                other.rollback()
                with pytest.raises(asyncio.CancelledError):
                    await leaving
                await asyncio.wait(calls)
                await outer.tasks.create(NewTask("after"))
        assert await titles(fring) == ["task", "after"]

    run_in_loop(scenario)


def test_a_lost_connection_commits_nothing_and_says_so(run, database_url):
    async def leave(fring):
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("task"))
            with psycopg.connect(to_conninfo(database_url), autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state = 'idle in transaction'"
                )
            with pytest.raises(StoreUnavailable):
                await inner.tasks.list()

    async def scenario(fring):
        with pytest.raises(StoreUnavailable, match="nothing is stored"):
            await leave(fring)
        assert await titles(fring) == []

    run(scenario)


@pytest.mark.parametrize(
    "theirs", [psycopg.OperationalError("theirs"), psycopg.errors.SerializationFailure("theirs")]
)
def test_errors_of_another_database_pass_as_they_are(run, theirs):
    async def outermost(fring):
        async with fring.transaction() as outer:
            await outer.tasks.create(NewTask("task"))
            raise theirs

    async def innermost(fring):
        async with fring.transaction() as outer, outer.transaction() as inner:
            await inner.tasks.create(NewTask("task"))
            raise theirs

    async def scenario(fring):
        for block in (outermost, innermost):
            with pytest.raises(type(theirs)) as raised:
                await block(fring)
            assert raised.value is theirs
        assert await titles(fring) == []

    run(scenario)


def test_who_is_in_the_block_uses_what_it_was_given(run):
    async def scenario(fring):
        task = await fring.tasks.create(NewTask("task"))
        async with fring.transaction() as inner:
            await inner.tasks.update(task.id, TaskChanges(title="inner"))
            for call in (
                fring.tasks.update(task.id, TaskChanges(title="outer")),
                fring.tasks.list(),
            ):
                with pytest.raises(RuntimeError, match="that the block was given"):
                    await call
            with pytest.raises(RuntimeError, match="that the block was given"):
                async with fring.transaction():
                    pass
        assert await titles(fring) == ["inner"]

    run(scenario)


def test_a_task_that_was_started_in_the_block_is_somebody_else(run_in_loop):
    async def scenario(fring):
        left = asyncio.Event()

        async def later():
            await left.wait()
            return await titles(fring)

        async with fring.transaction() as inner:
            assert await asyncio.create_task(titles(fring)) == []
            waiting = asyncio.create_task(later())
            await inner.tasks.create(NewTask("task"))
        left.set()
        assert await waiting == ["task"]

    run_in_loop(scenario)


def test_a_thread_that_was_started_in_the_block_is_somebody_else(database_url, empty):
    async def scenario(fring):
        async with fring.transaction() as inner:
            await inner.tasks.create(NewTask("task"))
            with ThreadPoolExecutor(1) as thread:
                assert thread.submit(run_sync, fring.tasks.list()).result() == []

    empty()
    with BlockingPostgresStore(database_url, TWO) as store:
        run_sync(scenario(Fring(store, clock=utc_now)))


def test_two_stores_are_not_taken_for_each_other(database_url, empty):
    async def scenario(one, other):
        async with one.transaction() as inner, other.transaction() as innermost:
            await inner.tasks.list()
            await innermost.tasks.list()
            for outer in (one, other):
                with pytest.raises(RuntimeError, match="that the block was given"):
                    await outer.tasks.list()
        await one.tasks.list()
        await other.tasks.list()

    empty()
    with (
        BlockingPostgresStore(database_url, TWO) as store,
        BlockingPostgresStore(database_url, TWO) as second,
    ):
        run_sync(scenario(Fring(store, clock=utc_now), Fring(second, clock=utc_now)))

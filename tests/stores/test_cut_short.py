"""Calls that go together and are cut short: none waits for ever, and none is done unseen."""

import asyncio
from contextlib import contextmanager, suppress
from random import Random

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_adapters.postgres.wire.coalescing import Coalescing
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, Page, StoreUnavailable, TaskChanges
from tests.standby import without_standby

pytestmark = pytest.mark.anyio
CALLERS = 32


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def store(database_url, empty):
    empty()
    return PostgresStore(database_url, PoolSettings(size=2))


@pytest.fixture
async def fring(store):
    async with Fring(store, clock=utc_now) as fring:
        yield fring


async def together(*calls):
    return await asyncio.gather(*calls, return_exceptions=True)


async def test_who_is_cancelled_before_it_is_sent_does_not_wait_for_the_others(database_url, empty):
    empty()
    async with Fring(PostgresStore(database_url, PoolSettings(size=1)), clock=utc_now) as fring:
        held, over = asyncio.Event(), asyncio.Event()

        async def hold_the_connection():
            async with fring.transaction():
                held.set()
                await over.wait()

        holder = asyncio.create_task(hold_the_connection())
        await held.wait()
        calls = [asyncio.create_task(fring.tasks.create(NewTask(f"{n}"))) for n in range(CALLERS)]
        await asyncio.sleep(0.1)  # the first waits for a connection, and the others for one more
        calls[7].cancel()
        assert await asyncio.wait([calls[7]], timeout=2) == ({calls[7]}, set())
        over.set()
        await together(holder, *calls)
        titles = {task.title for task in await fring.tasks.list()}
    assert titles == {f"{n}" for n in range(CALLERS)} - {"7"}


async def test_nobody_waits_for_what_somebody_else_has_cancelled(database_url, fring):
    made = await together(*(fring.tasks.create(NewTask(f"{n}")) for n in range(CALLERS)))
    with psycopg.connect(to_conninfo(database_url)) as other:
        other.execute("LOCK tasks")
        calls = [asyncio.create_task(fring.tasks.get(task.id)) for task in made]
        await asyncio.sleep(0.1)
        for task in asyncio.all_tasks():
            if Coalescing.__name__ in repr(task):
                task.cancel()
        await asyncio.wait(calls[1:], timeout=3)
        assert all(call.cancelled() for call in calls[1:])
    await calls[0]


async def test_whenever_calls_are_cancelled_nothing_is_under_way_afterwards(store, fring):
    draw, acknowledged = Random(1), set()
    task = await fring.tasks.create(NewTask("task"))

    async def call(n):
        await asyncio.sleep(draw.random())
        with suppress(TimeoutError):
            async with asyncio.timeout(draw.choice([0, 0.001, 0.003, 0.01, 9])):
                await fring.tasks.get(task.id)
                await fring.tasks.update(task.id, TaskChanges(title=f"{n}"))
                acknowledged.add((await fring.tasks.create(NewTask(f"{n}"))).title)

    await asyncio.gather(*map(call, range(20 * CALLERS)))
    assert store._coalescing.under_way == store.statistics().in_use == 0
    titles = [each.title for each in await fring.tasks.list(page=Page(0, 1000))][1:]
    assert len({*titles}) == len(titles)
    assert {*titles} >= acknowledged


class OddError(Exception):
    def __init__(self, code, reason):
        super().__init__(f"{code}: {reason}")


async def test_whatever_is_raised_all_are_told(database_url):
    @contextmanager
    def watch(_):
        yield
        raise OddError(7, "no")

    async with Fring(PostgresStore(database_url, watch=watch), clock=utc_now) as fring:
        async with asyncio.timeout(5):
            told = await together(*(fring.tasks.get(n) for n in range(1, CALLERS)))
    assert {str(each) for each in told} == {"7: no"}


async def test_what_no_standby_has_confirmed_is_acknowledged_to_nobody(database_url, fring):
    with without_standby(database_url):
        calls = [asyncio.create_task(fring.tasks.create(NewTask(f"{n}"))) for n in range(CALLERS)]
        finished, _ = await asyncio.wait(calls[1:], timeout=2)
    assert {type(call.exception()) for call in finished} == {StoreUnavailable}
    assert len(finished) == CALLERS - 1
    await calls[0]  # it was still waiting for one

"""Fring works where a test has replaced the clock, back or forth, standing or going."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from freezegun import freeze_time

from benchmarks.ports import free_port
from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_core import Fring, NewTask, StoreUnavailable, TaskChanges, run_sync

TWO = PoolSettings(size=2)
FAR = [datetime(2090, 1, 1, 12, tzinfo=UTC), datetime(1980, 1, 1, 12, tzinfo=UTC)]
MOVERS = {
    "freezegun": freeze_time,
    "freezegun, ticking": lambda moment: freeze_time(moment, tick=True),
    "freezegun, but for asyncio": lambda moment: freeze_time(moment, real_asyncio=True),
    "time-machine": time_machine.travel,
    "time-machine, standing": lambda moment: time_machine.travel(moment, tick=False),
}


@pytest.fixture(params=MOVERS)
def moved(request):
    return MOVERS[request.param]


async def use(fring, moment):
    """Do some of everything, at about this moment."""
    # Of the kind that the helper makes.
    task = await fring.tasks.create(NewTask("task", due_date=datetime.now(UTC).date()))
    assert timedelta(0) <= task.created_at - moment < timedelta(minutes=5)
    async with fring.transaction() as inner:
        changed = await inner.tasks.update(task.id, TaskChanges(title="changed"))
    assert (await fring.tasks.get_with_users(task.id)).task == changed
    assert [type(task.created_at), type(changed.due_date)] == [*PLAIN]


PLAIN = (datetime, date)


@pytest.mark.parametrize("moment", FAR, ids=str)
def test_in_an_event_loop(database_url, empty, moved, moment):
    async def scenario():
        with moved(moment):
            async with PostgresStore(database_url, TWO) as store:
                await use(Fring(store, clock=utc_now), moment)
        async with PostgresStore(database_url, TWO) as store:
            fring = Fring(store, clock=utc_now)
            await use(fring, datetime.now(UTC))
            with moved(moment):  # more of them than connections
                await asyncio.gather(*(use(fring, moment) for _ in range(5)))
            await use(fring, datetime.now(UTC))

    empty()
    asyncio.run(scenario())


@pytest.mark.parametrize("moment", FAR, ids=str)
def test_without_one(database_url, empty, moved, moment, caplog):
    empty()
    with moved(moment):
        run_sync(use(Fring(MemoryStore(), clock=utc_now), moment))
        with BlockingPostgresStore(database_url, TWO) as store:
            run_sync(use(Fring(store, clock=utc_now), moment))
    with BlockingPostgresStore(database_url, TWO) as store:
        fring = Fring(store, clock=utc_now)
        run_sync(use(fring, datetime.now(UTC)))
        with moved(moment):
            run_sync(use(fring, moment))
        run_sync(use(fring, datetime.now(UTC)))
    assert caplog.text == "", "the pool's threads have ended in time"


def test_time_that_goes_back_within_a_test(database_url, empty):
    empty()
    with freeze_time(FAR[0]) as clock, BlockingPostgresStore(database_url, TWO) as store:
        for fring in (Fring(MemoryStore(), clock=utc_now), Fring(store, clock=utc_now)):
            task = run_sync(fring.tasks.create(NewTask("task")))
            clock.tick(timedelta(days=400))
            later = run_sync(fring.tasks.update(task.id, TaskChanges()))
            clock.move_to(FAR[1])
            back = run_sync(fring.tasks.update(task.id, TaskChanges()))
            assert later.updated_at - task.updated_at == timedelta(days=400)
            assert back.updated_at == later.updated_at
            clock.move_to(FAR[0])


def test_a_database_that_is_away_is_told_all_the_same():
    url, pool = f"postgresql://postgres@127.0.0.1:{free_port()}/none", PoolSettings(timeout=0.2)

    async def scenario():
        async with PostgresStore(url, pool) as store:
            await Fring(store, clock=utc_now).tasks.list()

    with (
        freeze_time(FAR[0]),
        BlockingPostgresStore(url, pool) as store,
        pytest.raises(StoreUnavailable),
    ):
        run_sync(Fring(store, clock=utc_now).tasks.list())
    # Frozen as well, asyncio's own timers would never run out.
    with freeze_time(FAR[0], real_asyncio=True), pytest.raises(StoreUnavailable):
        asyncio.run(scenario())

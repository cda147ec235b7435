"""What executors and pools owe to callers that are cancelled, locked out, or confused."""

import asyncio

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore
from fring_adapters.postgres.wire.connections import PooledAsyncConnection
from fring_core import Fring, NewTask, run_sync

ONE = PoolSettings(size=1, timeout=5)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def fring(database_url, empty):
    empty()
    async with PostgresStore(database_url, ONE) as store:
        yield Fring(store, clock=utc_now)


async def test_a_cancelled_caller_gives_its_connection_back(fring, monkeypatch):
    await fring.tasks.create(NewTask("task"))

    async def hang(*_):
        await asyncio.sleep(60)

    with monkeypatch.context() as patch:
        patch.setattr("fring_adapters.postgres.wire.supply.FRESH_SECONDS", -1)  # so it is checked
        patch.setattr(PooledAsyncConnection, "ask", hang)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(fring.tasks.list(), 0.2)
    assert len(await fring.tasks.list()) == 1


async def test_a_transaction_waits_while_one_inside_it_is_open(fring):
    async with fring.transaction() as outer:
        async with outer.transaction() as inner:
            await inner.tasks.create(NewTask("inner"))
            with pytest.raises(RuntimeError, match="inside this one is open"):
                await outer.tasks.create(NewTask("outer"))
            with pytest.raises(RuntimeError, match="inside this one is open"):
                async with outer.transaction():
                    pass
        await outer.tasks.create(NewTask("after"))
        with pytest.raises(RuntimeError, match="is over"):
            await inner.tasks.create(NewTask("late"))
    assert [task.title for task in await fring.tasks.list()] == ["inner", "after"]


def test_the_same_without_a_loop(database_url, empty):
    async def scenario(fring):
        async with fring.transaction() as outer:
            async with outer.transaction() as inner:
                await inner.tasks.create(NewTask("inner"))
                with pytest.raises(RuntimeError, match="inside this one is open"):
                    await outer.tasks.create(NewTask("outer"))
            with pytest.raises(RuntimeError, match="is over"):
                await inner.tasks.create(NewTask("late"))
        return [task.title for task in await fring.tasks.list()]

    empty()
    with BlockingPostgresStore(database_url, ONE) as store:
        assert run_sync(scenario(Fring(store, clock=utc_now))) == ["inner"]


def test_without_a_loop_an_asynchronous_store_says_so(database_url):
    fring = Fring(PostgresStore(database_url, ONE), clock=utc_now)

    async def together():
        async with fring.transaction():
            pass

    for call in (fring.tasks.list(), together()):
        with pytest.raises(RuntimeError, match="BlockingPostgresStore"):
            run_sync(call)

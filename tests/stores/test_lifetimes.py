"""A store works from its opening to its closing, in the process that opened it, and says so."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_core import BlockingFring, Fring, NewTask, run_sync
from fring_http.api.app import create_app

ONE = PoolSettings(size=1, timeout=10)


def test_after_a_fork(new_database):
    url = new_database()
    prepare(url)
    program = ["-W", "ignore::DeprecationWarning", "-m", "tests.stores.forking"]
    ended = subprocess.run(
        [sys.executable, *program, url, new_database()],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def calls(fring):
    async def together():
        async with fring.transaction() as inner:
            await inner.tasks.list()

    return (fring.tasks.list(), fring.tasks.create(NewTask("task")), together())


def test_never_opened_or_closed(database_url):
    store = BlockingPostgresStore(database_url, ONE)
    fring = Fring(store, clock=utc_now)
    for call in calls(fring):
        with pytest.raises(RuntimeError, match="never opened: use it in `with"):
            run_sync(call)
    with store:
        run_sync(fring.tasks.list())
    for call in calls(fring):
        with pytest.raises(RuntimeError, match="is closed: make a new one"):
            run_sync(call)
    with pytest.raises(RuntimeError, match="is closed: make a new one"), store:
        pass


def test_never_opened_or_closed_in_an_event_loop(database_url):
    async def scenario():
        store = PostgresStore(database_url, ONE)
        fring = Fring(store, clock=utc_now)
        for call in calls(fring):
            with pytest.raises(RuntimeError, match=r"never opened: .*`async with"):
                await call
        async with store:
            await fring.tasks.list()
        for call in calls(fring):
            with pytest.raises(RuntimeError, match="is closed: make a new one"):
                await call
        with pytest.raises(RuntimeError, match="is closed: make a new one"):
            await store.__aenter__()

    asyncio.run(scenario())


def test_a_caller_that_waits_while_the_store_is_closed(database_url):
    async def scenario():
        async with PostgresStore(database_url, ONE) as store:
            fring = Fring(store, clock=utc_now)
            async with fring.transaction():
                waiting = asyncio.create_task(fring.tasks.create(NewTask("task")))
                await asyncio.sleep(0)  # it runs until it has to wait
                await store.__aexit__(None, None, None)
                with pytest.raises(RuntimeError, match="is closed"):
                    await waiting

    asyncio.run(scenario())


def test_an_unopened_store_is_no_outage_over_http(database_url):
    app: Any = create_app(Fring(PostgresStore(database_url, ONE), clock=utc_now))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/api/v1/tasks").status_code == 500


LEFT_OPEN = """
import asyncio, sys
from fring_adapters.clock import utc_now
from fring_adapters.postgres import PostgresStore
from fring_core import BlockingFring, Fring

async def scenario():
    store = PostgresStore(sys.argv[1])
    await store.__aenter__()  # whose connections are still being made when all is over
    print(await Fring(store, clock=utc_now).tasks.list())

asyncio.run(scenario())
"""


def test_a_store_that_is_left_open_keeps_no_loop_from_ending(new_database):
    url = new_database()
    prepare(url)
    ended = subprocess.run(
        [sys.executable, "-c", LEFT_OPEN, url],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


def test_a_blocking_store_does_not_hold_up_a_loop_by_mistake(database_url):
    with BlockingPostgresStore(database_url) as store:
        fring = Fring(store, clock=utc_now)

        async def awaited():
            await fring.tasks.list()

        async def in_a_block():
            async with fring.transaction():
                pass

        async def meant():
            return BlockingFring(fring).tasks.list()

        for mistaken in (awaited, in_a_block):
            with pytest.raises(RuntimeError, match="would hold it up: use PostgresStore"):
                asyncio.run(mistaken())
        assert asyncio.run(meant()) == run_sync(fring.tasks.list())

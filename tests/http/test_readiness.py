"""Whether a server says that it should be sent callers: its database, its tables, its end."""

import asyncio
import signal
import socket
import time

import httpx
import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import prepare
from fring_adapters.postgres.readiness import NO_TABLES, UNREACHABLE, objections
from fring_adapters.postgres.setup.revisions import newest
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.server.readiness import ENDING, TOO_SLOW, Readiness
from tests.serving import DEADLINE, await_condition, serving

READY = (200, {"status": "ready", "reasons": []})


@pytest.fixture
def anyio_backend():
    return "asyncio"


def unready(*reasons):
    return 503, {"status": "unready", "reasons": [*reasons]}


def asked(url, path="/health/ready"):
    answer = httpx.get(f"{url}{path}", verify=False, timeout=DEADLINE)
    return answer.status_code, answer.json()


def test_an_outage_is_told_within_a_second_and_so_is_its_end(database, tmp_path):
    with serving(tmp_path, DATABASE_URL=database.url) as server:
        assert asked(server.url) == READY
        database.stop()
        await_condition(lambda: asked(server.url) == unready(UNREACHABLE))
        assert asked(server.url, "/health/live") == (200, {"status": "alive"})
        database.start()
        await_condition(lambda: asked(server.url) == READY)


def test_tables_of_another_version_are_told(database, tmp_path):
    with serving(tmp_path, DATABASE_URL=database.url) as server:
        with psycopg.connect(database.url) as connection:
            connection.execute("UPDATE fring_version SET version_num = '0001'")
        other = f"The tables are of revision 0001, and this version's are of {newest()}"
        await_condition(lambda: asked(server.url) == unready(other))
        with psycopg.connect(database.url) as connection:
            connection.execute("ALTER TABLE fring_version RENAME TO away")
        await_condition(lambda: asked(server.url) == unready(NO_TABLES))


def test_who_is_told_to_end_says_so_and_goes_on_for_a_while(tmp_path):
    settings = {"DATABASE_URL": "memory://", "FRING_DRAIN_SECONDS": "600"}
    with serving(tmp_path, **settings) as server:
        assert asked(server.url) == READY
        server.process.send_signal(signal.SIGTERM)
        await_condition(lambda: asked(server.url) == unready(ENDING))
        task = httpx.post(f"{server.url}/api/v1/tasks", json={"title": "task"}, verify=False)
        assert task.status_code == 201
    # Told once more, it has ended.


def test_an_application_without_a_server_is_ready():
    app = create_app(Fring(MemoryStore(), clock=utc_now))

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fring") as client:
            answer = await client.get("/health/ready")
            return answer.status_code, answer.json()

    assert asyncio.run(ask()) == READY


@pytest.mark.anyio
async def test_however_many_want_to_know_the_database_is_asked_once():
    times = 0

    async def ask():
        nonlocal times
        times += 1
        await asyncio.sleep(0.01)
        return ["no"]

    readiness = Readiness(ask)
    impatient = asyncio.create_task(readiness.objections())
    others = [asyncio.create_task(readiness.objections()) for _ in range(100)]
    await asyncio.sleep(0)
    impatient.cancel()
    assert await asyncio.gather(*others) == [["no"]] * 100
    assert await readiness.objections() == ["no"]
    assert times == 1


@pytest.mark.anyio
async def test_a_database_that_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://127.0.0.1:{silent.getsockname()[1]}/none"
        begun = time.monotonic()
        assert await Readiness(lambda: objections(url)).objections() == [TOO_SLOW]
        assert time.monotonic() - begun < DEADLINE


@pytest.mark.anyio
async def test_the_tables_of_a_schema(new_database):
    url = new_database()
    assert await objections(url, schema="fring") == [NO_TABLES]
    await asyncio.to_thread(prepare, url, schema="fring")
    assert await objections(url, schema="fring") == []
    assert await objections(url) == [NO_TABLES]

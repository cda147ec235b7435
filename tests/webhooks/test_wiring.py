"""Servers send beside their requests, and `fring worker` does apart."""

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest

from fring_adapters import open_postgres
from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import prepare
from fring_core import Fring, NewTask
from fring_core.webhooks import NewWebhook
from fring_http.client.webhooks import verify
from fring_http.server.settings import Settings
from fring_http.server.webhooks.sending import Sender
from fring_http.server.webhooks.working import Worker
from fring_http.server.wiring import Wiring
from tests.serving import DEADLINE, environment, fring
from tests.webhooks.receivers import Receiver
from tests.webhooks.test_worker import at_work, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("works", [True, False])
async def test_a_server_sends_beside_its_requests_unless_it_is_told_not_to(works):
    settings = Settings(database_url="memory://", webhook_private=True, worker=works)
    wiring = Wiring.of(settings)
    async with Receiver() as receiver, wiring.opened():
        made = await wiring.fring.webhooks.create(NewWebhook(receiver.url))
        task = await wiring.fring.tasks.create(NewTask("Water the plants"))
        if not works:
            await asyncio.sleep(1.5)
            assert receiver.accepted == 0
            return
        await until(lambda: receiver.bodies)
        told = verify(receiver.bodies[0], receiver.heads[0][1], made.secret)
        assert (told["type"], told["data"]["task_id"]) == ("task.created", task.id)


async def test_a_server_calls_no_private_address_by_itself():
    wiring = Wiring.of(Settings(database_url="memory://"))
    async with Receiver() as receiver, wiring.opened():
        made = await wiring.fring.webhooks.create(NewWebhook(receiver.url))
        await wiring.fring.tasks.create(NewTask("Water the plants"))

        async def log():
            return await wiring.fring.webhooks.deliveries(made.webhook.id)

        async with asyncio.timeout(20):
            while not any(each.attempts for each in await log()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert "must not be of this machine" in (await log())[0].error
        assert receiver.accepted == 0


async def test_a_thousand_deliveries_by_two_workers_on_the_store_in_memory():
    fring = Fring(MemoryStore(), clock=utc_now)
    async with Receiver() as receiver, fring:
        made = await fring.webhooks.create(NewWebhook(receiver.url))
        await fring.tasks.create_many([NewTask(f"{number}") for number in range(1000)])
        send = Sender(utc_now, private=True).send
        async with at_work(Worker(fring.webhooks, send), Worker(fring.webhooks, send)):
            await until(lambda: len(receiver.bodies) >= 1000, 60)
            await asyncio.sleep(0.3)
        ids = Counter(headers["webhook-id"] for _, headers in receiver.heads)
        assert len(ids) == 1000
        assert set(ids.values()) == {1}
        for body, (_, headers) in zip(receiver.bodies, receiver.heads, strict=True):
            verify(body, headers, made.secret)
        states = {each.state async for each in _all(fring, made.webhook.id)}
        assert states == {"delivered"}


async def _all(fring, webhook_id):
    before = None
    while some := await fring.webhooks.deliveries(webhook_id, limit=1000, before_id=before):
        for each in some:
            yield each
        before = some[-1].id


@contextmanager
def working(folder, url, **settings):
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "fring_http", "worker"],
            env=environment(DATABASE_URL=url, **settings),
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


async def test_a_worker_sends_apart_and_ends_when_it_is_told_to(tmp_path, new_database):
    url = new_database()
    prepare(url)
    async with Receiver() as receiver:
        with (
            open_postgres(url) as store,
            working(tmp_path, url, FRING_WEBHOOK_PRIVATE="true") as process,
        ):
            made = await asyncio.to_thread(store.webhooks.create, NewWebhook(receiver.url))
            await asyncio.to_thread(store.tasks.create, NewTask("Water the plants"))
            await until(lambda: receiver.bodies, DEADLINE)
            verify(receiver.bodies[0], receiver.heads[0][1], made.secret)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = await asyncio.to_thread(process.wait, DEADLINE)
            assert (code, time.monotonic() - began < 5) == (0, True)
    said = (tmp_path / "log").read_text()
    assert "calling webhooks of " in said
    assert "Traceback" not in said


async def test_a_worker_finishes_what_it_sends(tmp_path, new_database):
    url = new_database()
    prepare(url)
    may_answer = asyncio.Event()

    async def later(_, writer):
        await may_answer.wait()
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async with Receiver(later) as receiver:
        with (
            open_postgres(url) as store,
            working(tmp_path, url, FRING_WEBHOOK_PRIVATE="true") as process,
        ):
            made = await asyncio.to_thread(store.webhooks.create, NewWebhook(receiver.url))
            await asyncio.to_thread(store.tasks.create, NewTask("Water the plants"))
            await until(lambda: receiver.bodies, DEADLINE)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert process.poll() is None
            may_answer.set()
            assert await asyncio.to_thread(process.wait, DEADLINE) == 0
            [delivery] = await asyncio.to_thread(store.webhooks.deliveries, made.webhook.id)
            assert (delivery.state, delivery.attempts) == ("delivered", 1)


async def test_nobody_else_reaches_a_store_in_memory(tmp_path):
    ended = await asyncio.to_thread(fring, tmp_path, "worker", DATABASE_URL="memory://")
    assert ended.returncode == 1
    assert "memory:// is a database of the server's own" in ended.stderr

"""Large answers are sent as they are read, and whoever does not read is cut off."""

import asyncio
import socket

import httpx
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api import large_pages
from fring_http.api.app import create_app
from fring_http.api.door import exchanging, readers
from fring_http.api.door.readers import PART_BYTES, Readers
from tests.serving import DEADLINE, await_condition, in_thread

MESSAGE = {"type": "http.response.body"}


class Client:
    """Take parts as long as it reads."""

    def __init__(self, *, reads=True, after=0.0):
        self.parts, self.ended = [], False
        self._reads, self._after = reads, after

    async def take(self, message):
        await asyncio.sleep(self._after)
        if not self._reads:
            await asyncio.sleep(60)
        self.parts.append(message["body"])
        self.ended = not message["more_body"]


def test_what_is_read_is_sent_whole_in_parts():
    body = bytes(range(256)) * 1024 + b"end"
    client = Client()
    asyncio.run(Readers(1).send(MESSAGE | {"body": body}, client.take))
    assert b"".join(client.parts) == body
    assert max(map(len, client.parts)) == PART_BYTES
    assert client.ended


def test_a_body_that_goes_on_is_not_ended():
    client = Client()
    message = MESSAGE | {"body": bytes(PART_BYTES + 1), "more_body": True}
    asyncio.run(Readers(1).send(message, client.take))
    assert not client.ended


def test_who_reads_slowly_has_the_time_for_each_part():
    client = Client(after=0.15)
    asyncio.run(Readers(0.4).send(MESSAGE | {"body": bytes(5 * PART_BYTES)}, client.take))
    assert client.ended


def test_who_does_not_read_is_left(caplog):
    client = Client(reads=False)
    asyncio.run(Readers(0.1).send(MESSAGE | {"body": bytes(5 * PART_BYTES)}, client.take))
    assert not client.ended
    assert f"read 0 of {5 * PART_BYTES} bytes" in caplog.text


def test_where_too_much_is_unread_who_waits_longest_is_left_first(monkeypatch):
    monkeypatch.setattr(readers, "GRACE_SECONDS", 0.2)
    size = 5 * PART_BYTES
    message = MESSAGE | {"body": bytes(size)}

    async def scenario():
        reading = Readers(30, most=3 * size)
        idle = []
        for _ in range(3):
            idle.append(asyncio.create_task(reading.send(message, Client(reads=False).take)))
            await asyncio.sleep(0.01)
        reads = asyncio.create_task(reading.send(message, Client(after=0.15).take))
        await asyncio.sleep(0.25)
        assert not any(task.done() for task in idle), "nobody had waited for long enough"
        await reading.send(message, Client().take)
        await asyncio.sleep(0.05)
        assert [task.done() for task in idle] == [True, True, False]
        await reads
        idle[2].cancel()

    asyncio.run(scenario())


def test_a_connection_that_is_not_read_ends(monkeypatch, caplog):
    """A real one, of a server that closes what an application leaves unfinished."""
    monkeypatch.setattr(exchanging, "Readers", lambda: Readers(0.3))
    body = bytes(2**24)

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    with (
        in_thread(exchanging.Exchanges().around(app)) as url,
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as client,
    ):
        client.settimeout(DEADLINE)
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await_condition(lambda: "and no more" in caplog.text)
        found = 0
        while part := client.recv(2**20):
            found += len(part)
    assert 0 < found < len(body)


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/ann/tasks"])
@pytest.mark.parametrize(("limit", "most"), [(100, 12), (101, large_pages.AT_ONCE)])
def test_few_large_pages_are_made_at_once(monkeypatch, path, limit, most):
    fring = Fring(MemoryStore(), clock=utc_now)
    inside, seen = 0, []

    async def slow(*_, **__):
        nonlocal inside
        inside += 1
        seen.append(inside)
        await asyncio.sleep(0.05)
        inside -= 1
        return []

    monkeypatch.setattr(fring.tasks, "list", slow)

    async def scenario():
        app = httpx.ASGITransport(create_app(fring))
        async with httpx.AsyncClient(transport=app, base_url="http://localhost") as client:
            calls = [client.get(path, params={"limit": limit}) for _ in range(12)]
            answers = await asyncio.gather(*calls)
        assert {answer.status_code for answer in answers} == {200}

    asyncio.run(scenario())
    assert max(seen) == most

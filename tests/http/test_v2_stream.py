"""The feed over HTTP as it comes: resumed, filtered, ended, and read once for all who follow it."""

import asyncio
import json
import signal
import time
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring, NewTask, StoreUnavailable, Unauthenticated
from fring_core.identity import Identity
from fring_http.api.app import create_app
from fring_http.api.v2 import following, streaming
from fring_http.api.v2.asked import Wanted
from tests.http.tokens import bearer
from tests.serving import DEADLINE, in_thread, serving

STREAM = "/api/v2/events/stream"


class Messages:
    """Read server-sent events by hand, from the lines of an answer."""

    def __init__(self, answer):
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        self._lines = answer.iter_lines()

    def __iter__(self):
        message = {}
        for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                message[name] = value
            else:
                yield message
                message = {}

    def events(self, number):
        """Return the next events, so many of them, and nothing else."""
        found: list[Any] = []
        while len(found) < number:
            message = next(iter(self))
            if "data" in message and message["event"] != "ping":
                event = json.loads(message["data"])
                assert (message["id"], message["event"]) == (event["cursor"], event["type"])
                found.append(event)
        return found


@contextmanager
def following_at(client, **asked):
    with client.stream("GET", STREAM, **asked) as answer:
        yield Messages(answer)


def post(client, number=1):
    made = [client.post("/api/v1/tasks", json={"title": "a\u2028b\x85c"}) for _ in range(number)]
    return [each.json()["id"] for each in made]


@pytest.mark.parametrize("kind", ["granian", "uvicorn"])
def test_what_happens_is_sent_as_it_happens_and_ends_with_the_server(tmp_path, kind):
    with (
        serving(tmp_path, DATABASE_URL="memory://", FRING_SERVER=kind) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE) as client,
        following_at(client, params={"after": "now"}) as messages,
    ):
        assert next(iter(messages)) == {"retry": "1000"}
        for _ in range(3):
            ids = post(client, 2)
            assert [event["task_id"] for event in messages.events(2)] == ids
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert list(messages) == [], "it ends as it should, and is not cut off"
        assert time.monotonic() - began < 5


def test_it_goes_on_where_it_was_left(client):
    before = client.get("/api/v2/events?after=now").json()["next"]
    ids = post(client, 3)
    with following_at(client, params={"after": before}) as messages:
        first = messages.events(1)[0]
    more = post(client, 2)
    headers = {"Last-Event-ID": first["cursor"]}
    with following_at(client, params={"after": before}, headers=headers) as messages:
        assert [event["task_id"] for event in messages.events(4)] == ids[1:] + more
    with following_at(client, params={"after": before}) as messages:
        assert messages.events(1) == [first]


def test_a_page_and_the_stream_tell_the_same(client):
    before = client.get("/api/v2/events?after=now").json()["next"]
    post(client, 150)  # more than are read together
    pages = client.get("/api/v2/events", params={"after": before, "limit": 1000}).json()["items"]
    with following_at(client, params={"after": before}) as messages:
        assert messages.events(150) == pages


def test_only_what_is_wanted_is_sent(client):
    asked = {"after": "now", "types": "task.updated"}
    with following_at(client, params=asked) as messages:
        [task] = post(client)
        client.put(f"/api/v1/tasks/{task}", json={"title": "other"})
        [event] = messages.events(1)
        assert (event["task_id"], event["type"]) == (task, "task.updated")


def test_head_ends_at_once(client):
    answer = client.head(STREAM)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "text/event-stream"


class Ring:
    """Tokens of one caller, until they are taken from it."""

    is_valid = True

    async def identify(self, token):
        if not self.is_valid:
            raise Unauthenticated("it has ended", bad_token=True)
        return Identity("ann")


def test_it_ends_when_the_token_does(monkeypatch):
    monkeypatch.setattr(streaming, "PING_SECONDS", 0.2)
    tokens = Ring()
    fring = Fring(MemoryStore(), clock=utc_now)
    with (
        in_thread(create_app(fring, tokens=tokens)) as url,
        httpx.Client(base_url=url, timeout=DEADLINE, headers=bearer("a.b.c")) as client,
        following_at(client, params={"after": "now"}) as messages,
    ):
        stream = iter(messages)
        assert next(stream) == {"retry": "1000"}
        cursor = client.get("/api/v2/events?after=now").json()["next"]
        for _ in range(2):
            assert next(stream) == {"id": cursor, "event": "ping", "data": "{}"}
        tokens.is_valid = False
        assert len(list(stream)) <= 1


class Counted:
    """Pass on to a store's events, and count how often the feed is read; fail if it is away."""

    def __init__(self, events):
        self._events = events
        self.reads = self.looks = 0
        self.is_away = False

    def __getattr__(self, name):
        return getattr(self._events, name)

    async def latest(self):
        self.looks += 1
        await asyncio.sleep(0.05)
        return await self._events.latest()

    async def after(self, cursor, limit):
        self.reads += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return await self._events.after(cursor, limit)


@pytest.fixture
def counted():
    """Return a Fring whose feed is counted."""
    store: Any = MemoryStore()
    store.events = Counted(store.events)
    return Fring(store, clock=utc_now), store.events


def test_a_hundred_readers_read_once(counted):
    fring, events = counted
    readers, writes = 100, 20

    async def follow(client, ready):
        found = []
        async with client.stream("GET", STREAM, params={"after": "now"}) as answer:
            async for line in answer.aiter_lines():
                ready.release()
                if line.startswith("data: {") and line != "data: {}":  # as of a ping
                    found.append(json.loads(line.removeprefix("data: "))["after"]["title"])
                    if len(found) == writes:
                        return found
        return None

    async def run(url):
        limits = httpx.Limits(max_connections=readers + 1)
        async with httpx.AsyncClient(base_url=url, timeout=DEADLINE, limits=limits) as client:
            ready = asyncio.Semaphore(0)
            following = [asyncio.create_task(follow(client, ready)) for _ in range(readers)]
            for _ in range(readers):
                await ready.acquire()
            assert max(events.reads, events.looks) < readers / 2, "of those who came together"
            before = events.reads
            for number in range(writes):
                await client.post("/api/v1/tasks", json={"title": f"{number}"})
            results = await asyncio.gather(*following)
            assert results == [[f"{number}" for number in range(writes)]] * readers
            return events.reads - before

    with in_thread(create_app(fring)) as url:
        reads = asyncio.run(run(url))
    assert reads < readers


def test_it_waits_while_the_store_is_away(counted, monkeypatch):
    monkeypatch.setattr(following, "OUTAGE_SECONDS", 0.1)
    monkeypatch.setattr(streaming, "OUTAGE_SECONDS", 0.1)
    fring, events = counted
    with (
        in_thread(create_app(fring)) as url,
        httpx.Client(base_url=url, timeout=DEADLINE) as client,
        following_at(client, params={"after": "now"}) as messages,
    ):
        first = post(client)
        assert [event["task_id"] for event in messages.events(1)] == first
        events.is_away = True
        second = post(client)
        time.sleep(0.5)
        events.is_away = False
        assert [event["task_id"] for event in messages.events(1)] == second


def test_readers_are_not_among_the_requests_at_work():
    fring = Fring(MemoryStore(), clock=utc_now)
    app = create_app(fring, max_requests=2, request_seconds=0.5)
    with (
        in_thread(app) as url,
        httpx.Client(base_url=url, timeout=DEADLINE) as client,
        following_at(client, params={"after": "now"}) as one,
        following_at(client, params={"after": "now"}) as two,
        following_at(client, params={"after": "now"}) as three,
    ):
        page = client.get("/api/v2/events", params={"after": "now", "wait": 1})
        assert page.status_code == 200, "it waits for longer than a request may be at work"
        ids = post(client)
        for messages in (one, two, three):
            assert [event["task_id"] for event in messages.events(1)] == ids


def test_nobody_follows_when_the_last_reader_has_left(counted):
    fring, events = counted
    with in_thread(create_app(fring)) as url, httpx.Client(base_url=url) as client:
        with following_at(client, params={"after": "now"}) as messages:
            post(client)
            messages.events(1)
        deadline = time.monotonic() + DEADLINE
        before = -1
        while events.reads != before and time.monotonic() < deadline:
            before = events.reads
            time.sleep(5 * following.PAUSE_SECONDS)
        assert events.reads == before


def test_what_came_after_the_first_look_is_sent_at_once():
    """Nobody is told again of what came before a stream begins to wait."""

    async def run():
        fring = Fring(MemoryStore(), clock=utc_now)
        follower = following.Follower(fring)
        with follower.reading():
            await follower.waiting(0, DEADLINE)  # it follows
            first, seen = await follower.after(await follower.latest()), follower.turn
            await fring.tasks.create(NewTask("between"))
            await follower.waiting(seen, DEADLINE)
            wanted = Wanted(frozenset({None}))
            stream = aiter(streaming._Parts(follower, wanted, first, None))
            return [await asyncio.wait_for(anext(stream), 5) for _ in range(2)]

    retry, told = asyncio.run(run())
    assert retry.startswith(b"retry: ")
    assert b'"title":"between"' in told

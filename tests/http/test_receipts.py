"""A request that comes again with its key is answered as it was, and done once."""

import asyncio
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.exceptions import PermissionDeniedException
from litestar.testing import AsyncTestClient

from fring_adapters.memory import MemoryStore
from fring_adapters.memory.receipts import MemoryReceipts
from fring_adapters.memory.tasks import MemoryTasks
from fring_core import FixedClock, Fring, KeyInFlight, StoreUnavailable, TransactionConflict
from fring_http.api import acting, receipts
from fring_http.api.app import create_app
from fring_http.api.rates.callers import CALLER
from fring_http.api.v1 import v1_router
from tests.serving import DEADLINE, await_condition, serving

pytestmark = pytest.mark.anyio
KEY = {"Idempotency-Key": "key"}
BODY = {"title": "task"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def fring(clock):
    return Fring(MemoryStore(), clock=clock)


@pytest.fixture
async def client(fring):
    app: Any = create_app(fring)
    async with AsyncTestClient(app) as client:
        yield client


async def titles(client):
    return [task["title"] for task in (await client.get("/api/v1/tasks")).json()]


async def test_a_write_with_a_key_is_done_once(client):
    first = await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    again = await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    for name in ("location", "content-type", "content-length"):
        assert first.headers[name] == again.headers[name]
    assert await titles(client) == ["task"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/api/v1/tasks/1", {"title": "other"}),
        ("PATCH", "/api/v1/tasks/1/status?status=completed", None),
        ("DELETE", "/api/v1/tasks/1", None),
        ("POST", "/api/v1/users", {"username": "ann", "email": "ann@example.org"}),
        ("POST", "/api/ann/tasks", {"title": "task"}),
    ],
)
async def test_each_kind_of_write_is_answered_again(client, method, path, body):
    await client.post("/api/v1/tasks", json=BODY)
    first = await client.request(method, path, json=body, headers=KEY)
    assert first.status_code < 300
    for _ in range(2):
        again = await client.request(method, path, json=body, headers=KEY)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/tasks", {"title": "other"}),
        ("POST", "/api/v1/tasks?x=1", BODY),
        ("POST", "/api/v1/users", BODY),
        ("PUT", "/api/v1/tasks", BODY),
    ],
)
async def test_a_key_is_of_one_request(client, method, path, body):
    await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    answer = await client.request(method, path, json=body, headers=KEY)
    if answer.status_code != 405:  # which no key is looked at for
        assert answer.status_code == 422
        assert answer.json()["code"] == "idempotency_key_reused"
        assert isinstance(answer.json()["detail"], str)
    assert await titles(client) == ["task"]


async def test_a_key_is_quoted_or_bare(client):
    await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    answer = await client.post("/api/v1/tasks", json=BODY, headers={"Idempotency-Key": '"key"'})
    assert answer.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("key", ["", '""', "x" * 256, "ä", "a\tb", "\x7f"])
async def test_what_is_no_key_is_refused(client, key):
    headers = [(b"idempotency-key", key.encode("latin-1"))]
    answer = await client.post("/api/v1/tasks", json=BODY, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_idempotency_key"
    assert await titles(client) == []


async def test_reading_has_no_key(client):
    assert (await client.get("/api/v1/tasks", headers={"Idempotency-Key": ""})).status_code == 200


async def test_a_refusal_is_not_kept(client):
    for status, body in ((422, {"title": ""}), (422, {}), (201, BODY)):
        answer = await client.post("/api/v1/tasks", json=body, headers=KEY)
        assert answer.status_code == status
        assert "idempotent-replayed" not in answer.headers
    answer = await client.put("/api/v1/tasks/9", json=BODY, headers={"Idempotency-Key": "other"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "task_not_found"


async def test_what_was_ignored_is_told_again(client):
    for _ in range(2):
        body = BODY | {"titel": "x"}
        answer = await client.post("/api/v1/tasks", json=body, headers=KEY)
        assert answer.headers["fring-ignored"] == "body.titel"


async def test_a_key_lasts_for_a_day(client, clock):
    await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    clock.now += timedelta(hours=24) - timedelta(seconds=1)
    await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    assert await titles(client) == ["task"]
    clock.now += timedelta(seconds=1)
    await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    assert await titles(client) == ["task", "task"]


async def test_what_is_under_way_is_waited_for_and_then_told(client, fring, monkeypatch):
    monkeypatch.setattr(receipts, "IN_FLIGHT_SECONDS", 0.2)
    tries = 0

    async def busy(*_, **__):
        nonlocal tries
        tries += 1
        raise KeyInFlight

    monkeypatch.setattr(fring, "once", busy)
    answer = await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    assert answer.status_code == 409
    assert answer.json()["code"] == "idempotency_in_flight"
    assert answer.headers["retry-after"] == "1"
    assert tries > 2


async def test_what_fails_as_it_is_kept_is_a_503_and_may_be_tried_again(client, monkeypatch):
    async def failing(fring, key, work, **_):
        await work(fring)
        raise StoreUnavailable("gone")

    with monkeypatch.context() as broken:
        broken.setattr(Fring, "once", failing)
        answer = await client.put("/api/v1/tasks/1", json=BODY, headers=KEY)
        assert answer.status_code == 400  # as it is without a task, and nothing is kept
        await client.post("/api/v1/tasks", json=BODY)
        answer = await client.put("/api/v1/tasks/1", json=BODY, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    answer = await client.put("/api/v1/tasks/1", json=BODY, headers=KEY)
    assert answer.status_code == 200
    assert "idempotent-replayed" not in answer.headers


async def test_in_a_foreign_application(fring):
    app = Litestar([v1_router(fring)])
    async with AsyncTestClient(app) as client:
        first = await client.post("/api/v1/tasks", json=BODY, headers=KEY)
        assert (await client.post("/api/v1/tasks", json=BODY, headers=KEY)).text == first.text
        answer = await client.post("/api/v1/tasks", json=BODY, headers={"Idempotency-Key": ""})
        assert answer.json()["code"] == "invalid_idempotency_key"
        large = await client.post("/api/v1/tasks", content=bytes(2**21), headers=KEY)
        assert large.status_code == 413


async def test_thirty_two_at_once_make_one(fring):
    app = httpx.ASGITransport(create_app(fring))
    async with httpx.AsyncClient(transport=app, base_url="http://localhost") as client:
        calls = [client.post("/api/v1/tasks", json=BODY, headers=KEY) for _ in range(32)]
        answers = await asyncio.gather(*calls)
        assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
        assert len(await titles(client)) == 1


async def test_what_was_not_stored_is_not_told(monkeypatch, clock):
    """Two servers do the work at the same time, and the work of one is undone."""
    keep = MemoryReceipts.keep

    async def slowly(*arguments):
        await asyncio.sleep(0.05)
        await keep(*arguments)

    monkeypatch.setattr(MemoryReceipts, "keep", slowly)
    store = MemoryStore()
    servers = [
        httpx.ASGITransport(create_app(Fring(store, clock=clock)))  # each knows its own requests
        for _ in range(2)
    ]
    async with (
        httpx.AsyncClient(transport=servers[0], base_url="http://localhost") as one,
        httpx.AsyncClient(transport=servers[1], base_url="http://localhost") as other,
    ):
        answers = await asyncio.gather(
            *(client.post("/api/v1/tasks", json=BODY, headers=KEY) for client in (one, other))
        )
        [task] = (await one.get("/api/v1/tasks")).json()
    assert [answer.json() for answer in answers] == [task, task]
    assert len([a for a in answers if "idempotent-replayed" in a.headers]) == 1


async def test_a_clash_is_tried_again(client, monkeypatch):
    add, clashes = MemoryTasks.add, iter([TransactionConflict()])

    async def clashing(*arguments):
        for error in clashes:
            raise error
        return await add(*arguments)

    monkeypatch.setattr(MemoryTasks, "add", clashing)
    assert (await client.post("/api/v1/tasks", json=BODY, headers=KEY)).status_code == 201
    assert await titles(client) == ["task"]


async def test_what_is_kept_is_not_compressed(fring):
    app = Litestar([v1_router(fring)], compression_config=CompressionConfig("gzip", minimum_size=1))
    async with AsyncTestClient(app) as client:
        for _ in range(2):
            answer = await client.post("/api/v1/tasks", json=BODY, headers=KEY)
            assert answer.status_code == 201
            assert answer.json()["title"] == "task"


def test_the_name_of_a_caller_may_be_anything():
    odd = ["a" * 300, "b" * 300, "a\0b", "\ud800", "ann"]
    named = {acting.name_of({CALLER: name}) for name in odd}
    assert len(named) == 5
    assert "ann" in named
    assert max(map(len, named)) <= 255


def test_workers_know_each_others_keys(database, tmp_path):
    with (
        serving(tmp_path, DATABASE_URL=database.url, WORKERS="2") as server,
        ExitStack() as stack,
    ):
        answers = []

        def post():
            client = stack.enter_context(httpx.Client(base_url=server.url, timeout=DEADLINE))
            answers.append(client.post("/api/v1/tasks", json=BODY, headers=KEY))

        threads = [threading.Thread(target=post) for _ in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.text for answer in answers}) == 1
        assert len([a for a in answers if "idempotent-replayed" not in a.headers]) == 1
        with httpx.Client(base_url=server.url, timeout=DEADLINE) as client:
            assert len(client.get("/api/v1/tasks").json()) == 1
            twice = client.post("/api/v1/tasks", json=BODY, headers=[*KEY.items(), *KEY.items()])
            assert twice.json()["code"] == "invalid_idempotency_key"
            database.stop()
            answer = client.post("/api/v1/tasks", json=BODY, headers=KEY)
            assert answer.status_code == 503
            database.start()
            await_condition(lambda: client.get("/health/ready").status_code == 200)
            answer = client.post("/api/v1/tasks", json=BODY, headers=KEY)
            assert answer.headers["idempotent-replayed"] == "true"


async def test_who_may_not_pass_a_hosts_guard_learns_of_no_answer(fring):
    def guard(connection, _):
        if "x-pass" not in connection.headers:
            raise PermissionDeniedException

    router = v1_router(fring)
    async with AsyncTestClient(Litestar([router], guards=[guard])) as client:
        passed = await client.post("/api/v1/tasks", json=BODY, headers=KEY | {"X-Pass": "1"})
        refused = await client.post("/api/v1/tasks", json=BODY, headers=KEY)
    assert (passed.status_code, refused.status_code) == (201, 403)
    assert await titles_of(fring) == ["task"]


async def titles_of(fring):
    return [task.title for task in await fring.tasks.list()]

"""An answer in time, from a frozen database too, and no more requests at work than may be."""

import asyncio
import os
import signal
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import psycopg
import pytest

from fring_http.api.door.exchanging import Exchanges
from fring_http.api.door.limits import Limits
from tests.serving import DEADLINE, await_condition, serving

SECONDS = 1.0
TOLERANCE = 0.3
BUSY = 3.0  # seconds that a machine may be busy with other tests; `make faults` allows none
FROZEN = "SELECT pid FROM pg_stat_activity WHERE application_name = 'fring'"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@contextmanager
def served(database, tmp_path, seconds=SECONDS, **settings):
    settings |= {"FRING_REQUEST_SECONDS": str(seconds), "FRING_POOL_SIZE": "4"}
    with (
        serving(tmp_path, DATABASE_URL=database.url, **settings) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        yield server, client


@contextmanager
def frozen(database):
    with psycopg.connect(database.url) as other:
        numbers = [number for (number,) in other.execute(FROZEN)]
        for number in numbers:
            os.kill(number, signal.SIGSTOP)
        try:
            yield
        finally:
            for number in numbers:
                os.kill(number, signal.SIGCONT)


@pytest.mark.parametrize("idle", [0.0, 1.2], ids=["fresh", "idle"])
def test_a_frozen_database_is_503_in_time_and_heals_by_itself(database, tmp_path, idle):
    with served(database, tmp_path) as (server, client):
        task = client.post("/api/v1/tasks", json={"title": "task"}).json()["id"]
        time.sleep(idle)  # the pool asks a connection that was idle whether it lives
        with frozen(database):
            began = time.monotonic()
            answer = client.get(f"/api/v1/tasks/{task}")
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "1"
            assert answer.json()["code"] == "unavailable"
            assert SECONDS - TOLERANCE < time.monotonic() - began < SECONDS + TOLERANCE + BUSY
            assert client.get("/health/live").status_code == 200
            # The frozen ones are given up, and new ones work.
            await_condition(lambda: client.get(f"/api/v1/tasks/{task}").status_code == 200)
        assert client.get(f"/api/v1/tasks/{task}").status_code == 200
    log = server.log.read_text()
    assert "took longer than 1 s" in log
    assert '"route":"/api/v1/tasks/{task_id}","status":503' in log


def test_a_page_of_another_origin_may_read_that_it_was_late(database, tmp_path):
    origin = {"Origin": "http://localhost:3000"}
    with served(database, tmp_path) as (_, client), frozen(database):
        answer = client.get("/api/v1/tasks", headers=origin)
        assert answer.status_code == 503
        assert answer.headers["access-control-allow-origin"] == origin["Origin"]


def test_the_time_in_which_a_body_arrives_does_not_count(database, tmp_path):
    body = b'{"title": "slow"}'
    with (
        served(database, tmp_path) as (server, _),
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        client.sendall(
            b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        time.sleep(SECONDS + 2 * TOLERANCE)
        client.sendall(body)
        assert client.recv(100).startswith(b"HTTP/1.1 201")


def test_beyond_the_most_requests_it_says_so_at_once(database, tmp_path):
    with (
        served(database, tmp_path, DEADLINE, FRING_MAX_REQUESTS="2") as (_, client),
        psycopg.connect(database.url) as other,
    ):
        created = [client.post("/api/v1/tasks", json={"title": "task"}).json() for _ in range(2)]
        other.execute("SELECT FROM tasks FOR UPDATE")
        statuses = []

        def change(task):
            url = f"{client.base_url}/api/v1/tasks/{task['id']}"
            answer = httpx.put(url, json={"title": "x"}, timeout=DEADLINE)
            statuses.append(answer.status_code)

        waiting = [threading.Thread(target=change, args=[task]) for task in created]
        for thread in waiting:
            thread.start()
        with psycopg.connect(database.url, autocommit=True) as watching:
            await_condition(lambda: watching.execute(WAITING).fetchone() == (2,))
        assert client.get("/api/v1/users").status_code == 503
        assert client.get("/api/v1/tasks/0").headers["retry-after"] == "1"
        for path in ("/health", "/api/v1/health", "/openapi.json"):
            assert client.get(path).status_code == 200
        assert not statuses, "none of them had to end for that"
        other.rollback()
        for thread in waiting:
            thread.join()
        assert statuses == [200, 200]
        assert client.get("/api/v1/users").status_code == 200


def run(app, seconds):
    """Return the messages that one request is answered with, and what is sent after them."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def main():
        scope = {"type": "http", "method": "GET", "path": "/api/v1/tasks", "headers": []}
        answering = Exchanges().around(Limits(seconds, 10).around(app))
        began = time.monotonic()
        await answering(scope, receive, send)
        assert time.monotonic() - began < 5, "what is too late is cancelled"

    asyncio.run(main())
    return sent


def test_an_answer_that_has_begun_goes_on():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.5)
        await send({"type": "http.response.body", "body": b"all"})

    assert [message.get("status") or message["body"] for message in run(app, 0.1)] == [200, b"all"]


def test_what_comes_after_the_refusal_is_not_sent():
    async def app(scope, receive, send):
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0.3)  # to clean up takes time
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"late"})

    start, body = run(app, 0.1)
    assert start["status"] == 503
    assert b"late" not in body["body"]


def test_a_server_that_ends_a_request_ends_it():
    async def app(scope, receive, send):
        task = asyncio.current_task()
        assert task
        task.cancel()
        await asyncio.sleep(10)

    with pytest.raises(asyncio.CancelledError):
        run(app, 5)

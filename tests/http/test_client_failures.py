"""A server that is away, slow, busy, or not Fring: clear errors, and no write done twice."""

import asyncio
import socket
import time
from contextlib import contextmanager
from threading import Thread
from types import SimpleNamespace

import httpx
import pytest

from fring_core import NewTask, StoreUnavailable, TaskNotFound, run_sync
from fring_http.client import (
    BlockingFringClient,
    FringClient,
    UnexpectedAnswer,
    calls,
    connections,
)
from fring_http.client.connections import AT_ONCE

FRING = "http://fring"
IN_FLIGHT = "idempotency_in_flight"
TASK = {
    "id": 1,
    "title": "task",
    "description": None,
    "status": "todo",
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
}
USER = {"id": 1, "username": "a", "email": "a@b.c", "created_at": "2024-01-01T00:00:00Z"}


class Answers:
    """Give answers one after another, the last for ever; count the requests."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        # A copy: a response can be read once.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Hold how long the client would have waited, had it waited."""
    taken = []

    async def pause(_, seconds):
        taken.append(seconds)

    monkeypatch.setattr(calls, "monotonic", lambda: sum(taken))

    for kind in ("AsyncConnection", "BlockingConnection"):
        monkeypatch.setattr(f"fring_http.client.connections.{kind}.pause", pause)
    return taken


@pytest.fixture(params=["asyncio", "blocking"])
def call(request):
    """Give a function that makes a call on a client of these answers."""

    def run(make, answers, **options):
        transport = httpx.MockTransport(answers)
        if request.param == "blocking":
            with BlockingFringClient(FRING, transport=transport, **options) as fring:
                return make(fring)

        async def with_client():
            async with FringClient(FRING, transport=transport, **options) as fring:
                return await make(fring)

        return asyncio.run(with_client())

    return run


def busy(status=503, **headers):
    return httpx.Response(status, json={"detail": "later", "code": "unavailable"}, headers=headers)


def read(fring):
    return fring.users.list()


def write(fring):
    return fring.tasks.create(NewTask("task"))


@pytest.mark.parametrize(
    "failure",
    [
        busy(),
        busy(429),
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("hung up"),
    ],
    ids=str,
)
def test_what_fails_for_now_is_tried_again_while_there_is_patience(call, failure, pauses):
    mended = Answers(failure, failure, httpx.Response(200, json=[USER]))
    assert [user.id for user in call(read, mended)] == [1]
    for make in (read, write):
        failing = Answers(failure)
        with pytest.raises(StoreUnavailable):
            call(make, failing, patience=0)
        assert len(failing.requests) == 1
        pauses.clear()
        with pytest.raises(StoreUnavailable):
            call(make, failing, patience=3)
        assert 1.5 < sum(pauses) <= 3
        assert len(failing.requests) == 1 + len(pauses) + 1


@pytest.mark.parametrize(
    "failure",
    [
        busy(),
        httpx.ReadTimeout("slow"),
        httpx.Response(409, json={"detail": "", "code": IN_FLIGHT}),
    ],
    ids=str,
)
def test_a_write_is_the_same_however_often_it_is_sent(call, failure):
    created = httpx.Response(201, json=TASK, headers={"etag": '"1"'})
    answers = Answers(failure, failure, created)
    assert call(write, answers).id == TASK["id"]
    keys = {request.headers["idempotency-key"] for request in answers.requests}
    assert len(answers.requests) == 3
    assert len(keys) == 1
    call(write, answers)
    assert len(keys | {answers.requests[-1].headers["idempotency-key"]}) == 2
    reading = Answers(httpx.Response(200, json=[]))
    call(read, reading)
    assert "idempotency-key" not in reading.requests[0].headers


def test_pauses_grow_and_heed_the_server_up_to_a_limit(call, pauses):
    answers = Answers(
        busy(), busy(), busy(**{"retry-after": "2"}), busy(**{"retry-after": "9999"}),
        busy(**{"retry-after": "Sat, 21 Nov 2026 00:00:00 GMT"}), httpx.Response(200, json=[]),
    )  # fmt: skip
    call(read, answers)
    least = [0.1, 0.2, 2, calls.LONGEST_PAUSE_SECONDS, 1.6]
    assert [least_one <= taken <= 1.5 * least_one for least_one, taken in zip(least, pauses, strict=True)] == [True] * 5  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, html="<h1>Welcome</h1>"),
        httpx.Response(200, json=[{"id": 1}]),
        httpx.Response(200, json=[1]),
        httpx.Response(200, json=[USER | {"created_at": "yesterday"}]),
        httpx.Response(200),
        httpx.Response(307, headers={"location": "http://elsewhere/"}),
        httpx.Response(404, json={"detail": "Not Found", "code": "not_found"}),
        httpx.Response(404, html="<h1>Not found</h1>"),
        httpx.Response(400, json={"detail": "?", "code": "username_taken"}),
        httpx.Response(400, json={"detail": "?", "code": "transition_refused"}),
        httpx.Response(422, json={"detail": "not a list", "code": "validation"}),
        httpx.Response(500, json={"detail": "Internal server error", "code": "internal"}),
        httpx.Response(500, json=["?"]),
    ],
    ids=str,
)
def test_what_fring_would_not_answer_is_said_to_be_unexpected(call, answer):
    answers = Answers(answer)
    with pytest.raises(UnexpectedAnswer) as unexpected:
        call(read, answers)
    assert unexpected.value.status == answer.status_code
    assert str(answer.status_code) in str(unexpected.value)
    assert len(answers.requests) == 1


def test_an_error_is_about_the_arguments_of_the_call(call):
    answers = Answers(httpx.Response(404, json={"detail": "No", "code": "task_not_found"}))
    with pytest.raises(TaskNotFound) as missing:
        call(lambda fring: fring.tasks.get_with_users(7, owner="ann"), answers)
    assert missing.value.task_id == 7


@contextmanager
def silent_server(data=b"", every=0.0):
    """Listen, and answer every connection with these bytes, one after another, and no end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                try:
                    for byte in data:
                        connection.sendall(bytes([byte]))
                        time.sleep(every)
                    connection.recv(1)  # until the other side hangs up
                except OSError:
                    pass

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n"
# Never silent for long, and right in the end.
DRIP = {"data": HEAD + b"[" + b" " * 398 + b"]", "every": 0.01}


@pytest.mark.parametrize("stalls", [{}, {"data": HEAD}, DRIP], ids=["silent", "head", "drip"])
@pytest.mark.parametrize("kind", ["asyncio", "blocking"])
def test_a_server_that_stalls_is_given_up(kind, stalls):
    async def asynchronously(url):
        async with FringClient(url, timeout=0.3, patience=0) as fring:
            await fring.users.list()

    with silent_server(**stalls) as url, pytest.raises(StoreUnavailable):
        if kind == "asyncio":
            asyncio.run(asynchronously(url))
        else:
            with BlockingFringClient(url, timeout=0.3, patience=0) as fring:
                fring.users.list()


def test_many_calls_wait_for_their_turn_and_not_on_their_own_time(monkeypatch):
    at_work, peaks, now = [0], [], [0.0]
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: now[0]))

    async def answer(_):
        at_work[0] += 1
        peaks.append(at_work[0])
        await asyncio.sleep(0.01)
        at_work[0] -= 1
        now[0] += 0.01  # so one after another they take ten seconds, and each one half a second
        return httpx.Response(200, json=[])

    async def burst():
        transport = httpx.MockTransport(answer)
        async with FringClient(FRING, transport=transport, timeout=2, patience=0) as fring:
            return await asyncio.gather(*(fring.users.list() for _ in range(20 * AT_ONCE)))

    assert asyncio.run(burst()) == [[]] * 20 * AT_ONCE
    assert max(peaks) == AT_ONCE


def test_a_call_that_is_cancelled_ends():
    async def cancelled():
        with silent_server() as url:
            async with FringClient(url) as fring:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(fring.users.list(), 0.1)

    asyncio.run(cancelled())


def test_without_a_loop_the_asynchronous_client_says_so():
    with pytest.raises(RuntimeError, match="BlockingFringClient"):
        run_sync(FringClient(FRING).users.list())

"""A store that fails under the API: 503 and nothing half done, whichever request it meets."""

import asyncio
from itertools import chain, cycle
from typing import Any

import httpx
import pytest

from fring_adapters.memory import MemoryStore
from fring_core import FixedClock, Fring, NewTask, NewUser, run_sync
from fring_core.testing import Fault, FaultyStore
from fring_core.testing.snapshot import snapshot
from fring_http.api.app import create_app
from tests.core.examples import NOW
from tests.http.wire import check_error

USER = {"username": "new", "email": "new@example.org"}
WRITES = [
    ("POST", "/api/v1/users", USER),
    ("PUT", "/api/v1/users/1", {"username": "new"}),
    ("DELETE", "/api/v1/users/1", None),
    ("POST", "/api/v1/tasks", {"title": "new"}),
    ("PUT", "/api/v1/tasks/1", {"title": "new"}),
    ("PATCH", "/api/v1/tasks/1/status?status=completed", None),
    ("DELETE", "/api/v1/tasks/1", None),
    ("POST", "/api/v1/users/1/tasks/1", None),
    ("POST", "/api/v1/tasks/1/users/1", None),
    ("DELETE", "/api/v1/users/2/tasks/1", None),
    ("DELETE", "/api/v1/tasks/1/users/2", None),
    ("POST", "/api/ann/tasks", {"title": "new"}),
    ("PUT", "/api/ann/tasks/2", {"title": "new"}),
    ("PATCH", "/api/ann/tasks/2/complete", None),
    ("DELETE", "/api/ann/tasks/2", None),
]
READS = [
    *("/api/v1/users", "/api/v1/users/1", "/api/v1/users/1/tasks"),
    *("/api/v1/tasks", "/api/v1/tasks/1", "/api/v1/tasks/1/users"),
    *("/api/ann/tasks", "/api/ann/tasks/2"),
]
FAILURES = (Fault.FAIL_BEFORE, Fault.FAIL_AFTER)


def filled():
    """Return a store with users 1 and 2, a shared task 1 that 2 has, and ann's task 2."""
    store = MemoryStore()
    fring = Fring(store, clock=FixedClock(NOW))
    for name in ("ann", "bob"):
        run_sync(fring.users.create(NewUser(name, f"{name}@example.org")))
    run_sync(fring.tasks.create(NewTask("shared")))
    run_sync(fring.tasks.create(NewTask("ann's"), owner="ann"))
    run_sync(fring.assignments.add(user=2, task=1))
    return store


def contents(store):
    return run_sync(snapshot(store, [None, "ann"]))


def send(store, *requests):
    """Send requests to an application on this store, one after another; return the answers."""

    async def sent():
        app: Any = create_app(Fring(store, clock=FixedClock(NOW)))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fring") as client:
            return [
                await client.request(method, path, json=body) for method, path, body in requests
            ]

    return asyncio.run(sent())


def check_unavailable(answer):
    check_error(answer, 503, "unavailable", "Service temporarily unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("write", WRITES, ids=[f"{method} {path}" for method, path, _ in WRITES])
def test_a_write_that_fails_is_503_and_done_once_or_not_at_all(write):
    twin = FaultyStore(expected := filled())
    (answer,) = send(twin, write)
    assert answer.is_success
    # Each call that the request makes fails once before it and once after; only the last is done.
    tries = [
        [*[Fault.NONE] * number, fault] for number in range(len(twin.taken)) for fault in FAILURES
    ]
    store = FaultyStore(inside := filled(), chain.from_iterable(tries))
    for answer in send(store, *[write] * (len(tries) - 1)):
        check_unavailable(answer)
    assert contents(inside) == contents(filled())
    check_unavailable(*send(store, write))
    assert contents(inside) == contents(expected) != contents(filled())
    assert [fault for _, fault in store.taken] == [*chain.from_iterable(tries)]


def test_a_read_that_fails_is_503():
    requests = [("GET", path, None) for path in READS]
    store = FaultyStore(filled(), cycle([*FAILURES, Fault.NONE]))
    answers = send(store, *[each for each in requests for _ in range(3)])
    for before, after, answer in zip(answers[::3], answers[1::3], answers[2::3], strict=True):
        check_unavailable(before)
        check_unavailable(after)
        assert answer.status_code == 200


def test_a_client_that_tries_again_learns_what_became_of_its_first_try():
    store = FaultyStore(filled(), FAILURES)
    *failed, told = send(store, *[("POST", "/api/v1/users", USER)] * 3)
    assert [answer.status_code for answer in failed] == [503, 503]
    check_error(told, 400, "username_taken")


@pytest.mark.parametrize("fault", [Fault.CANCEL_BEFORE, Fault.CANCEL_AFTER])
def test_a_cancelled_request_is_no_error_of_ours(fault, caplog):
    store = FaultyStore(inside := filled(), [fault])
    with pytest.raises(asyncio.CancelledError):
        send(store, ("POST", "/api/v1/tasks", {"title": "new"}))
    titles = [task.title for task in run_sync(Fring(inside, clock=FixedClock(NOW)).tasks.list())]
    assert titles == (["shared", "new"] if fault is Fault.CANCEL_AFTER else ["shared"])
    assert not caplog.records

"""Fring's routers below a prefix of somebody else's application, which goes on as it was."""

from typing import Any
from urllib.parse import urljoin

import pytest
from litestar import Litestar, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import (
    STRICT,
    Accounts,
    Causes,
    Fring,
    FringError,
    NewTask,
    NewUser,
    NotFound,
    StoreUnavailable,
    TaskStatus,
    Unauthenticated,
    run_sync,
)
from fring_http.api.door.edge import head_as_get
from fring_http.api.personal import personal_router
from fring_http.api.reading.bodies import MAX_BODY_BYTES
from fring_http.api.v1 import auth_router, v1_router
from tests.http.test_personal_paths import ENDPOINTS as PERSONAL
from tests.http.test_v1_paths import ENDPOINTS as BOARD
from tests.http.tokens import SECRET
from tests.http.wire import check_error, check_invalid, check_own_task, check_task, check_user

PREFIX = "/tasks-api"
JSON = {"content-type": "application/json"}


class OutOfFlourError(Exception):
    pass


@get("/bread")
async def bread() -> str:
    raise OutOfFlourError


@get("/who/{user_id:int}")
async def who(fring: NamedDependency[str], user_id: FromPath[int]) -> str:
    found = await Fring(MemoryStore(), clock=utc_now).users.get_with_tasks(user_id)
    return f"{found.user.username} of {fring}"


@get("/what")
async def what(fring: NamedDependency[str]) -> str:
    return fring


def ours(status):
    return lambda request, error: Response({"bakery": str(error)}, status_code=status)


# All that a host can have an opinion on, more exact than Fring's own table wherever that can be.
HANDLERS: dict[int | type[Exception], Any] = {
    404: ours(404),
    405: ours(405),
    500: ours(500),
    HTTPException: ours(418),
    NotFoundException: ours(404),
    NotFound: ours(410),
    Unauthenticated: ours(418),
    StoreUnavailable: ours(418),
    FringError: ours(418),
    OutOfFlourError: ours(409),
    Exception: ours(500),
}


def host(*routers, **more):
    """Return an application with routes, dependencies and errors of its own."""
    return Litestar(
        [bread, who, what, Router(PREFIX, route_handlers=routers)],
        dependencies={"fring": Provide(lambda: "our own", sync_to_thread=False)},
        exception_handlers=HANDLERS,
        logging_config=None,
        **more,
    )


class BelowPrefix(TestClient[Any]):
    def request(self, method, url, **more):
        return super().request(method, PREFIX + url, **more)


@pytest.fixture(scope="module")
def fring():
    return Fring(MemoryStore(), clock=utc_now, workflow=STRICT)


@pytest.fixture(scope="module")
def client(fring):
    app = host(v1_router(fring), personal_router(fring))
    with BelowPrefix(head_as_get(app)) as client:
        yield client


@pytest.fixture
def filled(fring, unique):
    """Return what stands for ids in a path: a user with a task, a free task, a personal task."""
    user = run_sync(fring.users.create(NewUser(unique(), f"{unique()}@example.org")))
    task, free, own = (
        run_sync(fring.tasks.create(NewTask("x", status=TaskStatus.IN_PROGRESS), owner=owner))
        for owner in (None, None, "ann")
    )
    run_sync(fring.assignments.add(user=user.id, task=task.id))

    def fill(path):
        mine = own if path.startswith("/api/{owner}") else task
        return path.format(user=user.id, task=mine.id, free=free.id, owner="ann")

    return fill


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [(method, f"/api/v1{path}", status) for method, path, status in BOARD] + PERSONAL,
)
def test_every_endpoint_answers(client, filled, unique, *, method, path, status, slash):
    path = filled(path)
    name = unique()
    body = {"username": name, "email": f"{name}@example.com", "title": name}
    response = client.request(
        method,
        path + slash,
        params={"status": "completed"} if path.endswith("/status") else {},
        json=body if method in {"POST", "PUT"} else None,
    )
    assert response.status_code == status, response.text


def test_answers_look_as_they_should(client, filled):
    check_user(client.get("/api/v1/users").json()[0])
    check_task(client.get("/api/v1/tasks").json()[0])
    check_own_task(client.get(filled("/api/{owner}/tasks")).json()[0], "ann")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/users/0", 400, "user_not_found"),
        ("GET", "/api/v1/tasks/0", 400, "task_not_found"),
        ("POST", "/api/v1/users/{user}/tasks/{task}", 400, "already_assigned"),
        ("DELETE", "/api/v1/users/{user}/tasks/{free}", 400, "not_assigned"),
        ("GET", "/api/v1/users/{user}/tasks?status=bad", 400, "invalid_status"),
        ("GET", "/api/ann/tasks/0", 404, "task_not_found"),
        ("GET", "/api/auth/tasks", 404, "not_found"),
    ],
)
def test_errors_are_those_of_fring(client, filled, method, path, status, code):
    check_error(client.request(method, filled(path)), status, code)


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/tasks/{task}", 400), ("/api/{owner}/tasks/{task}", 409)]
)
def test_a_refused_status_is_answered_as_each_api_does(client, filled, path, status):
    task = filled(path)
    assert client.put(task, json={"status": "completed"}).status_code == 200
    response = client.put(task, json={"status": "canceled"})
    check_error(response, status, "transition_refused")


@pytest.mark.parametrize("path", ["/api/v1/users", "/api/v1/tasks", "/api/ann/tasks"])
def test_bodies_are_read_as_strictly(client, path):
    cut = client.post(path, content=b"{", headers=JSON)
    check_invalid(cut, "body", kind="json_invalid")
    check_invalid(client.post(path, json={"title": 5, "username": 5}), "body", kind="type_error")
    check_invalid(client.get(path, params={"limit": "x"}), "query", "limit")
    text = client.post(path, content=b"{}", headers={"content-type": "text/plain"})
    check_error(text, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", ["/api/v1/tasks", "/api/ann/tasks", "/api/v1/auth/login"])
def test_bodies_are_as_limited(fring, path):
    tokens = SecretTokens(SECRET)
    accounts = Accounts(
        MemoryStore(), passwords=Argon2Passwords(), issuer=tokens, causes=Causes(utc_now)
    )
    routers = (v1_router(fring), personal_router(fring), auth_router(accounts))
    with TestClient(host(*routers, request_max_body_size=10)) as client:
        most = client.post(PREFIX + path, content=b" " * MAX_BODY_BYTES, headers=JSON)
        check_invalid(most, "body", kind="json_invalid")
        more = client.post(PREFIX + path, content=b" " * (MAX_BODY_BYTES + 1), headers=JSON)
        check_error(more, 413, "too_large")


def test_a_link_leads_to_the_next_page(client, filled):
    path, seen = filled("/api/{owner}/tasks?limit=2&sort=title"), []
    while path:
        response = client.get(path)
        seen += [task["id"] for task in response.json()]
        link = response.links.get("next", {}).get("url")
        path = link and urljoin(PREFIX + path, link).removeprefix(PREFIX)
        assert not path or path.startswith("/api/ann/tasks?")
    assert sorted(seen) == sorted(task["id"] for task in client.get("/api/ann/tasks").json())
    assert len(seen) > 2


def test_head_is_answered_if_the_host_says_so(client, fring):
    got, head = client.get("/api/v1/tasks"), client.head("/api/v1/tasks")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == got.headers
    with TestClient(host(v1_router(fring))) as plain:
        assert plain.head(f"{PREFIX}/api/v1/tasks").status_code == 405


def test_tokens_are_asked_for_by_fring_alone(fring):
    tokens = SecretTokens(SECRET)
    with TestClient(host(v1_router(fring, tokens), personal_router(fring, tokens))) as client:
        for path in ("/api/v1/tasks", "/api/ann/tasks"):
            response = client.get(PREFIX + path)
            check_error(response, 401, "unauthenticated")
            assert response.headers["www-authenticate"] == "Bearer"
        assert client.get("/what").text == "our own"


def test_a_fault_and_an_outage_are_told_as_ever(caplog):
    class Away:
        def __getattr__(self, name):
            raise StoreUnavailable("away") if name == "tasks" else ZeroDivisionError

    with TestClient(host(v1_router(Fring(Away(), clock=utc_now)))) as client:
        response = client.get(f"{PREFIX}/api/v1/tasks")
        check_error(response, 503, "unavailable")
        assert response.headers["retry-after"] == "1"
        response = client.get(f"{PREFIX}/api/v1/users")
        assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/bread", 409),
        ("GET", "/who/1", 410),
        ("GET", "/nowhere", 404),
        ("POST", "/bread", 405),
        # No router is asked about these: Litestar has looked for the route before.
        ("GET", f"{PREFIX}/api/v1/nowhere", 404),
        ("PATCH", f"{PREFIX}/api/v1/tasks", 405),
    ],
)
def test_what_is_not_frings_is_answered_by_the_host(fring, method, path, status):
    with TestClient(host(v1_router(fring))) as client:
        response = client.request(method, path)
        assert (response.status_code, list(response.json())) == (status, ["bakery"])


def test_two_frings_live_beside_each_other(fring):
    other = Fring(MemoryStore(), clock=utc_now)
    there = Router("/there", route_handlers=[v1_router(other)])
    with TestClient(host(v1_router(fring), there)) as client:
        made = client.post(f"{PREFIX}/there/api/v1/tasks", json={"title": "there"}).json()
        assert client.get(f"{PREFIX}/there/api/v1/tasks").json() == [made]
        assert made not in client.get(f"{PREFIX}/api/v1/tasks").json()


def test_the_hosts_own_description_has_both(fring):
    with TestClient(host(v1_router(fring), personal_router(fring))) as client:
        paths = client.get("/schema/openapi.json").json()["paths"]
    assert {"/bread", "/what", f"{PREFIX}/api/v1/tasks/{{task_id}}"} <= paths.keys()
    operations = [operation for item in paths.values() for operation in item.values()]
    assert len(operations) == 3 + len(BOARD) + len(PERSONAL)
    assert len({operation["operationId"] for operation in operations}) == len(operations)

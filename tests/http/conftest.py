"""Run the real server in a process of its own, once per store, for the tests of this folder."""

from __future__ import annotations

import itertools
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

pytest.register_assert_rewrite("tests.http.wire")

from tests.http import wire  # noqa: E402  # its asserts are to be rewritten first
from tests.http.tokens import SECRET  # noqa: E402  # the same
from tests.serving import DEADLINE, serving  # noqa: E402  # the same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.serving import Server

_numbers = itertools.count(1_500_000_000)  # far from the automatic ids


@pytest.fixture(scope="session", params=["memory", "postgres"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Start a server, yield its URL, stop it, and look for tracebacks in what it wrote."""
    database_url = (
        "memory://" if request.param == "memory" else request.getfixturevalue("new_database")()
    )
    folder = tmp_path_factory.mktemp(f"server-{request.param}")  # holds no .env to be read
    with serving(folder, DATABASE_URL=database_url) as server:
        yield server.url


@pytest.fixture(scope="session", params=["memory", "postgres"])
def secured(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Start a server that wants tokens signed with our secret and logs all it can; yield it."""
    database_url = (
        "memory://" if request.param == "memory" else request.getfixturevalue("new_database")()
    )
    with serving(
        tmp_path_factory.mktemp(f"secured-{request.param}"),
        DATABASE_URL=database_url,
        BETTER_AUTH_SECRET=SECRET,
        FRING_TOKEN_SECONDS="1234",
        LOG_LEVEL="debug",
    ) as server:
        yield server


@pytest.fixture
def caller(secured: Server) -> Iterator[httpx.Client]:
    """Yield a client of `secured` that brings no token of its own."""
    with httpx.Client(base_url=secured.url, timeout=DEADLINE, verify=False) as client:
        yield client


@pytest.fixture
def account(unique: Callable[[], str]) -> dict[str, Any]:
    """Make up an account that nobody has, with a password to be found wherever it shows."""
    name = unique()
    return {"username": name, "email": f"{name}@example.com", "password": f"p@ß {unique()}"}


@pytest.fixture
def registered(caller: httpx.Client, account: dict[str, Any]) -> Any:
    """Register the account, and return its user."""
    response = caller.post("/api/v1/auth/register", json=account)
    assert response.status_code == 201, response.text
    return response.json()


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    """Yield a client that keeps its connection for the test; it follows no redirects."""
    # There is no TLS here, and reading the certificates would take longer than most tests.
    with httpx.Client(base_url=server, timeout=DEADLINE, verify=False) as client:
        yield client


@pytest.fixture(scope="session")
def unique() -> Callable[[], str]:
    """Return a function whose every call makes another text, of letters and digits."""
    return lambda: uuid.uuid4().hex


@pytest.fixture(scope="session")
def unique_id() -> Callable[[], int]:
    """Return a function whose every call makes an explicit id that nothing has yet."""
    return lambda: next(_numbers)


@pytest.fixture
def new_user(client: httpx.Client, unique: Callable[[], str]) -> Callable[..., Any]:
    """Return a function that creates a user and returns it."""

    def create(**fields: Any) -> Any:
        name = unique()
        body = {"username": name, "email": f"{name}@example.com"} | fields
        response = client.post("/api/v1/users/", json=body)
        assert response.status_code == 201, response.text
        return response.json()

    return create


@pytest.fixture
def new_task(client: httpx.Client, unique: Callable[[], str]) -> Callable[..., Any]:
    """Return a function that creates a task and returns it."""

    def create(**fields: Any) -> Any:
        response = client.post("/api/v1/tasks/", json={"title": unique()} | fields)
        assert response.status_code == 201, response.text
        return response.json()

    return create


@pytest.fixture
def owner(unique: Callable[[], str]) -> str:
    """Name somebody whose personal list is empty."""
    return f"user_{unique()}"


@pytest.fixture
def new_own_task(client: httpx.Client, owner: str) -> Callable[..., Any]:
    """Return a function that creates a task on the owner's list and returns it."""

    def create(**fields: Any) -> Any:
        response = client.post(f"/api/{owner}/tasks", json={"title": "own"} | fields)
        assert response.status_code == 201, response.text
        return response.json()

    return create


@pytest.fixture
def assign(client: httpx.Client) -> Callable[[Any, Any], None]:
    """Return a function that assigns a task to a user."""

    def assign(user: Any, task: Any) -> None:
        response = client.post(f"/api/v1/users/{user['id']}/tasks/{task['id']}")
        assert response.status_code == 201, response.text

    return assign


@pytest.fixture
def at_once(server: str) -> Callable[..., list[httpx.Response]]:
    """Return a function that sends requests at the same time, as `wire.at_once` does."""
    return partial(wire.at_once, server)


def _all(client: httpx.Client, path: str) -> list[Any]:
    entities: list[Any] = []
    while True:
        response = client.get(path, params={"skip": len(entities), "limit": 1000})
        assert response.status_code == 200, response.text
        entities += response.json()
        if len(response.json()) < 1000:
            return entities


@pytest.fixture(scope="module")
def known(server: str) -> list[Any]:
    """Hold what the store held after the last test that asked; empty until one did."""
    return []


@pytest.fixture
def unchanged(client: httpx.Client, known: list[Any]) -> Iterator[None]:
    """Assert after the test that the server is alive and that users and tasks are as before."""

    def everything() -> list[Any]:
        return [_all(client, "/api/v1/users"), _all(client, "/api/v1/tasks")]

    before = list(known) or everything()
    yield
    assert client.get("/health").status_code == 200
    known[:] = everything()
    assert known == before

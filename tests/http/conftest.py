"""Run the real server in a process of its own, once per store, for the tests of this folder."""

from __future__ import annotations

import itertools
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from fring_http.server.command.cli import main
from fring_http.server.settings import SETTINGS
from tests.http import wire
from tests.http.tokens import SECRET
from tests.outage import Database
from tests.serving import DEADLINE, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.serving import Server

SECURED = {"BETTER_AUTH_SECRET": SECRET, "FRING_TOKEN_SECONDS": "1234", "LOG_LEVEL": "debug"}
_numbers = itertools.count(1_500_000_000)  # far from the automatic ids


# A server starts when it is first asked for, and stays to the end: the parameters below only
# choose among those that run. Their folders hold no .env to be read.
@pytest.fixture(scope="session")
def memory_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server on the memory store."""
    with serving(tmp_path_factory.mktemp("server"), DATABASE_URL="memory://") as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Run a server on a database."""
    with serving(tmp_path_factory.mktemp("server"), DATABASE_URL=new_database()) as server:
        yield server


@pytest.fixture(scope="session")
def secured_memory_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a server on the memory store that wants tokens."""
    folder = tmp_path_factory.mktemp("secured")
    with serving(folder, DATABASE_URL="memory://", **SECURED) as server:
        yield server


@pytest.fixture(scope="session")
def secured_postgres_server(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Run a server on a database that wants tokens."""
    folder = tmp_path_factory.mktemp("secured")
    with serving(folder, DATABASE_URL=new_database(), **SECURED) as server:
        yield server


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be in a folder of one's own, where nothing is set."""
    for each in SETTINGS:
        for name in (each.variable, each.in_file):
            if name:
                monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(
    bare: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the command with settings, which stay; its code and its words."""

    def run(*arguments: str, **settings: str) -> tuple[int, str, str]:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Run a database of the module's own; who stops it starts it again."""
    database = Database(tmp_path_factory.mktemp("database") / "data")
    yield database
    database.close()


@pytest.fixture(scope="session", params=["memory", "postgres"])
def server(request: pytest.FixtureRequest) -> str:
    """Return the URL of a server; it is stopped at the end, and must not have failed."""
    running: Server = request.getfixturevalue(f"{request.param}_server")
    return running.url


@pytest.fixture(scope="session", params=["memory", "postgres"])
def secured(request: pytest.FixtureRequest) -> Server:
    """Return a server that wants tokens signed with our secret, and logs all it can."""
    running: Server = request.getfixturevalue(f"secured_{request.param}_server")
    return running


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[httpx.Client]:
    """Yield a client that keeps its connection; it follows no redirects."""
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
    """Assert after the test that the server answers, with users and tasks as before."""

    def everything() -> list[Any]:
        return [_all(client, "/api/v1/users"), _all(client, "/api/v1/tasks")]

    before = list(known) or everything()
    yield
    known[:] = everything()
    assert known == before

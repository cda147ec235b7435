"""What every test may use: a real PostgreSQL, and the examples of README and docs as tests."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from fring_adapters import pytest_postgres
from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring
from fring_http.api.app import create_app
from tests.kit import some
from tests.serving import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# Whoever comes first, this imports it.
pytest.register_assert_rewrite("tests.http.wire")

# How fast the machine is, is no business of a test.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# A file is one worker's, and these take ten seconds and more.
LONG = (
    "test_mutants",
    "test_odd_stores",
    "test_processes",
    "test_contract",
    "test_commands",
    "test_embedded",
    "test_standby",
    "test_schemathesis",
    "test_fuzz",
    "test_examples",
    "test_metrics",
    "test_installation",
    "test_backups",
    "test_cli",
    "test_sessions",
    "test_user_cli",
    "test_measurements",
    "test_demo_at_size",
    "test_write_a_store",
    "test_troubleshooting",
    "test_revisions",
    "test_outage",
    "test_testing",
    "test_pytest_plugin",
    "test_bad_http",
    "test_bad_networks",
    "test_dead_servers",
    "test_dead_databases",
    "test_jwks",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files that take longest first, or one core would end with them, and others wait.

    What the kit says of stores that are right but odd is run in part, but for `make kit`.
    """
    odd = [
        item for item in items if item.path.stem == "test_odd_stores" and "::Test" in item.nodeid
    ]
    if left := set(odd) - set(some(odd, 4)):
        config.hook.pytest_deselected(items=[item for item in items if item in left])
        items[:] = [item for item in items if item not in left]
    place = {name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


def pytest_runtest_setup() -> None:
    """Have what a test starts hear signals, even if this process, or a test before, ignores them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Give the URL of a server that tests may create databases on.

    Embedded, in a temporary folder, thrown away at the end; FRING_TEST_DATABASE_URL names
    another one.
    """
    if url := os.environ.get("FRING_TEST_DATABASE_URL"):
        yield url
        return
    with pytest_postgres.passing_server() as url:
        yield url


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Iterator[Callable[[], str]]:
    """Give a function that creates an empty database and returns its URL."""
    created: list[str] = []

    def create() -> str:
        name = f"fring_test_{uuid4().hex}"
        with psycopg.connect(to_conninfo(postgres), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        created.append(name)
        base, _, query = postgres.partition("?")
        return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    yield create
    if "FRING_TEST_DATABASE_URL" in os.environ:  # or they go with their server
        with psycopg.connect(to_conninfo(postgres), autocommit=True) as connection:
            for name in created:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def database_url(new_database: Callable[[], str]) -> str:
    """Give the URL of a database with Fring's tables, one for all tests that empty it first."""
    url = new_database()
    prepare(url)
    return url


@pytest.fixture(scope="session")
def empty(database_url: str) -> Callable[[], None]:
    """Give a function that empties the database."""
    return partial(pytest_postgres.empty, database_url)


@pytest.fixture(scope="module")
def reader_environment(new_database: Callable[[], str]) -> Iterator[None]:
    """Give a document's examples what its reader has: a DATABASE_URL, of an empty database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", new_database())
        yield


@pytest.fixture(scope="module")
def reader_server() -> Iterator[None]:
    """Give a document's examples the URL of a server, with an empty store."""
    app = create_app(Fring(MemoryStore(), clock=utc_now))
    with in_thread(app) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRING_URL", url)
        yield


def _documents(*patterns: str, fixtures: list[str], excludes: list[str] | None = None) -> Sybil:
    return Sybil(
        parsers=[PythonCodeBlockParser()],
        patterns=patterns,
        excludes=excludes or [],
        fixtures=fixtures,
    )


# Every ```python block is run, all those of a document in one namespace, from top to bottom. Those
# with a title are files, which tests/docs/test_examples.py runs.
pytest_collect_file = (
    _documents(
        "README.md",
        "docs/*.md",
        "docs/decisions/*.md",
        "docs/examples/*.md",
        excludes=["docs/client.md"],
        fixtures=["reader_environment"],
    )
    + _documents("docs/client.md", fixtures=["reader_server"])
).pytest()

"""A real PostgreSQL for whoever asks: embedded, in a temporary folder, thrown away at the end."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import psycopg
import pytest

from fring_adapters.postgres.embedded import embedded
from fring_adapters.postgres.urls import to_conninfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a server that tests may create databases on.

    FRING_TEST_DATABASE_URL names another server than the embedded one.
    """
    if url := os.environ.get("FRING_TEST_DATABASE_URL"):
        yield url
        return
    with embedded(tmp_path_factory.mktemp("postgres") / "data") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            # Nobody needs the tests' data after a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


@pytest.fixture(scope="session")
def new_database(postgres: str) -> Iterator[Callable[[], str]]:
    """Give a function that creates an empty database and returns its URL."""
    numbers = count(1)
    created: list[str] = []

    def create() -> str:
        name = f"fring_test_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(to_conninfo(postgres), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        created.append(name)
        base, _, query = postgres.partition("?")
        return f"{base.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")

    yield create
    with psycopg.connect(to_conninfo(postgres), autocommit=True) as connection:
        for name in created:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

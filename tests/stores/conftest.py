"""One database for the contract's tests, emptied before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from fring_adapters.postgres import prepare
from fring_adapters.postgres.urls import to_conninfo

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def database_url(new_database: Callable[[], str]) -> str:
    url = new_database()
    prepare(url)
    return url


@pytest.fixture(scope="session")
def empty(database_url: str) -> Callable[[], None]:
    """Give a function that empties the database."""

    def truncate() -> None:
        with psycopg.connect(to_conninfo(database_url), autocommit=True) as connection:
            connection.execute("TRUNCATE users, tasks, user_tasks RESTART IDENTITY")

    return truncate

"""Fixtures for whoever tests with Fring: `fring` and `blocking_fring`, and what they are made of.

pytest loads this wherever Fring is installed, for test suites too that never use it. So nothing
but pytest is imported before a fixture is asked for, and then only what the base install has,
unless it is about PostgreSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_core import BlockingFring, Clock, FixedClock, Fring, Store


@pytest.fixture
def fring_clock() -> FixedClock:
    """Give a clock that stands still, at noon of 1 January 2024 in UTC, until it is moved on.

    Override it to have `fring` take its time from another clock.
    """
    from datetime import UTC, datetime  # noqa: PLC0415  # see above

    from fring_core import FixedClock  # noqa: PLC0415  # see above

    return FixedClock(datetime(2024, 1, 1, 12, tzinfo=UTC))


@pytest.fixture
def fring_store() -> Store:
    """Give an empty store in memory. Override it to have `fring` work on another store."""
    from fring_adapters.memory import MemoryStore  # noqa: PLC0415  # see above

    return MemoryStore()


@pytest.fixture
def fring(fring_store: Store, fring_clock: Clock) -> Fring:
    """Give the use cases, on `fring_store` and by `fring_clock`, to be awaited."""
    from fring_core import Fring  # noqa: PLC0415  # see above

    return Fring(fring_store, clock=fring_clock)


@pytest.fixture
def blocking_fring(fring: Fring) -> BlockingFring:
    """Give the use cases of `fring` without `await`; its store must never suspend."""
    from fring_core import BlockingFring  # noqa: PLC0415  # see above

    return BlockingFring(fring)


@pytest.fixture(scope="session")
def fring_postgres_server() -> Iterator[str]:
    """Give the URL of a PostgreSQL that is thrown away; it needs Fring's extra `embedded`.

    Override it to give that of another server, as a role that may create databases.
    """
    from fring_adapters.pytest_postgres import passing_server  # noqa: PLC0415  # an extra

    with passing_server() as url:
        yield url


@pytest.fixture(scope="session")
def fring_postgres_database(fring_postgres_server: str) -> Iterator[str]:
    """Give the URL of a new database with Fring's tables; with pytest-xdist, one for each worker."""
    from fring_adapters.pytest_postgres import passing_database  # noqa: PLC0415  # an extra

    with passing_database(fring_postgres_server) as url:
        yield url


@pytest.fixture
def fring_postgres(fring_postgres_database: str) -> str:
    """Give the URL of a PostgreSQL database whose tables of Fring are empty."""
    from fring_adapters.pytest_postgres import empty  # noqa: PLC0415  # an extra

    empty(fring_postgres_database)
    return fring_postgres_database

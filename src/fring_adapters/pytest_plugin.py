"""Fixtures for whoever tests with Fring: `fring`, `fring_store` and `fring_clock`.

pytest loads this wherever Fring is installed, for test suites too that never use it. So nothing
but pytest is imported before a fixture is asked for, and then only what the base install has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fring_core import Clock, FixedClock, Fring, Store


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
    """Give the use cases, on `fring_store` and by `fring_clock`.

    Await them, or call them with `run_sync`, as the store allows; that in memory allows both.
    """
    from fring_core import Fring  # noqa: PLC0415  # see above

    return Fring(fring_store, clock=fring_clock)

"""What the short runs share."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.postgres import cluster
from tests.faults.running import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.fault import Fault
    from tests.faults.postgres import Cluster

SLACK_SECONDS: Final = 5.0  # that a machine may be busy with other tests; `make faults` allows none
DEADLINE_SECONDS: Final = 1.0


@pytest.fixture(scope="session")
def made() -> Iterator[Cluster]:
    """Make what databases are copied from."""
    with cluster() as made:
        yield made


@pytest.fixture
def kept(made: Cluster) -> Callable[[Fault], None]:
    """Give a function that tries a fault, and fails unless its promise is kept."""

    def try_it(fault: Fault) -> None:
        # pytest's own folders let nobody else in, and PostgreSQL may be somebody else.
        with TemporaryDirectory(prefix="fring-fault-", ignore_cleanup_errors=True) as folder:
            measured = run(
                fault, made, Path(folder), deadline=DEADLINE_SECONDS, slack=SLACK_SECONDS
            )
        assert not measured.violations, "\n".join(map(str, measured.violations[:10]))

    return try_it

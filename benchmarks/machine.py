"""Count the steps per second of the contract kit's machine, on each store.

    python -m benchmarks.machine [HISTORIES]

A step is a call, or a transaction with what is in it, made on the store and on the oracle, with
the comparison of everything that the two hold afterwards. PostgreSQL is an embedded one, without fsync.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore, prepare
from fring_adapters.postgres.embedded import embedded
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core.testing import StoreMachine

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_core import Store

STEPS_A_HISTORY = 25


def rate(machine: type[Any], name: str, histories: int) -> None:
    """Run a machine and print its steps per second."""
    steps = 0

    class Counting(machine):  # type: ignore[misc]  # whichever it is
        def check_invariants(self, *args: Any, **options: Any) -> None:
            nonlocal steps
            steps += 1
            super().check_invariants(*args, **options)

    began = time.perf_counter()
    run_state_machine_as_test(
        Counting,
        settings=settings(
            max_examples=histories,
            stateful_step_count=STEPS_A_HISTORY,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    seconds = time.perf_counter() - began
    print(f"{name:40} {steps:6} steps {seconds:6.1f} s {steps / seconds:7.0f} steps/s", flush=True)


def stores(make: Callable[[], Store], run: Callable[[Any], Any] | None = None) -> type[Any]:
    """Return the machine that compares the stores that are made with the memory store."""

    class Machine(StoreMachine):
        def make_store(self) -> Store:
            return make()

        def make_oracle(self) -> Store:
            return MemoryStore()

    if run is not None:
        Machine.run = staticmethod(run)  # type: ignore[method-assign,assignment]  # as hooks are
    return Machine


def main(histories: int) -> None:
    """Measure every store."""
    rate(stores(MemoryStore), "memory", histories)
    with (
        TemporaryDirectory(prefix="fring-machine-", ignore_cleanup_errors=True) as folder,
        embedded(Path(folder) / "data") as url,
        psycopg.connect(to_conninfo(url), autocommit=True) as connection,
        asyncio.Runner() as runner,
    ):
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        prepare(url)

        def emptied(store: Any) -> Any:
            connection.execute("DELETE FROM user_tasks; DELETE FROM tasks; DELETE FROM users")
            return store

        with BlockingPostgresStore(url) as blocking:
            rate(stores(lambda: emptied(blocking)), "PostgreSQL, blocking", histories)
        store = PostgresStore(url)
        runner.run(store.__aenter__())
        rate(stores(lambda: emptied(store), runner.run), "PostgreSQL, asyncio", histories)
        runner.run(store.__aexit__(None, None, None))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)

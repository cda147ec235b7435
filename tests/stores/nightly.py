"""Long random histories, 20,000 steps on each store: python -m tests.stores.nightly [--seed N].

The memory store is the oracle of all. A red history is made shorter and shown; the same seed
makes it again.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from argparse import ArgumentParser
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, PostgresStore, prepare
from fring_adapters.postgres.embedded import embedded
from fring_core import Fring
from fring_core.testing import FringMachine, StoreMachine

STEPS, LENGTH, PORTIONS = 20_000, 50, 20
POOL = PoolSettings(size=4, timeout=30)
EMPTY = """DELETE FROM user_tasks; DELETE FROM tasks; DELETE FROM users; DELETE FROM spent_ids; DELETE FROM receipts;
    DELETE FROM events; DELETE FROM webhooks;
    SELECT setval('users_id_seq', 1, false), setval('tasks_id_seq', 1, false);"""


class Histories(StoreMachine):
    def make_store(self):
        return MemoryStore()

    def make_oracle(self):
        return MemoryStore()


class UseCases(FringMachine):
    def make_fring(self, clock):
        return Fring(MemoryStore(), clock=clock)

    def make_oracle(self, clock):
        return Fring(MemoryStore(), clock=clock)


@contextmanager
def machines():
    """Give the machines, by name, and what they need."""
    with (
        TemporaryDirectory() as folder,
        embedded(Path(folder) / "data") as url,
        psycopg.connect(url, autocommit=True) as connection,
        asyncio.Runner() as runner,
    ):
        prepare(url)
        suspending = PostgresStore(url, POOL)
        runner.run(suspending.__aenter__())

        class Suspending(Histories):
            def make_store(self):
                connection.execute(EMPTY)
                return suspending

            def run(self, coroutine):
                runner.run(coroutine)

        try:
            with BlockingPostgresStore(url, POOL) as blocking:

                class Blocking(Histories):
                    def make_store(self):
                        connection.execute(EMPTY)
                        return blocking

                yield {
                    "memory": Histories,
                    "postgres": Suspending,
                    "blocking": Blocking,
                    "fring": UseCases,
                }
        finally:
            runner.run(suspending.__aexit__(None, None, None))


def run(name, machine, first_seed, steps):
    """Run a machine for so many steps, in portions that have a seed each."""
    portion = settings(
        max_examples=max(1, steps // LENGTH // PORTIONS),
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    begun = time.monotonic()
    for number in range(PORTIONS):
        try:
            run_state_machine_as_test(seed(first_seed + number)(machine), settings=portion)
        except Exception:
            tell(f"{name} is red; again: make nightly STORE={name} SEED={first_seed + number}")
            raise
        done = (number + 1) * portion.max_examples * LENGTH
        tell(f"{name}: {done} steps, {time.monotonic() - begun:.0f} s")


def tell(text):
    """Say something at once."""
    print(text, flush=True)  # noqa: T201  # a command talks


def main(arguments):
    """Run what is asked for."""
    parser = ArgumentParser(prog="make nightly", description=__doc__)
    parser.add_argument("--store", choices=["memory", "postgres", "blocking", "fring"])
    parser.add_argument("--seed", type=int, default=None, help="of the first portion")
    parser.add_argument("--steps", type=int, default=STEPS, help="on each store")
    options = parser.parse_args(arguments)
    first = random.randrange(10**9) if options.seed is None else options.seed
    tell(f"seed {first}")
    with machines() as each:
        for name, machine in each.items():
            if options.store in (None, name):
                run(name, machine, first, options.steps)


if __name__ == "__main__":
    main(sys.argv[1:])

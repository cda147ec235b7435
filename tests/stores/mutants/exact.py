"""Run the whole contract on every fault: does exactly what is declared fail?

    python -m tests.stores.mutants.exact [--record] [--runs N] [--package NAME] [--only TEXT]
        [--clauses TEXT] [--jobs N]

The faults are shared out among processes, a few to each session of pytest. A record runs all
twice, to learn what is red by chance.
"""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg
import pytest

from fring_adapters.postgres.embedded import embedded
from tests.stores.mutants.catalogue import MEMORY, POSTGRES
from tests.stores.mutants.red import CLAUSES, Red, declare, declared
from tests.stores.mutants.running import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stores.mutants.catalogue import Mutant

CATALOGUES = {"memory": MEMORY, "postgres": POSTGRES}
FEW = 8  # faults in one session


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a server to which nothing is worth keeping."""
    with TemporaryDirectory() as folder, embedded(Path(folder) / "data") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield url


def red_clauses(mutants: list[Mutant], clauses: frozenset[str]) -> list[tuple[str, str, set[str]]]:
    """Run clauses on these; return package, name and the clauses that failed, of each."""
    verdicts = run((mutant, clause) for mutant in mutants for clause in clauses)
    failed = defaultdict[str, set[str]](set)
    for (mutant, clause), verdict in verdicts.items():
        if verdict.kills or verdict.broken:
            failed[mutant.name].add(clause)
    return [(mutant.package, mutant.name, failed[mutant.name]) for mutant in mutants]


def run_all(
    mutants: list[Mutant], clauses: frozenset[str], runs: int, jobs: int
) -> dict[tuple[str, str], list[set[str]]]:
    """Run these clauses on every mutant so many times, and tell how far it has come."""
    few = [
        same[start : start + FEW]
        for suite in sorted({mutant.suite for mutant in mutants})
        if (same := [mutant for mutant in mutants if mutant.suite == suite])
        for start in range(0, len(same), FEW)
    ]
    found = defaultdict[tuple[str, str], list[set[str]]](list)
    begun = time.monotonic()
    with ProcessPoolExecutor(jobs) as workers:
        tasks = [workers.submit(red_clauses, each, clauses) for each in few * runs]
        for number, task in enumerate(as_completed(tasks), 1):
            for package, name, red in task.result():
                found[package, name].append(red)
            tell(f"{number} of {len(tasks)} sessions, {time.monotonic() - begun:.0f} s")
    return found


def tell(text: str) -> None:
    """Say something at once."""
    print(text, flush=True)  # noqa: T201  # a command talks


def differences(
    package: str, clauses: frozenset[str], found: dict[tuple[str, str], list[set[str]]]
) -> list[str]:
    """Return what is not as it is declared, of these clauses."""
    known = declared(package)
    return [
        f"{package}: {name}: {amiss}"
        for (its_package, name), runs in found.items()
        if its_package == package
        for amiss in sorted(
            {amiss for red in runs for amiss in known.get(name, Red()).of(clauses).amiss(red)}
        )
    ]


def main(arguments: list[str]) -> int:
    """Compare or record; return how the process shall end."""
    parser = ArgumentParser(prog="make kit", description=__doc__)
    parser.add_argument("--record", action="store_true", help="declare what fails")
    parser.add_argument("--runs", type=int, help="how often (by default 1, or 2 to record)")
    parser.add_argument("--package", choices=[*CATALOGUES], help="the stores (by default all)")
    parser.add_argument("--only", default="", help="faults whose names have this in them")
    parser.add_argument("--clauses", default="", help="clauses whose names have this in them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args(arguments)
    mutants = [
        mutant
        for package, all_of_it in CATALOGUES.items()
        for mutant in all_of_it
        if options.package in (None, package) and options.only in mutant.name
    ]
    clauses = frozenset(clause for clause in CLAUSES if options.clauses in clause)
    with server() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRING_TEST_DATABASE_URL", url)
        found = run_all(mutants, clauses, options.runs or 1 + options.record, options.jobs)
    amiss = [line for package in CATALOGUES for line in differences(package, clauses, found)]
    if not options.record:
        tell("\n".join([*amiss, f"{len(found)} faults, {len(amiss)} clauses not as declared"]))
        return bool(amiss)
    for package, all_of_it in CATALOGUES.items():
        known = declared(package)
        red = {
            m.name: known.get(m.name, Red()).after(found[package, m.name], clauses)
            if (package, m.name) in found
            else known.get(m.name, Red())
            for m in all_of_it
        }
        declare(package, all_of_it, red)
    tell(f"{len(found)} faults recorded: look at what has changed in tests/stores/mutants/red")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Send mutated requests to real servers, with tokens and without: `make fuzz N=100000 SEED=1`.

What goes wrong is shown with its bytes. `python -m tests.fuzz --seed SEED --only NUMBER` sends it
again alone, and the same seed sends all of it. Then Schemathesis draws others from their documents.
"""

from __future__ import annotations

import secrets
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from fring_adapters import pytest_postgres
from fring_adapters.postgres.wire.urls import to_conninfo
from tests.fuzz.inputs import input_of
from tests.fuzz.modes import MODES
from tests.fuzz.running import check_rests, send_all
from tests.http.schemathesis_run import run
from tests.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHOWN = 2000
EXAMPLES = 100  # of each operation in each phase


def try_inputs(mode: str, url: str, seed: int, numbers: Iterable[int]) -> bool:
    """Send inputs to a server in a mode; tell what happened, and return whether all was well."""
    settings, token = MODES[mode]
    began = time.monotonic()
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), DATABASE_URL=url, **settings) as server,
    ):
        outcome = send_all(server.port, (input_of(seed, each, token) for each in numbers))
        print(f"mode {mode}: {outcome} ({time.monotonic() - began:.0f} s)", flush=True)
        for given, answer in outcome.wrong:
            print(f"  --seed {seed} --only {given.number}: {answer.wrong[:SHOWN]}")
            print(f"    {given.data[:SHOWN]!r}")
        check_rests(server)
    return not outcome.wrong


def try_document(mode: str, url: str) -> bool:
    """Let Schemathesis try a server's document in a mode; return whether all was well."""
    settings, token = MODES[mode]
    header = ["--header", f"Authorization: Bearer {token}"] if token else []
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), DATABASE_URL=url, **settings) as server,
    ):
        sent, said = run(server.url, "--max-examples", str(EXAMPLES), *header)
        check_rests(server)
    print(f"mode {mode}: {sent} requests from the document", flush=True)
    print(said, end="")
    return not said


def main(arguments: Sequence[str]) -> int:
    """Send what is asked for, half of the inputs in each mode; return the exit code."""
    parser = ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    parser.add_argument("--only", type=int)
    given = parser.parse_args(arguments)
    numbers = range(given.inputs // 2) if given.only is None else [given.only]
    print(f"seed {given.seed}", flush=True)
    with pytest_postgres.passing_server() as url:
        databases = {mode: _database(url, mode) for mode in MODES}
        results = [try_inputs(mode, at, given.seed, numbers) for mode, at in databases.items()]
        if given.only is None:
            results += [try_document(mode, at) for mode, at in databases.items()]
    return 0 if all(results) else 1


def _database(url: str, mode: str) -> str:
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(f"fuzz_{mode}")))
    base, _, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/fuzz_{mode}" + (f"?{query}" if query else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

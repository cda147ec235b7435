"""Try all faults, the headline and the feed, strictly: `make faults`. With words, those that they name.

The page gets the figures of what was tried.
"""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.faults import followed, headline
from tests.faults.postgres import cluster
from tests.faults.report import PAGE, renewed, row, with_headline, with_run
from tests.faults.running import run
from tests.faults.table import FAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.faults.fault import Fault
    from tests.faults.postgres import Cluster

SHOWN = 10  # of what was found
SHOWN_CHARACTERS = 2000


def try_one(fault: Fault, made: Cluster) -> tuple[str, bool]:
    """Return the row of a fault, and whether its promise was kept."""
    began = time.monotonic()
    if fault.needs_root and os.geteuid():
        return not_tried(fault, "not tried: it takes root"), True
    with TemporaryDirectory(prefix="fring-fault-", ignore_cleanup_errors=True) as folder:
        try:
            measured = run(fault, made, Path(folder))
        except (AssertionError, OSError) as error:  # of the harness's own, or of the server's start
            tell(f"{fault.name}: {str(error)[:SHOWN_CHARACTERS]}")
            return not_tried(fault, "no: the server failed"), False
    tell(f"{row(measured)} ({time.monotonic() - began:.0f} s)")
    for violation in measured.violations[:SHOWN]:
        tell(f"  {violation}")
    return row(measured), not measured.violations


def try_headline(made: Cluster) -> bool:
    """Write down what became of it; return whether it was kept."""
    with TemporaryDirectory(prefix="fring-fault-", ignore_cleanup_errors=True) as folder:
        closed = headline.close_all(made, Path(folder))
    tell(f"{headline.NAME}: {closed}")
    for error in closed.raised[:SHOWN]:
        tell(f"  {error}")
    PAGE.write_text(with_headline(PAGE.read_text(), f"{closed}."))
    return closed.is_kept


def try_followed(run: followed.Run, made: Cluster) -> bool:
    """Write down what readers of the feed were told; return whether it was all, once, in order."""
    with TemporaryDirectory(prefix="fring-fault-", ignore_cleanup_errors=True) as folder:
        found = followed.follow(made, Path(folder), run)
    faults = found.faults()
    tell(f"{run.name}: {found}")
    for fault in faults[:SHOWN]:
        tell(f"  {fault}")
    if not faults:
        PAGE.write_text(with_run(PAGE.read_text(), run.name, str(found)))
    return not faults


def not_tried(fault: Fault, why: str) -> str:
    """Return a row without figures."""
    return f"| {fault.name} | {fault.promise} | {why} | | | | |"


def tell(text: str) -> None:
    """Say something at once."""
    print(text, flush=True)


def main(arguments: Sequence[str]) -> int:
    """Try what is asked for; return the exit code."""
    parser = ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("words", nargs="*")
    words = parser.parse_args(arguments).words
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    names = [fault.name for fault in FAULTS]
    with cluster() as made:
        broken = 0
        for fault in chosen:
            line, is_kept = try_one(fault, made)
            broken += not is_kept
            PAGE.write_text(renewed(PAGE.read_text(), names, [line]))
        if not words or any(word in headline.NAME for word in words):
            broken += not try_headline(made)
        for run in followed.RUNS:
            if not words or any(word in run.name for word in words):
                broken += not try_followed(run, made)
    tell(f"{len(chosen)} faults, {broken} promises broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Measure what Fring costs, and write it into docs/performance.md: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from benchmarks.calls import blocking, memory_calls
from benchmarks.effort import FULL, QUICK
from benchmarks.endpoints import endpoints
from benchmarks.growth import growth
from benchmarks.memory import memory
from benchmarks.places import ROOT, place
from benchmarks.starting import starting
from benchmarks.tables import written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.effort import Effort
    from benchmarks.places import Place
    from benchmarks.tables import Section

PAGE: Final = ROOT / "docs/performance.md"
MEASUREMENTS: Final[dict[str, Callable[[Place, Effort], Section]]] = {
    "endpoints": endpoints,
    "growth": growth,
    "memory": memory,
    "starting": starting,
    "blocking": blocking,
    "memory-calls": memory_calls,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for, print it, and write it into the page unless it is a glance."""
    asked = _parser().parse_args(arguments)
    effort = QUICK if asked.quick else FULL
    if asked.largest:
        smaller = [size for size in FULL.sizes if size < asked.largest]
        effort = attrs.evolve(effort, sizes=(*smaller, asked.largest))
    if asked.requests:
        effort = attrs.evolve(effort, requests=asked.requests)
    page = asked.page or (None if asked.quick else PAGE)
    with place(os.environ.get("DATABASE_URL", "")) as found:
        where = _where(found)
        for name in asked.only or MEASUREMENTS:
            began = time.perf_counter()
            section = MEASUREMENTS[name](found, effort)
            print(f"{section.text}\n", flush=True)
            print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
            if page:
                text = f"{section.text}\n\n{where}"
                page.write_text(written(page.read_text(), name, text))
                for file, plot in section.plots.items():
                    (page.parent / "assets" / file).write_text(plot)


def _where(found: Place) -> str:
    """Say what "here" is."""
    return (
        f"Here: {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), which all"
        f" processes shared; Python {platform.python_version()}, PostgreSQL {found.version()};"
        f" {time.strftime('%Y-%m-%d')}."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure what Fring costs, beside the floor and the reference stack.",
        epilog="PostgreSQL is an embedded one, or that of DATABASE_URL, which must let databases be"
        " created.",
    )
    parser.add_argument("--quick", action="store_true", help="less of all, in a minute")
    parser.add_argument(
        "--only", action="append", choices=MEASUREMENTS, help="this alone; may be repeated"
    )
    parser.add_argument(
        "--largest", type=int, metavar="TASKS", help="most tasks of `growth`; 1000000"
    )
    parser.add_argument("--requests", type=int, metavar="N", help="requests of `memory`; 1000000")
    parser.add_argument(
        "--page", type=Path, help="page to write into; docs/performance.md, and with --quick none"
    )
    return parser


if __name__ == "__main__":
    main()

"""How long it takes until there is something: a server's first answer, an import."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.places import environment
from benchmarks.servers import ALL, FRING, serving
from benchmarks.tables import Section, counted, table

if TYPE_CHECKING:
    from benchmarks.effort import Effort
    from benchmarks.places import Place


def starting(place: Place, effort: Effort) -> Section:
    """Return the times of starts and imports, medians in turn."""
    urls = dict.fromkeys(ALL, place.board(effort.tasks))
    names = [*ALL, f"{FRING}, its embedded PostgreSQL included"]
    answers: dict[str, list[float]] = {name: [] for name in names}
    imports: dict[str, list[float]] = {"pass": [], "import attrs": [], "import fring_core": []}
    for _ in range(effort.starts):
        for name in names:
            url = urls.get(name, "")
            answers[name].append(_first_answer(name.partition(",")[0], url, place))
    for _ in range(effort.starts):
        for code, times in imports.items():
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code], env=environment(), cwd=place.folder, check=True
            )
            times.append(time.perf_counter() - began)
    starts = {name: statistics.median(times) for name, times in answers.items()}
    runs = {code: statistics.median(times) for code, times in imports.items()}
    return Section(
        f"Medians of {counted(effort.starts, 'start')} in turn, from the command to the first answer that"
        " comes from the database, and of as many runs of Python.\n\n"
        + table(
            ["server", "to the first answer, s here", "times the floor's"],
            [[name, f"{of:.2f}", f"{of / starts['floor']:.2f}"] for name, of in starts.items()],
        )
        + "\n\n"
        + table(
            ["`python -c`", "ms here", "of Python alone"],
            [
                [f"`{code}`", f"{of * 1000:.0f}", f"{of / runs['pass']:.2f}"]
                for code, of in runs.items()
            ],
        )
    )


def _first_answer(name: str, url: str, place: Place) -> float:
    with serving(name, url, place.folder) as server:
        return server.seconds

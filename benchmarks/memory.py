"""Whether a worker's memory grows with the requests that it has answered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import uvloop

from benchmarks.load import flood
from benchmarks.operations import mixed
from benchmarks.plots import lines
from benchmarks.servers import FRING, serving
from benchmarks.tables import Section, table

if TYPE_CHECKING:
    from benchmarks.effort import Effort
    from benchmarks.places import Place

_LOOKS: Final = 10
_PLOT: Final = "memory.svg"


def memory(place: Place, effort: Effort) -> Section:
    """Return the resident memory of a worker after so many requests of all kinds."""
    points: list[tuple[int, float]] = []
    step = (effort.requests - effort.warm) // _LOOKS
    done = 0
    with serving(FRING, place.board(effort.tasks), place.folder) as server:
        worker = server.worker()
        for seed, share in enumerate((effort.warm, *(step,) * _LOOKS)):
            load = uvloop.run(
                flood(
                    server.port,
                    partial(mixed, effort.tasks),
                    connections=effort.connections,
                    requests=share,
                    seed=seed,
                )
            )
            load.check("mixed requests", len(load.times) / 100)
            done += len(load.times)
            points.append((done, worker.memory_info().rss / 1e6))
    (first, before), (last, after) = points[0], points[-1]
    rows = [[f"{done:,}", f"{size:.0f}", f"{size / before:.2f}"] for done, size in points]
    plot = lines(
        "Resident memory of a worker", "requests", "MB", {"resident": points}, from_zero=True
    )
    return Section(
        f"{effort.connections} connections, all operations mixed. After {last:,} requests a worker"
        f" holds **{after / before:.2f}** of what it held after {first:,}.\n\n"
        f"{table(['requests', 'resident MB here', 'of the first'], rows)}\n\n"
        f"![Resident memory by requests; the table has the same figures](assets/{_PLOT})",
        {_PLOT: plot},
    )

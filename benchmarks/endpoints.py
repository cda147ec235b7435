"""Requests a second of each endpoint, and how long they take at a steady rate."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import uvloop

from benchmarks.load import Load, MakeScript, at_rate, flood
from benchmarks.operations import OPERATIONS, on
from benchmarks.sameness import check_sameness
from benchmarks.servers import ALL, FRING, Server, all_serving
from benchmarks.tables import Section, counted, geometric_mean, table

if TYPE_CHECKING:
    from benchmarks.effort import Effort
    from benchmarks.places import Place

Drive: TypeAlias = Callable[[int, MakeScript, int], Coroutine[Any, Any, Load]]
_MOST_FAILED: Final = 0.01
_OTHERS: Final = ALL[1:]


def endpoints(place: Place, effort: Effort) -> Section:
    """Return how many requests a second there are, and how long they take at a steady rate."""
    with all_serving([(name, effort.tasks) for name in ALL], place) as running:
        servers = dict(zip(ALL, running, strict=True))
        check_sameness(servers, effort.tasks)
        return Section(f"{_throughput(servers, effort)}\n\n{_latency(servers, effort)}")


def _throughput(servers: dict[str, Server], effort: Effort) -> str:
    async def drive(port: int, make: MakeScript, seed: int) -> Load:
        return await flood(
            port, make, connections=effort.connections, seconds=effort.seconds, seed=seed
        )

    rates = {
        name: {each: statistics.median(load.per_second for load in of[each]) for each in ALL}
        for name, of in _loads(servers, effort, drive, effort.rounds).items()
    }
    ratios = {name: [of[FRING] / of[other] for other in _OTHERS] for name, of in rates.items()}
    rows = [
        [name, *(f"{each:.2f}" for each in ratios[name]), f"{of[FRING]:,.0f}"]
        for name, of in rates.items()
    ]
    means = [geometric_mean(column) for column in zip(*ratios.values(), strict=True)]
    rows.append(["geometric mean", *(f"**{each:.2f}**" for each in means), ""])
    header = ["operation", "of the floor", "times the reference stack", "requests/s here"]
    return (
        f"{effort.connections} connections, {effort.tasks:,} tasks; {counted(effort.rounds, 'round')} of"
        f" {effort.seconds:g} s for each operation, at each server in turn; medians.\n\n"
        f"{table(header, rows)}"
    )


def _latency(servers: dict[str, Server], effort: Effort) -> str:
    async def drive(port: int, make: MakeScript, _: int) -> Load:
        return await at_rate(
            port,
            make,
            rate=effort.rate,
            seconds=effort.rate_seconds,
            connections=effort.connections,
            seed=effort.rounds,
        )

    rows = [
        [name]
        + [
            " / ".join(f"{of[each][0].percentile(percent):.1f}" for percent in (50, 99))
            for each in ALL
        ]
        for name, of in _loads(servers, effort, drive, 1).items()
    ]
    header = ["operation", *(f"{each}, p50 / p99 ms here" for each in ALL)]
    return (
        f"The same at {effort.rate:g} requests a second for {effort.rate_seconds:g} s, at each"
        " server in turn; a request's time begins when it was due.\n\n"
        f"{table(header, rows)}"
    )


def _loads(
    servers: dict[str, Server], effort: Effort, drive: Drive, rounds: int
) -> dict[str, dict[str, list[Load]]]:
    """Return what became of each operation at each server; raise if too many requests failed."""
    loads: dict[str, dict[str, list[Load]]] = {}
    for name, operation in OPERATIONS.items():
        make = on(effort.tasks, operation)
        of = loads[name] = {each: [] for each in ALL}
        for seed in range(rounds):
            for each, server in servers.items():
                load = uvloop.run(drive(server.port, make, seed))
                # The load before may have ended between two requests of a connection.
                most = _MOST_FAILED * len(load.times) + effort.connections
                load.check(f"{name} at {each}", most)
                of[each].append(load)
    return loads

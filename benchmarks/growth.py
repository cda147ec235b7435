"""How the cost of one caller's request grows with the data."""

from __future__ import annotations

import statistics
from functools import partial
from typing import TYPE_CHECKING, Final

import uvloop

from benchmarks.client import request
from benchmarks.load import flood
from benchmarks.operations import API, OPERATIONS, Operation, any_user
from benchmarks.plots import lines
from benchmarks.servers import FRING, all_serving
from benchmarks.tables import Section, table
from fring_http.server.command.people import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from benchmarks.effort import Effort
    from benchmarks.load import MakeScript, Script
    from benchmarks.places import Place

_MOST_SECONDS: Final = 3.0  # for all repeats at one server
_TURNS: Final = 5
_TOO_LATE: Final = 503
_PLOT: Final = "growth.svg"


def _list(path: Callable[[int, Random], str]) -> Operation:
    def script(tasks: int, random: Random) -> Script:
        while True:
            yield request("GET", path(tasks, random))

    return script


def _name(tasks: int, random: Random) -> str:
    user = any_user(tasks, random)
    return f"{PEOPLE[user % len(PEOPLE)]}{user}"


KINDS: Final[dict[str, Operation]] = {
    name: OPERATIONS[name]
    for name in (
        "GET a user with its tasks",
        "GET a task with its users",
        "POST a task",
        "PUT a task",
        "PATCH a status",
        "assign, un-assign",
        "create, DELETE a task",
    )
} | {
    "first page": _list(lambda _, __: f"{API}/tasks?limit=20"),
    "by status": _list(lambda _, __: f"{API}/tasks?limit=20&status=completed"),
    "assigned": _list(lambda _, __: f"{API}/tasks?limit=20&assigned=true"),
    "not assigned": _list(lambda _, __: f"{API}/tasks?limit=20&assigned=false"),
    "title finds one": _list(lambda n, _: f"{API}/tasks?limit=20&title=%20{n - 1}"),
    "title finds none": _list(lambda _, __: f"{API}/tasks?limit=20&title=zzqq"),
    "title finds many": _list(lambda _, __: f"{API}/tasks?limit=20&title=plants"),
    "status and title find none": _list(lambda _, __: f"{API}/tasks?status=todo&title=zzqq"),
    "username finds none": _list(lambda _, __: f"{API}/users?limit=20&username=zzqq"),
    "e-mail finds one": _list(lambda n, r: f"{API}/users?limit=20&email={_name(n, r)}%40"),
    "a personal list": _list(lambda n, r: f"/api/{any_user(n, r)}/tasks?limit=50"),
}


def growth(place: Place, effort: Effort) -> Section:
    """Return the medians by the size of the data."""
    medians: dict[str, list[float]] = {}
    with all_serving([(FRING, size) for size in effort.sizes], place) as servers:
        for name, operation in KINDS.items():
            on_each = [
                (server.port, partial(operation, size))
                for size, server in zip(effort.sizes, servers, strict=True)
            ]
            medians[name] = _medians(on_each, effort.repeats)
    rows = [
        [name, *(f"{each:.2f}" for each in of), f"{of[-1] / of[0]:.2f}"]
        for name, of in sorted(medians.items(), key=lambda item: -item[1][-1] / item[1][0])
    ]
    header = ["request", *(f"{size:,} tasks, ms here" for size in effort.sizes), "last / first"]
    plot = lines(
        "Cost of a request by the number of tasks",
        "tasks",
        "median, ms",
        {name: [*zip(effort.sizes, of, strict=True)] for name, of in medians.items()},
    )
    return Section(
        f"One caller, medians of {effort.repeats} requests, or of as many as took"
        f" {_MOST_SECONDS:g} s; a tenth as many users as tasks. What was not done in time, a 503,"
        f" counts with the time that it took.\n\n{table(header, rows)}\n\n"
        f"![Medians by the number of tasks; the table has the same figures](assets/{_PLOT})",
        {_PLOT: plot},
    )


def _medians(on_each: Sequence[tuple[int, MakeScript]], repeats: int) -> list[float]:
    """Return the medians of one caller's requests at each port, in milliseconds.

    They are asked in small turns: what slows the machine down for a moment slows all.
    """
    times: list[list[float]] = [[] for _ in on_each]
    for turn in range(_TURNS + 1):
        for (port, make), of in zip(on_each, times, strict=True):
            load = uvloop.run(
                flood(
                    port,
                    make,
                    connections=1,
                    seconds=_MOST_SECONDS / _TURNS,
                    requests=repeats // _TURNS,
                    seed=turn,
                )
            )
            if set(load.failures) - {_TOO_LATE}:
                load.check(f"growth at port {port}")
            if turn:  # statements are prepared in the first
                of.extend(load.times)
    return [statistics.median(of) * 1000 for of in times]

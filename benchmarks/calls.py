"""Calls from Python: on PostgreSQL against psycopg by hand, and on the store in memory."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import psycopg

from benchmarks import by_hand
from benchmarks.tables import Section, geometric_mean, table
from fring_adapters import open_memory, open_postgres
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import NewTask, NewUser, Page, TaskChanges, TaskStatus

if TYPE_CHECKING:
    from benchmarks.effort import Effort
    from benchmarks.places import Place
    from fring_core import BlockingFring

# What a call is given is how many were made before.
Calls: TypeAlias = dict[str, Callable[[int], object]]
_STATUSES: Final = (TaskStatus.TODO, TaskStatus.IN_PROGRESS)
_ROUNDS: Final = 10


def blocking(place: Place, effort: Effort) -> Section:
    """Return how much longer a call of the blocking store takes than its statement by hand."""
    url = place.board(effort.tasks)
    with (
        open_postgres(url) as fring,
        psycopg.connect(to_conninfo(url), autocommit=True, prepare_threshold=0) as connection,
    ):
        ours, theirs = _of_fring(fring), _by_hand(connection)
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in ours}
        # In small turns: what slows the machine down for a moment slows both.
        for turn in range(_ROUNDS + 1):
            for name in ours:
                some = [
                    _median(each[name], turn, max(1, effort.calls // _ROUNDS))
                    for each in (ours, theirs)
                ]
                times[name].append((some[0], some[1]))
    ratios: dict[str, float] = {}
    rows = []
    for name, pairs in times.items():
        fring_time, hand_time = (
            statistics.median(column) for column in zip(*pairs[1:], strict=True)
        )
        ratios[name] = fring_time / hand_time
        rows.append(
            [name, f"{ratios[name]:.2f}", *(f"{t * 1e6:.0f}" for t in (fring_time, hand_time))]
        )
    rows.append(["geometric mean", f"**{geometric_mean(ratios.values()):.2f}**", "", ""])
    header = ["call", "times by hand", "µs here", "by hand, µs here"]
    return Section(f"Medians of {effort.calls} calls each, in turn.\n\n{table(header, rows)}")


def memory_calls(_: Place, effort: Effort) -> Section:
    """Return how many calls a second the store in memory takes."""
    with open_memory() as fring:
        for number in range(1, max(2, effort.tasks // 100)):
            fring.users.create(NewUser(f"user{number}", f"user{number}@example.org"))
        for number in range(1, effort.tasks // 10 + 1):
            fring.tasks.create(NewTask(f"Task {number}"))
        rates = {
            name: 1 / _median(call, 0, effort.calls * 4) for name, call in _of_fring(fring).items()
        }
    rows = [[name, f"{rate:,.0f}"] for name, rate in rates.items()]
    return Section(f"{effort.tasks // 10:,} tasks.\n\n{table(['call', 'calls/s here'], rows)}")


def _median(call: Callable[[int], object], turn: int, calls: int) -> float:
    """Return the median of so many calls, in seconds."""
    times = []
    for number in range(turn * calls, (turn + 1) * calls):
        began = perf_counter()
        call(number)
        times.append(perf_counter() - began)
    return statistics.median(times)


def _task(number: int) -> int:
    return 1 + number % 10


def _of_fring(fring: BlockingFring) -> Calls:
    """Return calls of Fring; the last assigns and takes away again."""
    page = Page(limit=10)

    def assign(_: int) -> None:
        fring.assignments.add(user=1, task=1)
        fring.assignments.remove(user=1, task=1)

    return {
        "tasks.get": lambda n: fring.tasks.get(_task(n)),
        "users.get_with_tasks": lambda _: fring.users.get_with_tasks(1),
        "tasks.list, 10": lambda _: fring.tasks.list(page=page),
        "tasks.create": lambda _: fring.tasks.create(NewTask("Bench")),
        "tasks.update": lambda n: fring.tasks.update(_task(n), TaskChanges(title=f"Task {n}")),
        "tasks.set_status": lambda n: fring.tasks.set_status(_task(n), _STATUSES[n % 2]),
        "assignments.add, remove": assign,
    }


def _by_hand(connection: psycopg.Connection) -> Calls:
    """Return the same with psycopg: rows, and no more."""

    def run(statement: str, *values: Any) -> list[Any]:
        cursor = connection.cursor(binary=True)
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []

    def assign(_: int) -> None:
        run(by_hand.ASSIGN, 1, 1)
        run(by_hand.UNASSIGN, 1, 1)

    return {
        "tasks.get": lambda n: run(by_hand.ONE_TASK, _task(n)),
        "users.get_with_tasks": lambda _: run(by_hand.GET_USER, 1),
        "tasks.list, 10": lambda _: run(by_hand.TASKS, 10, 0),
        "tasks.create": lambda _: run(by_hand.CREATE, "Bench", None, "todo"),
        "tasks.update": lambda n: run(by_hand.SET_TITLE, f"Task {n}", _task(n)),
        "tasks.set_status": lambda n: run(by_hand.SET_STATUS, _STATUSES[n % 2], _task(n)),
        "assignments.add, remove": assign,
    }

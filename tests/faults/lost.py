"""Whether what was acknowledged is there: each cell has a value that may have been its last."""

from __future__ import annotations

from collections import Counter, defaultdict
from math import inf
from typing import TYPE_CHECKING

from tests.faults.history import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.history import Cell, History, Operation, State


_VERSIONS = frozenset({"status", "description", "assigned"})  # of the task that a cell ends with


def acknowledged(history: History, state: State) -> Iterator[str]:
    """Yield what the database has, or lacks, that no order of the requests explains.

    A write may be the last one unless an acknowledged one began after it had ended; one whose
    outcome nobody knows may happen at any time after it began.
    """
    written: defaultdict[Cell, list[tuple[Operation, object]]] = defaultdict(list)
    for operation in history.requests():
        for cell, value in operation.writes:
            written[cell].append((operation, value))
    found = _cells(state)
    there = {cell[1] for cell in found if cell[0] in ("task", "user")}
    for cell, writes in written.items():
        kind, *names = cell
        # What belongs to a row that is gone is gone with it; whether it may be gone is asked apart.
        if kind not in ("task", "user") and not there.issuperset(names):
            continue
        possible = _possible_last(writes)
        if found.get(cell) not in possible:
            yield f"{cell} is {found.get(cell)!r} and could be {sorted(map(repr, possible))}"


def _possible_last(writes: Iterable[tuple[Operation, object]]) -> set[object]:
    done = [(each, value) for each, value in writes if each.outcome is not Outcome.REFUSED]
    known = [each for each, _ in done if each.outcome is Outcome.OK]
    latest = max((each.began for each in known), default=-inf)
    possible = {
        value for each, value in done if each.outcome is Outcome.UNKNOWN or each.ended >= latest
    }
    return possible if known else possible | {None}


def _cells(state: State) -> dict[Cell, object]:
    titles = {task.id: task.title for task in state.tasks}
    names = {user.id: user.username for user in state.users}
    cells: dict[Cell, object] = {}
    for task in state.tasks:
        cells["task", task.title] = True
        cells["status", task.title] = task.status
        cells["description", task.title] = task.description
    cells |= {("user", user.username): True for user in state.users}
    pairs = ((names.get(user), titles.get(task)) for user, task in state.pairs)
    return cells | {("assigned", user, task): True for user, task in pairs if user and task}


def each_once(history: History, state: State) -> Iterator[str]:
    """Yield tasks whose version does not fit the number of changes that were acknowledged."""
    known: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for each in history.requests():
        # A change writes fields of a task, and not that there is one.
        changed = {cell[-1] for cell, _ in each.writes if cell[0] in _VERSIONS}
        changed -= {cell[1] for cell, _ in each.writes if cell[0] == "task"}
        if each.outcome is Outcome.OK:
            known.update(changed)
        elif each.outcome is Outcome.UNKNOWN:
            unknown.update(changed)
    for task in state.tasks:
        changes, least = task.version - 1, known[task.title]
        if not least <= changes <= least + unknown[task.title]:
            yield (
                f"{task.title} was changed {changes} times; {least} were acknowledged,"
                f" {unknown[task.title]} unknown"
            )

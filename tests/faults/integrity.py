"""Whether rows fit together: unique, from somebody, and belonging to something."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from tests.faults.history import Cell, History, State


def unique(history: History, state: State) -> Iterator[str]:
    """Yield ids, titles and names that are there more than once, or were given out twice."""
    columns: dict[str, Iterable[Hashable]] = {
        "id of a task": (task.id for task in state.tasks),
        "title": (task.title for task in state.tasks),  # the load gives each once
        "id of a user": (user.id for user in state.users),
        "username": (user.username for user in state.users),
        "e-mail": (user.email for user in state.users),
        "pair": state.pairs,
    }
    for column, values in columns.items():
        for value, times in Counter(values).items():
            if times > 1:
                yield f"{column} {value!r} is there {times} times"
    for cell, numbers in _ids_by_name(history).items():
        if len(numbers) > 1:
            yield f"{cell} was made more than once, as {sorted(numbers)}"
    names_by_id: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for (kind, name), numbers in _ids_by_name(history).items():
        for number in numbers:
            names_by_id[kind, number].add(name)
    for (kind, number), names in names_by_id.items():
        if len(names) > 1:
            yield f"{kind} {number} was given to {sorted(names)}"


def known(history: History, state: State) -> Iterator[str]:
    """Yield rows that nobody asked for, and those under another id than was acknowledged."""
    asked = {cell for each in history.operations for cell, _ in each.writes}
    made = _ids_by_name(history)
    rows = [(("task", task.title), task.id) for task in state.tasks]
    rows += [(("user", user.username), user.id) for user in state.users]
    for cell, number in rows:
        if cell not in asked:
            yield f"{cell} is there, and nobody has asked for it"
        elif number not in made.get(cell, {number}):
            yield f"{cell} is {number}, and {sorted(made[cell])} was acknowledged"


def no_orphans(_: History, state: State) -> Iterator[str]:
    """Yield assignments of what is not there."""
    users = {user.id for user in state.users}
    tasks = {task.id for task in state.tasks}
    for user, task in state.pairs:
        if user not in users or task not in tasks:
            yield f"task {task} is assigned to user {user}, and one of them is gone"


def _ids_by_name(history: History) -> dict[Cell, set[int]]:
    ids: defaultdict[Cell, set[int]] = defaultdict(set)
    for each in history.operations:
        if each.made is not None:
            cell = next(cell for cell, _ in each.writes if cell[0] in ("task", "user"))
            ids[cell].add(each.made)
    return dict(ids)

"""Whether what was asked with a key was done once: all are tried again until it is acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.history import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.history import History, State


def one_per_key(history: History, state: State) -> Iterator[str]:
    """Yield keys that were never settled, and a number of tasks that is not that of keys.

    Who asks with keys deletes nothing, and makes no task without one.
    """
    asked = [each for each in history.requests() if each.key is not None]
    for each in asked:
        if each.outcome is Outcome.UNKNOWN:
            yield f"{each.verb} with the key {each.key} was never settled"
    created = [each for each in asked if any(cell[0] == "task" for cell, _ in each.writes)]
    if asked and len(created) != len(state.tasks):
        yield f"{len(created)} keys made {len(state.tasks)} tasks"

"""What has happened, in the order in which it came about."""

from __future__ import annotations

from bisect import bisect_left
from copy import copy
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_core import Event
    from fring_core.events import Told


def own(event: Event) -> Event:
    """Return an event for somebody who may do with it what they want."""
    return attrs.evolve(event, before=_own(event.before), after=_own(event.after))


def _own(told: Told) -> dict[str, Any]:
    return {name: copy(value) for name, value in told.items()}


class Log:
    """Hold events, in order; of a view, those of its own, on top of what was `beneath` it then."""

    def __init__(self, beneath: Log | None = None) -> None:
        self._beneath = beneath
        self._start = 0 if beneath is None else len(beneath)
        self.cursors: Iterator[int] = count(1) if beneath is None else beneath.cursors
        self._of_tasks: dict[int, list[tuple[int, Event]]] = {}
        self.own: list[Event] = []

    def __len__(self) -> int:
        return self._start + len(self.own)

    def record(self, event: Event) -> Event:
        """Add an event behind all others, and return it with its cursor."""
        event = attrs.evolve(event, cursor=f"{next(self.cursors)}")
        self.add(event)
        return event

    def add(self, event: Event) -> None:
        """Add an event behind all others, as it is."""
        if event.task_id is not None:
            self._of_tasks.setdefault(event.task_id, []).append((len(self), event))
        self.own.append(event)

    def of_task(self, task_id: int, until: int | None = None) -> Iterator[Event]:
        """Yield the events of a task, the newest first; of the first `until` of all, if given."""
        its = self._of_tasks.get(task_id, [])
        if until is not None:
            its = its[: bisect_left(its, until, key=itemgetter(0))]
        yield from (event for _, event in reversed(its))
        if self._beneath is not None:
            yield from self._beneath.of_task(task_id, self._start)

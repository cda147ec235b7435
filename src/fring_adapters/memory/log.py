"""What has happened, in the order in which it came about."""

from __future__ import annotations

import re
from bisect import bisect_left
from copy import copy
from itertools import takewhile
from operator import itemgetter
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core import CursorExpired, InvalidCursor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fring_core import Event
    from fring_core.events import Told


_CURSOR: Final = re.compile("([0-9a-f]{8})-(0|[1-9][0-9]{0,17})")


def own(event: Event) -> Event:
    """Return an event for somebody who may do with it what they want."""
    return attrs.evolve(event, before=_own(event.before), after=_own(event.after))


def _own(told: Told) -> dict[str, Any]:
    return {name: copy(value) for name, value in told.items()}


class Feed:
    """Hold what is committed, in order, and the cursors of what is or may be.

    A place is how many events are before it, with those that were `forgotten`.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.forgotten = 0
        self._places: dict[str | None, int] = {}
        self._tag = token_hex(4)  # that no other store has
        self._drawn = 0
        self._last = f"{self._tag}-0"  # that was forgotten

    def draw(self) -> str:
        """Return a cursor that no event had."""
        self._drawn += 1
        return f"{self._tag}-{self._drawn}"

    def place(self, event: Event) -> None:
        """Note that an event is the last one now."""
        self._places[event.cursor] = self.forgotten + len(self.events)

    def before(self, place: int) -> str:
        """Return the cursor of the event before a place; of the first one, that of none."""
        index = place - self.forgotten
        return str(self.events[index - 1].cursor) if index else self._last

    def part(self, start: int, end: int) -> list[Event]:
        """Return the events between two places."""
        return self.events[start - self.forgotten : end - self.forgotten]

    def forget(self, number: int) -> None:
        """Remove the first events, so many of them."""
        if number:
            self._last = str(self.events[number - 1].cursor)
            self.forgotten += number
            del self.events[:number]

    def behind(self, cursor: str) -> int | None:
        """Return the place behind the event of a cursor, None if it is not here yet.

        Raise `InvalidCursor` for a text that is none, `CursorExpired` for one of another store, and
        of what was forgotten.
        """
        found = _CURSOR.fullmatch(cursor)
        if found is None:
            raise InvalidCursor
        if found[1] != self._tag:
            raise CursorExpired
        if int(found[2]) > self._drawn:
            raise InvalidCursor
        place = self._places.get(cursor) if int(found[2]) else 0
        if place is not None and place < self.forgotten:
            raise CursorExpired
        return place


class Log:
    """Hold events, in order; of a view, those of its own, on top of what was `beneath` it then."""

    def __init__(self, beneath: Log | None = None) -> None:
        self._beneath = beneath
        self._start = 0 if beneath is None else len(beneath)
        self.feed: Feed = Feed() if beneath is None else beneath.feed
        self._of_tasks: dict[int, list[tuple[int, Event]]] = {}
        self.own: list[Event] = self.feed.events if beneath is None else []

    def __len__(self) -> int:
        return self._start + len(self.own)

    @property
    def committed(self) -> int:
        """Return how many events of the feed there are in here."""
        if self._beneath is None:
            return len(self)
        return min(self._start, self._beneath.committed)

    def record(self, event: Event) -> Event:
        """Add an event behind all others, and return it with its cursor."""
        event = attrs.evolve(event, cursor=self.feed.draw())
        self.add(event)
        return event

    def add(self, event: Event) -> None:
        """Add an event behind all others, as it is."""
        if event.task_id is not None:
            self._of_tasks.setdefault(event.task_id, []).append((len(self), event))
        self.own.append(event)
        if self._beneath is None:
            self.feed.place(event)

    def forget(self, before: datetime, limit: int) -> int:
        """Remove the first events of the feed, as far as they are older; return how many."""
        if self._beneath is not None:
            return self._beneath.forget(before, limit)
        old = [*takewhile(lambda event: event.at < before, self.own[:limit])]
        for event in old:
            if event.task_id is not None:
                self._of_tasks[event.task_id].pop(0)
        self.feed.forget(len(old))
        self._start += len(old)
        return len(old)

    def of_task(self, task_id: int, until: int | None = None) -> Iterator[Event]:
        """Yield the events of a task, the newest first; of the first `until` of all, if given."""
        its = self._of_tasks.get(task_id, [])
        if until is not None:
            its = its[: bisect_left(its, until, key=itemgetter(0))]
        yield from (event for _, event in reversed(its))
        if self._beneath is not None:
            yield from self._beneath.of_task(task_id, self._start)

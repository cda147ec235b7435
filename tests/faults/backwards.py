"""Whether what is counted only grows: who looks later never sees an earlier time or version."""

from __future__ import annotations

from collections import defaultdict
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING

from tests.faults.history import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.faults.history import History, State


def never_back(history: History, state: State) -> Iterator[str]:
    """Yield tasks whose `updated_at` or version went back, as seen by anybody, to the end."""
    by_title: defaultdict[str, list[Sighting]] = defaultdict(list)
    for each in history.sightings:
        by_title[each.title].append(each)
    for task in state.tasks:
        at_the_end = Sighting(task.title, inf, inf, task.updated_at, task.version)
        by_title[task.title].append(at_the_end)
    for field in ("updated_at", "version"):
        for title, sightings in by_title.items():
            yield from _gone_back(title, field, sightings)


def _gone_back(title: str, field: str, sightings: Iterable[Sighting]) -> Iterator[str]:
    value = attrgetter(field)
    seen = [each for each in sightings if value(each) is not None]
    ended = sorted(seen, key=attrgetter("ended"))
    number, highest = 0, None
    for each in sorted(seen, key=attrgetter("began")):
        while ended[number].ended < each.began:
            before = value(ended[number])
            highest = before if highest is None else max(highest, before)
            number += 1
        if highest is not None and value(each) < highest:
            yield f"{field} of {title} went back from {highest} to {value(each)}"

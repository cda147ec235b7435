"""The order of the feed: which events come next, found by looking at those that can be seen.

Events have ids, drawn while what they tell of is locked: so those of one row are in order, and one
that was drawn after another was answered is higher. But a slow transaction shows its events after
others that drew higher ones. What is missing below the highest that was seen is a gap, until all
transactions that were open then are over; what is seen in there is put behind all that the feed had
come to before, and before all that is new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@attrs.frozen
class Gap:
    """Hold ids that were not seen, from the first to the last.

    They are those of transactions below `xid`, of which some were open. It is None for a gap that
    was only just seen: whoever keeps it says which transaction is the first that is not meant.
    """

    first: int
    last: int
    xid: int | None

    def without(self, found: Sequence[int]) -> Iterator[Gap]:
        """Yield what is left of it without ids that were found, in their order."""
        first = self.first
        for each in found:
            if first <= each <= self.last:
                if first < each:
                    yield attrs.evolve(self, first=first, last=each - 1)
                first = each + 1
        if first <= self.last:
            yield attrs.evolve(self, first=first)


@attrs.frozen
class Feed:
    """Hold how far the feed has come: to `top` but for gaps, of which `late` events came.

    Ids up to `base` are those of an earlier `epoch`. What is up to the place `pruned` is gone.
    """

    step: int = 0
    epoch: str = ""
    base: int = 0
    top: int = 0
    late: int = 0
    pruned: tuple[int, int] = (0, 0)
    gaps: tuple[Gap, ...] = ()

    def has(self, number: int) -> bool:
        """Tell whether the event of this id is in it, or will never be."""
        return number <= self.top and not any(gap.first <= number <= gap.last for gap in self.gaps)


@attrs.frozen
class Seen:
    """Hold the ids that were seen at one moment, ascending: above the feed's top, and in its gaps.

    Transactions below `xmin` were over. `is_all` tells whether nothing more was to be seen in the
    gaps.
    """

    above: Sequence[int]
    filled: Sequence[int]
    xmin: int
    is_all: bool


def advanced(feed: Feed, seen: Seen) -> Feed:
    """Return the feed with what was seen; of `filled`, each is late by one more than the last."""
    left = (
        part
        for gap in feed.gaps
        if gap.xid is None or gap.xid > seen.xmin or not seen.is_all
        for part in gap.without(seen.filled)
    )
    # Before what has filled the gaps, nothing may come that changed the same rows later.
    above = seen.above if seen.is_all else ()
    return attrs.evolve(
        feed,
        step=feed.step + 1,
        top=above[-1] if above else feed.top,
        late=feed.late + len(seen.filled),
        gaps=(*left, *_missing(feed.top, above)),
    )


def _missing(top: int, above: Sequence[int]) -> Iterator[Gap]:
    for each in above:
        if each > top + 1:
            yield Gap(top + 1, each - 1, None)
        top = each

"""The feed of events in PostgreSQL: how far it has come, and cursors of places in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

import attrs

from fring_adapters.postgres.repositories.sequencing import Feed, Gap, Seen, advanced
from fring_adapters.postgres.sql import feed as sql
from fring_adapters.postgres.wire.arrays import BigInts
from fring_core import CursorExpired, InvalidCursor

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.executor import Executor

Place: TypeAlias = "tuple[int, int]"

_CURSOR: Final = re.compile("(?:([0-9a-f]{8})-)?([0-9]{1,18})(?:-([1-9][0-9]{0,17}))?", re.ASCII)
_BEGINNING: Final = "0"
_TRIES: Final = 3  # of which each one that is lost means that the feed was brought on by another


@attrs.frozen
class FeedCursor:
    """Name a place in the feed, or with no epoch an event, which may be nowhere yet.

    An event's place is its id or, if it was late, the id that it stands behind, and a number. In a
    transaction, which brings no feed into being, the beginning of one that nobody has read is `0`.
    """

    epoch: str | None
    place: int
    number: int = 0

    @classmethod
    def read(cls, text: str) -> FeedCursor:
        """Return the cursor that a text is; raise `InvalidCursor`."""
        found = _CURSOR.fullmatch(text)
        if found is None or (found[1] is None and found[3]):
            raise InvalidCursor
        return cls(found[1], int(found[2]), int(found[3] or 0))

    def __str__(self) -> str:
        late = f"-{self.number}" if self.number else ""
        return f"{self.epoch}-{self.place}{late}" if self.epoch else _BEGINNING


async def look(executor: Executor, *, brings_on: bool) -> Feed:
    """Return how far the feed has come and, if it may be brought on, bring it on before."""
    feed = Feed()
    for _ in range(_TRIES):
        rows = await executor.run(sql.LOOK, {})
        if brings_on and not (rows and rows[0][0]):
            await executor.run(sql.RENEW, {})
            continue
        if not rows:
            break
        [(_, step, epoch, base, top, late, place, number, *parts, above, filled, xmin)] = rows
        feed = Feed(step, epoch, base, top, late, (place, number), tuple(map(Gap, *parts)))
        if not brings_on:
            break
        next_feed = advanced(feed, Seen(above, filled, xmin, len(filled) < sql.SOME))
        if attrs.evolve(next_feed, step=feed.step) == feed:
            break
        asked = {
            "step": next_feed.step,
            "top": next_feed.top,
            "late": next_feed.late,
            "firsts": BigInts(gap.first for gap in next_feed.gaps),
            "lasts": BigInts(gap.last for gap in next_feed.gaps),
            "xids": BigInts(gap.xid for gap in next_feed.gaps),
            "filled": BigInts(filled),
            "after": feed.top,
        }
        if await executor.run(sql.ADVANCE, asked):
            return next_feed
    return feed


async def place_of(executor: Executor, feed: Feed, cursor: FeedCursor | None) -> Place | None:
    """Return the place of a cursor, None for an event that the feed has not come to yet.

    Raise `CursorExpired` for one of another epoch, or of what is gone.
    """
    if cursor is None:
        return 0, 0
    if cursor.epoch is not None:
        if cursor.epoch != feed.epoch:
            raise CursorExpired
        if cursor.place > feed.top or cursor.number > feed.late:
            raise InvalidCursor
        if (cursor.place, cursor.number) < feed.pruned:
            raise CursorExpired
        return cursor.place, cursor.number
    if cursor.place < feed.base or (not cursor.place and feed.pruned > (0, 0)):
        raise CursorExpired
    if not cursor.place:
        return 0, 0
    found = await executor.run(sql.FIND, {"id": cursor.place})
    if not found:
        raise CursorExpired if feed.has(cursor.place) else InvalidCursor
    [(place, number)] = found
    return (place, number) if number or feed.has(place) else None

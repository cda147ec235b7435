"""The contract of the feed: each event of what is committed, for whoever reads from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fring_core import Cause, CursorExpired, Event, InvalidCursor, NewTask
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import LATER, NOW, PRECISE, add_task
from fring_core.testing.contract.hearing import WHY, excited
from fring_core.testing.contract.writes import WRITES, settle
from fring_core.testing.replaying import events_of, feed_of, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core import Store

GARBAGE = ("", " ", "x", "-1", "1.0", "9" * 40, "1-2-3-4", "-", "\u0661", "a'b", "%", "ä" * 300)


async def _all_writes(store: Store) -> list[Event]:
    """Make each kind of write; return the events of all tasks and users, those of each in order."""
    heard: list[Event] = []
    await settle(store)
    for write in WRITES.values():
        await write(store)
    for number in (15, 16):
        await add_task(store, "t", number)
    await store.tasks.change_many([15, 16, 15], None, excited, WHY.telling(heard.append))
    return heard


def versions(events: Sequence[Event]) -> list[tuple[int | None, int]]:
    """Return of which tasks and versions events tell."""
    return [(event.task_id, event.version) for event in events]


class FeedTests(StoreTests):
    """Test what the feed holds, and its cursors."""

    async def test_feed_of_all_writes(self, store: Store) -> None:
        """It MUST hold each event of what is committed, once, and no other.

        Two changes of one row MUST stand as they came about.
        """
        heard = await _all_writes(store)
        found = await feed_of(store)
        assert shown(found[-len(heard) :], cursors=False) == shown(heard, cursors=False)
        for number, owner in ((1, None), (2, None), (3, "ann"), (4, "2"), (15, None), (16, None)):
            its = [each for each in found if (each.task_id, each.owner) == (number, owner)]
            kept = await events_of(store, number, owner)
            assert shown(its, cursors=False) == shown(kept, cursors=False)
        users = [event.version for event in found if event.task_id is None and event.user_id == 1]
        assert users == sorted(users)
        assert users[:1] == [1]

    async def test_feed_in_pages(self, store: Store) -> None:
        """Return the first `limit` events of the feed behind a cursor, None: from the oldest on.

        That of an event MUST be taken as well as that of a page. All readers MUST be given the same
        order.
        """
        await _all_writes(store)
        whole = await feed_of(store)
        assert len({event.cursor for event in whole}) == len(whole)
        for limit in (1, 2, 7, len(whole), 1000):
            assert shown(await feed_of(store, limit=limit)) == shown(whole), limit
        for place, event in enumerate(whole, 1):
            page = await store.events.after(event.cursor, 3)
            assert isinstance(page.items, tuple)
            assert shown(page.items) == shown(whole[place : place + 3])
            assert page.more is (len(whole) - place > 3)
        nothing = await store.events.after(whole[0].cursor, 0)
        assert (nothing.items, nothing.more) == ((), True)
        assert shown(await feed_of(store, nothing.next)) == shown(whole[1:])

    async def test_feed_of_nothing_yet(self, store: Store) -> None:
        """Return the cursor behind all that is in the feed.

        What comes later is behind it, and behind the page that told of nothing. Return after so
        many seconds, or before, when something may have come to the feed.
        """
        page = await store.events.after(None, 10)
        assert (page.items, page.more) == ((), False)
        starts = [await store.events.latest(), page.next]
        for number in (1, 2):
            await store.events.wait(0.01)
            await add_task(store, "t", number)
            for start in starts:
                assert versions(await feed_of(store, start)) == [
                    (each, 1) for each in range(1, number + 1)
                ]
        latest = await store.events.latest()
        assert await feed_of(store, latest) == []
        assert latest not in starts

    async def test_feed_from_a_write(self, store: Store) -> None:
        """That of an event MUST be taken as well as that of a page.

        So MUST two of which one began when the other was done. Tell whether the event of a cursor
        has come to the feed; raise as `after`.
        """
        heard: list[Event] = []
        await settle(store)
        for number in range(10, 14):
            await add_task(store, "t", number)
            await store.tasks.change(number, None, excited, WHY.telling(heard.append))
        for place, event in enumerate(heard):
            assert await store.events.has(str(event.cursor))
            rest = await feed_of(store, event.cursor)
            assert versions(rest)[1::2] == versions(heard[place + 1 :])

    @pytest.mark.parametrize("cursor", GARBAGE)
    async def test_feed_after_nothing(self, store: Store, cursor: str) -> None:
        """Raise `InvalidCursor` for a text that is none.

        Raise `CursorExpired` for one of events that are not kept any more, or from before the store
        was restored.
        """
        await settle(store)
        with pytest.raises(InvalidCursor):
            await store.events.after(cursor, 10)
        with pytest.raises(InvalidCursor):
            await store.events.has(cursor)

    @pytest.mark.parametrize("limit", [0, 1, 3, 1000])
    async def test_feed_forgets(self, store: Store, limit: int) -> None:
        """Remove the first events of the feed, as far as they are older; return how many.

        At most `limit` of them MUST go. Those behind the first one that is not older MUST stay, and
        keep their places. A cursor before those that went MUST be `CursorExpired` from then on.
        """
        begin = await store.events.latest()
        for number, at in enumerate((NOW, PRECISE, NOW, LATER, NOW), 1):
            await store.tasks.add(NewTask("t", id=number), None, Cause(at))
        whole = await feed_of(store)
        gone = min(limit, 3)
        assert await store.events.forget(LATER, limit) == gone
        assert shown(await feed_of(store)) == shown(whole[gone:])
        for place, cursor in enumerate([begin, *(event.cursor for event in whole)]):
            if place < gone:
                with pytest.raises(CursorExpired):
                    await store.events.after(cursor, 10)
            else:
                assert shown(await feed_of(store, cursor)) == shown(whole[place:])
        for number in range(1, 6):
            assert len(await events_of(store, number)) == (number > gone)
        await add_task(store, "new", 9)
        assert versions(await feed_of(store, whole[-1].cursor)) == [(9, 1)]

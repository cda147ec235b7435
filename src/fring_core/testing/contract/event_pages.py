"""The contract of the events of a task: which of them, in which order, and by pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fring_core import InvalidCursor, Slice
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, add_task, add_user
from fring_core.testing.contract.hearing import excited
from fring_core.testing.replaying import events_of, shown

if TYPE_CHECKING:
    from fring_core import Event, Store

COUNT = 7
GARBAGE = ("", " ", "x", "0", "-1", "1.0", "1e3", "null", "9" * 40, "\u0661", "a'b", "%", "ä" * 300)


async def _fill(store: Store) -> None:
    """Add tasks on lists, and change them in turns, so that their events lie among each other."""
    for number, owner in ((5, None), (6, None), (3, "ann")):
        await add_task(store, "t", number, owner)
    for _ in range(COUNT - 1):
        for number, owner in ((5, None), (6, None), (3, "ann")):
            await store.tasks.change(number, owner, excited, CAUSE)


class EventPageTests(StoreTests):
    """Test the pages of a task's events."""

    async def test_event_pages(self, store: Store) -> None:
        """Return the events of a task on a list, the newest first, the first `limit` of them.

        With `before`, the cursor of one of them, exactly those that are older MUST be returned. Its
        `more` MUST tell whether others follow.
        """
        await _fill(store)
        for number, owner in ((5, None), (3, "ann")):
            whole = await store.events.of_task(number, owner, COUNT)
            assert isinstance(whole, Slice)
            assert [event.version for event in whole] == [*range(COUNT, 0, -1)]
            cursors = [None, *(event.cursor for event in whole)]
            for place, before in enumerate(cursors):
                for limit in (0, 1, 2, COUNT - 1, COUNT, COUNT + 1, 1000):
                    page = await store.events.of_task(number, owner, limit, before)
                    assert shown(page) == shown(whole[place:][:limit]), (before, limit)
                    assert page.more is (COUNT - place > limit), (before, limit)

    async def test_event_pages_while_others_come(self, store: Store) -> None:
        """With `before`, the cursor of one of them, exactly those that are older MUST be returned.

        Whatever came meanwhile, and when the task is no more.
        """
        await _fill(store)
        page = await store.events.of_task(5, None, 2)
        found: list[Event] = [*page]
        while page.more:
            await store.tasks.change(5, None, excited, CAUSE)
            page = await store.events.of_task(5, None, 2, found[-1].cursor)
            found += page
        await store.tasks.remove(5, None, CAUSE)
        assert [event.version for event in found] == [*range(COUNT, 0, -1)]
        older = await store.events.of_task(5, None, 100, found[2].cursor)
        assert shown(older) == shown(found[3:])

    async def test_event_pages_of_many(self, store: Store) -> None:
        """A list, a filter and a transaction MUST be as long as they need: a store sets no limit to them.

        Its `more` MUST tell whether others follow.
        """
        await add_task(store, chosen=5)
        for _ in range(3):
            await store.tasks.change_many([5] * 400, None, excited, CAUSE)
        first = await store.events.of_task(5, None, 1000)
        assert (len(first), first.more) == (1000, True)
        events = await events_of(store, 5)
        assert [event.version for event in events] == [*range(1, 1202)]

    @pytest.mark.parametrize("before", GARBAGE)
    async def test_event_pages_before_nothing(self, store: Store, before: str) -> None:
        """Raise `InvalidCursor` for a text that is the cursor of none of them."""
        await _fill(store)
        if before not in [event.cursor for event in await events_of(store, 5)]:
            with pytest.raises(InvalidCursor):
                await store.events.of_task(5, None, 10, before)
        with pytest.raises(InvalidCursor):
            await store.events.of_task(9, None, 10, before)

    async def test_event_pages_before_another(self, store: Store) -> None:
        """Raise `InvalidCursor` for a text that is the cursor of none of them.

        Of another task, of the one that had its id on another list, and of a user.
        """
        await _fill(store)
        heard: list[Event] = []
        await add_user(store)
        why = CAUSE.telling(heard.append)
        await store.users.remove((await add_user(store, "bob", 5)).id, why)
        await store.tasks.change(5, None, excited, CAUSE)
        await store.tasks.remove(5, None, CAUSE)
        await add_task(store, "t", 5, "ann")
        strangers = [*heard, *await events_of(store, 6), *await events_of(store, 3, "ann")]
        for owner, others in ((None, await events_of(store, 5, "ann")), ("ann", strangers)):
            for event in [*others, *strangers]:
                with pytest.raises(InvalidCursor):
                    await store.events.of_task(5, owner, 10, event.cursor)

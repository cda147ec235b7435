"""The contract of the order of the feed, while transactions are open and others write."""

from __future__ import annotations

from contextlib import suppress
from operator import attrgetter
from typing import TYPE_CHECKING

import attrs
import pytest

from fring_core import Event, FringError, InvalidCursor, Task, TransactionConflict
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, LATER, Undo, add_task
from fring_core.testing.contract.feed import versions
from fring_core.testing.contract.hearing import WHY, excited
from fring_core.testing.contract.overtaking import overtaking, read_first, write_first
from fring_core.testing.contract.writes import settle
from fring_core.testing.replaying import by_subject, events_of, feed_of, shown

if TYPE_CHECKING:
    from fring_core import Store

CALLERS = 12
READERS = 3


def _renamed(task: Task) -> Task:
    return attrs.evolve(task, title=f"{task.version}", updated_at=LATER)


async def _write(store: Store, caller: int, heard: list[Event]) -> None:
    """Change a task, or two of them in a transaction, which may fail; hear of what was done."""
    number, told = 1 + caller % 4, list[Event]()
    why = WHY.telling(told.append)
    if caller % 3:
        await store.tasks.change(number, None, _renamed, why)
        heard.extend(told)
        return
    with suppress(Undo, TransactionConflict):
        async with store.transaction() as inner:
            for each in (number, 1 + number % 4):
                await inner.tasks.change(each, None, _renamed, why)
            if caller % 2:
                raise Undo
        heard.extend(told)


class FeedOrderTests(StoreTests):
    """Test that the order of the feed is one, and never changes before a cursor."""

    @pytest.mark.parametrize("fails", [False, True])
    async def test_feed_of_a_transaction(self, store: Store, *, fails: bool) -> None:
        """It MUST hold each event of what is committed, once, and no other.

        That MUST hold inside a transaction, too. Others read it while the transaction is open, from each of its calls on, and so does itself.
        """
        heard: list[Event] = []
        why = WHY.telling(heard.append)
        await settle(store)
        cursors = [await store.events.latest()]
        with suppress(Undo):
            async with store.transaction() as inner:
                await inner.tasks.change(1, None, excited, why)
                assert (await inner.events.after(cursors[0], 10)).items == ()
                cursors.append((await store.events.after(cursors[0], 10)).next)
                await inner.assignments.add(3, 2, why)
                assert (await store.events.after(cursors[-1], 10)).items == ()
                cursors.append(await store.events.latest())
                if fails:
                    raise Undo
        expected = [] if fails else by_subject(heard)
        for cursor in cursors:
            found = by_subject(await feed_of(store, cursor))
            assert shown(found, cursors=False) == shown(expected, cursors=False)

    async def test_feed_of_a_slow_transaction(self, store: Store) -> None:
        """Nothing MUST ever come before a cursor that was given out.

        Others write, and read what they wrote, before a transaction that began earlier commits.
        Behind one of an event that has not come to the feed yet there MUST be nothing yet.
        """
        heard: list[Event] = []
        await settle(store)
        cursors = [await store.events.latest()]
        begin, read = cursors[0], list[Event]()
        with suppress(Undo):
            async with overtaking(self, store, write_first) as (inner, outside):
                await inner.tasks.change(1, None, excited, WHY.telling(heard.append))
                own = str(heard[-1].cursor)
                for number in range(10, 14):
                    await outside(add_task(store, "theirs", number))
                    page = await store.events.after(cursors[-1], 100)
                    read += page.items
                    cursors.append(page.next)
                    assert 1 not in dict(versions((await inner.events.after(begin, 100)).items))
                    with suppress(InvalidCursor):
                        assert not await store.events.has(own)
                        assert (await store.events.after(own, 10)).items == ()
        found = await feed_of(store, begin)
        assert shown([*read, *await feed_of(store, cursors[-1])]) == shown(found)
        places = {event.cursor: place for place, event in enumerate(found)}
        for cursor in cursors:
            rest = await feed_of(store, cursor)
            start = places.get(cursor, -1) + 1
            assert shown(rest) == shown(found[start:])
        done = [version for task_id, version in versions(found) if task_id == 1]
        assert done in ([], [4])  # unless nobody came past it; `settle` has it at 3

    async def test_feed_in_the_order_of_waiting(self, store: Store) -> None:
        """Two changes of one row MUST stand as they came about.

        A transaction that began first changes the row last.
        """
        await settle(store)
        begin = await store.events.latest()
        with suppress(Undo, FringError):
            async with overtaking(self, store, read_first) as (inner, outside):
                await inner.tasks.change(3, "ann", excited, CAUSE)
                await outside(store.tasks.change(1, None, excited, CAUSE))
                await feed_of(store, begin)
                await inner.tasks.change(1, None, excited, CAUSE)
        await store.tasks.change(1, None, excited, CAUSE)
        its = [event for event in await feed_of(store, begin) if event.task_id == 1]
        versions = [event.version for event in its]
        assert versions == [*range(versions[0], versions[0] + len(versions))]
        assert shown(its, cursors=False) == shown(
            (await events_of(store, 1))[-len(its) :], cursors=False
        )

    async def test_feed_while_many_write(self, store: Store) -> None:
        """All readers MUST be given the same order.

        Whatever they ask for and when. It MUST hold each event of what is committed, once, and no
        other. Nothing MUST ever come before a cursor that was given out.
        """
        heard: list[Event] = []
        for number in range(1, 5):
            await add_task(store, "t", number)
        begin = await store.events.latest()
        found: list[list[Event]] = [[] for _ in range(READERS)]
        cursors = [begin] * READERS

        async def read(reader: int, limit: int) -> None:
            page = await store.events.after(cursors[reader], limit)
            cursors[reader] = page.next
            found[reader] += page.items

        for turn in range(4):
            calls = [_write(store, caller, heard) for caller in range(CALLERS)]
            for reader in range(READERS):
                calls.insert(reader * 4 + turn, read(reader, 1 + reader * 5))
            await self.together(*calls)
        for reader in range(READERS):
            found[reader] += await feed_of(store, cursors[reader], limit=1 + reader)
        assert shown(found[0]) == shown(found[1]) == shown(found[2])
        told = sorted(heard, key=attrgetter("task_id", "version"))
        kept = sorted(found[0], key=attrgetter("task_id", "version"))
        assert shown(kept, cursors=False) == shown(told, cursors=False)
        for number in range(1, 5):
            its = [event.version for event in found[0] if event.task_id == number]
            assert its == [*range(2, 2 + len(its))]

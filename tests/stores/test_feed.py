"""The feed on a real database: beside writers that are slow, in other places, and begun anew."""

import asyncio
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore
from fring_adapters.postgres.backup import back_up, restore
from fring_core import (
    BlockingFring,
    CursorExpired,
    Event,
    Fring,
    InvalidCursor,
    NewTask,
    TransactionConflict,
)
from fring_core.testing.contract.examples import Undo
from fring_core.testing.replaying import feed_of, shown
from tests.serving import await_condition
from tests.stores.older import execute

SECONDS = 3.0
TASKS = 40
WRITERS, READERS = 8, 3


class World:
    """Two servers' stores on one database, what their writers were told, and who still writes."""

    def __init__(self, stores):
        self.stores = stores
        self.heard: list[Event] = []
        self.frings = [Fring(store, clock=utc_now, on_commit=self.heard.append) for store in stores]
        self.writing = WRITERS

    async def write(self, number, ids):
        """Change tasks, alone and in transactions of up to 50 ms, of which a fifth fails."""
        chosen = random.Random(number)
        fring = self.frings[number % 2]
        until = asyncio.get_running_loop().time() + SECONDS
        while asyncio.get_running_loop().time() < until:
            if chosen.random() < 0.5:
                await fring.tasks.toggle(chosen.choice(ids))
                continue
            with suppress(Undo, TransactionConflict):
                async with fring.transaction() as together:
                    for _ in range(chosen.randint(1, 4)):
                        await together.tasks.toggle(chosen.choice(ids))
                        await asyncio.sleep(chosen.random() * 0.0125)
                    if chosen.random() < 0.2:
                        raise Undo
        self.writing -= 1

    async def read(self, number, cursor):
        """Return all that comes to the feed, read in pages of all sizes, until nobody writes."""
        chosen = random.Random(100 + number)
        events = self.stores[number % 2].events
        found = []
        while True:
            is_last = not self.writing
            page = await events.after(cursor, chosen.choice((1, 3, 50, 1000)))
            found += page.items
            cursor = page.next
            if not page.more:
                if is_last:
                    return found
                await events.wait(chosen.random() * 0.02)


async def _among_writers(url):
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(PostgresStore(url)) for _ in range(2)]
        world = World(stores)
        begin = await stores[0].events.latest()
        ids = [task.id for task in await world.frings[0].tasks.create_many([NewTask("t")] * TASKS)]
        writers = [world.write(number, ids) for number in range(WRITERS)]
        readers = [world.read(number, begin) for number in range(READERS)]
        found = (await asyncio.gather(*writers, *readers))[WRITERS:]
        return world, found, await feed_of(stores[1], begin, limit=7)


def test_readers_see_each_event_once_in_one_order_while_others_write(database_url, empty):
    empty()
    world, found, whole = asyncio.run(_among_writers(database_url))
    for each in found:
        assert shown(each) == shown(whole)
    told = Counter((event.task_id, event.version) for event in world.heard)
    assert Counter((event.task_id, event.version) for event in whole) == told
    assert set(told.values()) == {1}
    for task_id in {event.task_id for event in whole}:
        its = [event.version for event in whole if event.task_id == task_id]
        assert its == [*range(1, 1 + len(its))]
    assert any(str(event.cursor).count("-") == 2 for event in whole), "some of them were late"


@pytest.fixture
def fring(database_url, empty):
    empty()
    with BlockingPostgresStore(database_url) as store:
        yield BlockingFring(Fring(store, clock=utc_now))


def titles(fring, cursor=None):
    return [event.after["title"] for event in fring.events.page(cursor).items]


def test_a_transaction_that_is_open_holds_up_nobody_but_itself(fring, database_url):
    begin = fring.events.latest()
    with BlockingPostgresStore(database_url) as other:
        theirs = BlockingFring(Fring(other, clock=utc_now))
        with theirs.transaction() as together:
            together.tasks.create(NewTask("slow"))
            fring.tasks.create(NewTask("quick"))
            assert titles(fring, begin) == ["quick"]
            reader = fring.events.page(begin).next
        fring.tasks.create(NewTask("new"))
    assert titles(fring, reader) == ["slow", "new"]
    assert titles(fring, begin) == ["quick", "slow", "new"]


def test_in_a_transaction_a_feed_that_nobody_has_read_has_a_beginning(fring, sql):
    sql.execute("DELETE FROM feed")
    sql.commit()
    with fring.transaction() as together:
        begin = together.events.latest()
        page = together.events.page()
        assert (page.items, page.more) == ((), False)
        assert together.events.page(begin) == page
        assert together.events.has(begin)
    fring.tasks.create(NewTask("first"))
    assert titles(fring, begin) == titles(fring, page.next) == ["first"]
    assert fring.events.forget(utc_now() + timedelta(days=1)) == 1
    with pytest.raises(CursorExpired):
        fring.events.page(begin)


def test_what_was_rolled_back_is_not_waited_for(fring, sql):
    with suppress(Undo), fring.transaction() as together:
        together.tasks.create(NewTask("never"))
        raise Undo
    fring.tasks.create(NewTask("a"))

    def is_forgotten():  # once all are over that had begun then, in whichever database
        assert titles(fring) == ["a"]
        [(gaps,)] = sql.execute("SELECT gap_firsts FROM feed").fetchall()
        sql.commit()
        return gaps == []

    await_condition(is_forgotten)


def test_elsewhere_cursors_are_none_and_the_events_are_there(
    fring, database_url, new_database, tmp_path
):
    heard: list[str] = []
    for title in "ab":
        fring.acting_as(None, on_record=heard.append).tasks.create(NewTask(title))
    first = fring.events.page(limit=1)
    other = new_database()
    restore(other, back_up(database_url, tmp_path))
    fring.acting_as(None, on_record=heard.append).tasks.create(NewTask("lost"))
    with BlockingPostgresStore(other) as store:
        there = BlockingFring(Fring(store, clock=utc_now))
        assert titles(there) == ["a", "b"]
        for cursor in (first.next, fring.events.latest(), *heard):
            with pytest.raises(CursorExpired):
                there.events.page(cursor)
        there.acting_as(None, on_record=heard.append).tasks.create(NewTask("c"))
        assert there.events.has(heard[-1])
        assert titles(there, there.events.page(limit=1).next) == ["b", "c"]
        with pytest.raises(InvalidCursor):
            fring.events.page(heard[-1])
    assert titles(fring, first.next) == ["b", "lost"], "here nothing has changed"


def test_ids_that_begin_anew_lose_no_event(fring, sql):
    for title in "abc":
        fring.tasks.create(NewTask(title))
    cursor = fring.events.page().next
    sql.execute("TRUNCATE events RESTART IDENTITY")
    sql.commit()
    for title in "de":
        fring.tasks.create(NewTask(title))
    with pytest.raises(CursorExpired):
        fring.events.page(cursor)
    assert titles(fring) == ["d", "e"]


def test_a_feed_that_nobody_has_begun_begins_with_what_there_is(fring, database_url):
    fring.tasks.create(NewTask("a"))
    execute(database_url, "DELETE FROM feed")
    with fring.transaction() as together:  # which begins none
        assert together.events.page().items == ()
    assert titles(fring) == ["a"]


def test_many_that_come_late_at_once_come_in_turns(fring, database_url, monkeypatch):
    monkeypatch.setattr("fring_adapters.postgres.sql.feed.SOME", 3)
    begin = fring.events.latest()
    with BlockingPostgresStore(database_url) as other:
        theirs = BlockingFring(Fring(other, clock=utc_now))
        with theirs.transaction() as together:
            together.tasks.create_many([NewTask(f"late {number}") for number in range(8)])
            fring.tasks.create(NewTask("quick"))
            assert titles(fring, begin) == ["quick"]
    fring.tasks.create(NewTask("new"))
    found = []
    for _ in range(12):
        page = fring.events.page(begin, limit=1000)
        found.append([event.after["title"] for event in page.items])
    whole = ["quick", *(f"late {number}" for number in range(8)), "new"]
    assert found[-1] == whole
    assert all(each == whole[: len(each)] for each in found)


def test_who_began_last_and_drew_first_is_waited_for(fring, database_url, sql):
    """Its number is above all that are over, and so not below the snapshot's `xmax`."""
    fring.tasks.create(NewTask("first"))
    begin = fring.events.latest()
    with BlockingPostgresStore(database_url) as store:
        slow = BlockingFring(Fring(store, clock=utc_now))
        sql.execute("UPDATE tasks SET title = 'first'")  # which begins before, and draws later
        with slow.transaction() as together:
            together.tasks.create(NewTask("slow"))
            sql.execute(
                "INSERT INTO events (type, at, task_id, version, before, after)"
                """ VALUES ('task.created', now(), 7, 1, '{}', '{"title": "quick"}')"""
            )
            sql.commit()
            for _ in range(3):
                assert titles(fring, begin) == ["quick"]
    assert titles(fring, begin) == ["quick", "slow"]


def test_what_nobody_has_read_is_forgotten_as_well(fring, sql):
    sql.execute("DELETE FROM feed")
    sql.commit()
    for title in "abc":
        fring.tasks.create(NewTask(title))
    assert fring.events.forget(utc_now() + timedelta(minutes=1), limit=2) == 2
    assert titles(fring) == ["c"]
    assert sql.execute("SELECT count(*) FROM events").fetchone() == (1,)


def test_what_came_late_is_forgotten_in_its_turn(fring, database_url):
    begin = fring.events.latest()
    with BlockingPostgresStore(database_url) as other:
        theirs = BlockingFring(Fring(other, clock=utc_now))
        with theirs.transaction() as together:
            together.tasks.create_many([NewTask("slow"), NewTask("slower")])
            fring.tasks.create(NewTask("quick"))
            assert titles(fring, begin) == ["quick"]
    fring.tasks.create(NewTask("new"))
    later = utc_now() + timedelta(minutes=1)
    assert fring.events.page().next
    for left in (["slow", "slower", "new"], ["slower", "new"], ["new"], []):
        assert fring.events.forget(later, limit=1) == 1
        assert titles(fring) == left

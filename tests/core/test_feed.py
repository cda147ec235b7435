"""The feed as use cases give it, on the memory store."""

import asyncio
from datetime import timedelta
from itertools import islice

import pytest

from fring_adapters.memory import MemoryStore
from fring_adapters.memory import events as memory_events
from fring_core import (
    BlockingFring,
    CursorExpired,
    FixedClock,
    Fring,
    InvalidCursor,
    InvalidInput,
    NewTask,
    run_sync,
)
from fring_core.use_cases import events as use_cases
from tests.core.examples import NOW


@pytest.fixture
def fring():
    return BlockingFring(Fring(MemoryStore(), clock=FixedClock(NOW)))


def titles(events):
    return [event.after["title"] for event in events]


def add(fring, *names):
    for name in names:
        fring.tasks.create(NewTask(name))


def test_pages(fring):
    add(fring, *"abc")
    page = fring.events.page(limit=2)
    assert (titles(page.items), page.more) == (["a", "b"], True)
    page = fring.events.page(page.next)
    assert (titles(page.items), page.more) == (["c"], False)
    assert fring.events.page(page.next).items == ()
    assert titles(fring.events.page().items) == ["a", "b", "c"]


def test_an_iteration_goes_on_without_an_end(fring, monkeypatch):
    monkeypatch.setattr(use_cases, "MAX_LIMIT", 2)
    waits = []
    store = fring.awaited._store

    async def wait(seconds):
        waits.append(seconds)
        add(fring, f"later {len(waits)}")

    add(fring, *"abcde")
    monkeypatch.setattr(type(store.events), "wait", lambda _, seconds: wait(seconds))
    found = titles(islice(fring.events.after(), 7))
    assert found == ["a", "b", "c", "d", "e", "later 1", "later 2"]
    assert waits == [use_cases.PAUSE_SECONDS] * 2
    assert titles(islice(fring.events.after(fring.events.latest()), 1)) == ["later 3"]


def test_an_iteration_in_an_event_loop_lets_others_go_on():
    async def main():
        fring = Fring(MemoryStore(), clock=FixedClock(NOW))

        async def first():
            async for event in fring.events.after():
                return event

        reading = asyncio.create_task(first())
        await asyncio.sleep(0.01)
        await fring.tasks.create(NewTask("a"))
        assert titles([await reading]) == ["a"]

    asyncio.run(asyncio.wait_for(main(), 10))


def test_what_waits_without_a_loop_holds_it_up(fring, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(memory_events, "sleep", slept.append)
    run_sync(fring.awaited._store.events.wait(0.5))
    assert slept == [0.5]


def test_has(fring):
    heard: list[str] = []
    noting = BlockingFring(fring.awaited.acting_as("ann", request_id="r", on_record=heard.append))
    add(noting, "a")
    assert fring.events.has(heard[0])
    with pytest.raises(ZeroDivisionError), noting.transaction() as together:
        add(together, "b")
        assert not together.events.has(heard[1])
        assert together.events.page(heard[1]).items == ()
        raise ZeroDivisionError


def test_cursors_that_are_none(fring):
    add(fring, "a")
    for cursor in ("", "x", "1", fring.events.latest()[:-1] + "7"):
        with pytest.raises(InvalidCursor):
            fring.events.page(cursor)
        with pytest.raises(InvalidCursor):
            fring.events.has(cursor)
    with pytest.raises(InvalidInput):
        fring.events.page("\ud800")
    other = BlockingFring(Fring(MemoryStore(), clock=FixedClock(NOW)))
    for use_case in (fring.events.page, fring.events.has):
        with pytest.raises(CursorExpired):
            use_case(other.events.latest())


def test_what_is_forgotten(fring):
    add(fring, *"abc")
    cursor = fring.events.page(limit=1).next
    assert fring.events.forget(NOW) == 0
    assert fring.events.forget(NOW + timedelta(seconds=1), limit=2) == 2
    assert titles(fring.events.page().items) == ["c"]
    assert fring.events.of_task(1) == []
    with pytest.raises(CursorExpired):
        fring.events.page(cursor)
    with pytest.raises(ValueError, match="zone"):
        fring.events.forget(NOW.replace(tzinfo=None))
    with fring.transaction() as together:
        add(together, "d")
        assert together.events.forget(NOW + timedelta(seconds=1)) == 1
        assert together.events.page().items == ()
    assert titles(fring.events.page().items) == ["d"]

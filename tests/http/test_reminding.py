"""Tasks are reminded of beside the load, once over any number of servers, and nothing ends that."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import PostgresStore
from fring_core import FixedClock, Fring, NewTask, StoreUnavailable
from fring_core.testing.contract.examples import NOW
from fring_http.server import reminding
from fring_http.server.settings import Settings
from fring_http.server.wiring import Wiring

MANY = 1000


async def reminded(fring):
    """Return the ids of the tasks that were reminded of, as the feed tells them."""
    cursor, found = None, []
    while True:
        page = await fring.events.page(cursor, limit=MANY)
        found += [event.task_id for event in page.items if event.type == "task.reminded"]
        cursor = page.next
        if not page.more:
            return found


async def until_reminded(fring, number):
    """Wait until so many tasks were reminded of, as the feed tells them."""
    seen = 0
    async with asyncio.timeout(30):
        async for event in fring.events.after():
            seen += event.type == "task.reminded"
            if seen == number:
                return


def test_all_that_is_due_is_reminded_of(monkeypatch):
    monkeypatch.setattr(reminding, "SOME", 3)
    clock = FixedClock(NOW)

    async def main():
        fring = Fring(MemoryStore(), clock=clock)
        due = [NewTask(f"{number}", remind_at=NOW) for number in range(8)]
        await fring.tasks.create_many(due)
        await fring.tasks.create(NewTask("later", remind_at=NOW + timedelta(seconds=1)))
        assert await reminding.remind_of_due(fring) == 8
        assert await reminding.remind_of_due(fring) == 0
        clock.advance(timedelta(seconds=1))
        assert await reminding.remind_of_due(fring) == 1
        [event] = await fring.events.of_task(1, limit=1)
        assert (event.type, event.actor, event.request_id) == ("task.reminded", None, None)

    asyncio.run(main())


def test_nobody_has_reminded_whoever_asked_for_it():
    async def main():
        fring = Fring(MemoryStore(), clock=FixedClock(NOW)).acting_as("ann", request_id="7")
        task = await fring.tasks.create(NewTask("due", remind_at=NOW))
        await fring.reminders.fire()
        [event] = await fring.events.of_task(task.id, limit=1)
        assert (event.type, event.actor, event.request_id) == ("task.reminded", None, None)

    asyncio.run(main())


def test_it_goes_on_whatever_fails(monkeypatch, caplog):
    monkeypatch.setattr(reminding, "ROUND_SECONDS", 0.01)
    failures = [StoreUnavailable("away"), ZeroDivisionError("odd")]

    async def main():
        fring = Fring(MemoryStore(), clock=FixedClock(NOW))
        await fring.tasks.create(NewTask("due", remind_at=NOW))
        fire, is_done = fring.reminders.fire, asyncio.Event()

        async def failing(limit):
            if failures:
                raise failures.pop(0)
            told = await fire(limit)
            is_done.set()
            return told

        monkeypatch.setattr(fring.reminders, "fire", failing)
        task = asyncio.create_task(reminding.reminding(fring))
        await asyncio.wait_for(is_done.wait(), 10)
        assert await reminded(fring) == [1]
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_server_reminds():
    async def main():
        wiring = Wiring.of(Settings(database_url="memory://"))
        async with wiring.opened():
            await wiring.fring.tasks.create(NewTask("due", remind_at=utc_now()))
            await until_reminded(wiring.fring, 1)

    asyncio.run(main())


def test_a_thousand_at_once_over_three_servers_are_reminded_of_once_each(database_url, empty):
    empty()
    due = utc_now()

    async def main():
        async with AsyncExitStack() as stack:
            stores = [await stack.enter_async_context(PostgresStore(database_url)) for _ in "123"]
            servers = [Fring(store, clock=utc_now) for store in stores]
            for owner in (None, "ann"):
                new = [NewTask("due", remind_at=due)] * (MANY // 2)
                await servers[0].tasks.create_many(new, owner=owner)
            loops = [asyncio.create_task(reminding.reminding(server)) for server in servers]
            await until_reminded(servers[0], MANY)
            await asyncio.sleep(2 * reminding.ROUND_SECONDS)  # whoever would do it again
            for loop in loops:
                loop.cancel()
                with suppress(asyncio.CancelledError):
                    await loop
            return await reminded(servers[1])

    times = Counter(asyncio.run(main()))
    assert len(times) == MANY
    assert set(times.values()) == {1}, "none twice"

"""Old events are forgotten beside the load, and nothing ends that."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import FixedClock, Fring, NewTask, StoreUnavailable
from fring_core.testing.contract.examples import NOW
from fring_http.server import retention
from fring_http.server.settings import Settings
from fring_http.server.wiring import Wiring


@pytest.fixture
def clock():
    return FixedClock(NOW)


async def titles(fring):
    return [event.after["title"] for event in (await fring.events.page()).items]


def test_all_that_is_older_is_forgotten_in_turns(clock, monkeypatch):
    monkeypatch.setattr(retention, "SOME", 3)
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0)

    async def main():
        fring = Fring(MemoryStore(), clock=clock)
        await fring.tasks.create_many([NewTask(f"{number}") for number in range(8)])
        clock.advance(timedelta(days=29))
        await fring.tasks.create(NewTask("new"))
        assert await retention.forget_old(fring, clock, 30) == 0
        clock.advance(timedelta(days=1, seconds=1))
        assert await retention.forget_old(fring, clock, 30) == 8
        assert await titles(fring) == ["new"]

    asyncio.run(main())


def test_it_goes_on_whatever_fails(clock, monkeypatch, caplog):
    monkeypatch.setattr(retention, "ROUND_SECONDS", 0.01)
    failures = [StoreUnavailable("away"), ZeroDivisionError("odd")]

    async def main():
        fring = Fring(MemoryStore(), clock=clock)
        await fring.tasks.create(NewTask("old"))
        clock.advance(timedelta(days=2))
        forget, is_done = fring.events.forget, asyncio.Event()

        async def failing(before, *, limit):
            if failures:
                raise failures.pop(0)
            gone = await forget(before, limit=limit)
            is_done.set()
            return gone

        monkeypatch.setattr(fring.events, "forget", failing)
        task = asyncio.create_task(retention.forgetting(fring, clock, 1))
        await asyncio.wait_for(is_done.wait(), 10)
        assert await titles(fring) == []
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(("days", "left"), [(1, []), (None, ["old"])])
def test_a_server_forgets_unless_it_is_told_not_to(monkeypatch, days, left):
    monkeypatch.setattr(retention, "ROUND_SECONDS", 0.01)
    clock = FixedClock(NOW)
    monkeypatch.setattr("fring_http.server.wiring.utc_now", clock)

    async def main():
        wiring = Wiring.of(Settings(database_url="memory://", event_days=days))
        async with wiring.opened():
            await wiring.fring.tasks.create(NewTask("old"))
            clock.advance(timedelta(days=2))
            await asyncio.sleep(0.3)
            return await titles(wiring.fring)

    assert asyncio.run(main()) == left

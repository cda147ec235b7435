"""The loop: what it claims it sends once, slow or not, whatever fails meanwhile."""

import asyncio
import logging
import time
from collections import Counter
from contextlib import asynccontextmanager, suppress

import pytest

from fring_adapters.clock import utc_now
from fring_core import StoreUnavailable
from fring_core.webhooks import Outcome
from fring_http.server.webhooks import working
from fring_http.server.webhooks.sending import Sender
from fring_http.server.webhooks.working import Worker
from tests.webhooks.receivers import SECRET, Receiver, answer, answering, attempt

pytestmark = pytest.mark.anyio

CALLS = ("list", "dispatch", "claim", "settle")


class Due:
    """Hold what is due, as a store does: a claim is for one worker, and is settled once."""

    def __init__(self, *attempts):
        self.waiting = [*attempts]
        self.claimed = []
        self.settled = {}
        self.calls: Counter[str] = Counter()
        self.has_any = True
        self.faults: dict[str, list[Exception]] = {name: [] for name in CALLS}

    async def list(self, page):
        await self._called("list")
        return ["one"] if self.has_any else []

    async def dispatch(self, *, limit):
        await self._called("dispatch")
        return 0

    async def claim(self, limit):
        await self._called("claim")
        given, self.waiting = self.waiting[:limit], self.waiting[limit:]
        self.claimed += given
        await asyncio.sleep(0)
        return tuple(given)

    async def settle(self, attempt, outcome):
        await self._called("settle")
        assert attempt.delivery_id not in self.settled
        self.settled[attempt.delivery_id] = outcome

    async def _called(self, name):
        self.calls[name] += 1
        if self.faults[name]:
            raise self.faults[name].pop(0)


@asynccontextmanager
async def at_work(*workers):
    tasks = [asyncio.create_task(each.work()) for each in workers]
    try:
        yield tasks
    finally:
        await ended(*tasks)


async def ended(*tasks):
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def until(condition, seconds=20):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what it waits for tells nobody
            await asyncio.sleep(0.005)


async def delivered(_):
    return Outcome(204, "", None, 0.0)


async def test_a_thousand_deliveries_by_two_workers_are_one_attempt_each():
    async with Receiver() as receiver:
        due = Due(*(attempt(receiver.url, number) for number in range(1000)))
        sender = Sender(utc_now, private=True)
        async with at_work(Worker(due, sender.send), Worker(due, sender.send)):
            await until(lambda: len(due.settled) == 1000, 60)
        assert receiver.accepted == 1000
        ids = Counter(headers["webhook-id"] for _, headers in receiver.heads)
        assert set(ids.values()) == {1}
        assert {outcome.status for outcome in due.settled.values()} == {204}


async def test_a_slow_receiver_keeps_no_other_waiting():
    async def slowly(_, writer):
        await asyncio.sleep(60)

    async with Receiver(slowly) as slow, Receiver() as quick:
        attempts = [attempt((quick if number % 10 else slow).url, number) for number in range(200)]
        due = Due(*attempts)
        sender = Sender(utc_now, private=True)
        worker = Worker(due, sender.send, finishing=0)
        async with at_work(worker):
            began = time.monotonic()
            await until(lambda: len(due.settled) == 180)
            assert time.monotonic() - began < 10
            assert slow.accepted == 20
            assert all(number % 10 for number in due.settled)


async def test_no_more_are_made_at_once_than_is_said():
    running = most = 0

    async def send(_):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return Outcome(204, "", None, 0.0)

    due = Due(*(attempt("http://app.example", number) for number in range(100)))
    async with at_work(Worker(due, send, at_once=7)):
        await until(lambda: len(due.settled) == 100)
    assert most == 7


@pytest.mark.parametrize("name", CALLS)
async def test_a_store_that_is_away_is_waited_out(name, monkeypatch, caplog):
    monkeypatch.setattr(working, "IDLE_SECONDS", 0.01)
    due = Due(attempt("http://app.example"))
    due.faults[name] = [StoreUnavailable("away") for _ in range(5)]
    async with at_work(Worker(due, delivered)):
        await until(lambda: due.settled)
    assert due.claimed == [attempt("http://app.example")]
    assert caplog.records == []


@pytest.mark.parametrize("name", ["list", "dispatch", "claim"])
async def test_what_nobody_thought_of_is_logged_and_tried_again(name, monkeypatch, caplog):
    monkeypatch.setattr(working, "IDLE_SECONDS", 0.01)
    due = Due(attempt("http://app.example"))
    due.faults[name] = [ZeroDivisionError("odd")]
    async with at_work(Worker(due, delivered)):
        await until(lambda: due.settled)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_an_outcome_that_cannot_be_noted_is_left_to_its_claim(monkeypatch, caplog):
    monkeypatch.setattr(working, "IDLE_SECONDS", 0.001)
    due = Due(attempt("http://app.example"))
    due.faults["settle"] = [StoreUnavailable("away") for _ in range(working.NOTING_TIMES)]
    async with at_work(Worker(due, delivered)):
        await until(lambda: caplog.records)
    assert due.settled == {}
    assert "is made again" in caplog.text


async def test_a_fault_of_fring_s_own_is_an_outcome_as_well(caplog):
    async def send(each):
        if each.delivery_id == 1:
            raise ZeroDivisionError("odd")
        return Outcome(204, "", None, 0.0)

    due = Due(*(attempt("http://app.example", number) for number in (1, 2)))
    due.faults["settle"] = [ZeroDivisionError("odd")]
    async with at_work(Worker(due, send)):
        await until(lambda: due.calls["settle"] == 2)
    assert len(due.settled) == 1
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR"]


async def test_it_looks_once_a_second_where_there_is_nothing_to_do():
    due = Due()
    async with at_work(Worker(due, delivered)):
        await asyncio.sleep(1.5)
    assert due.calls == {"list": 2, "dispatch": 2, "claim": 2}


async def test_where_there_are_no_webhooks_it_asks_one_thing_a_second():
    due = Due()
    due.has_any = False
    async with at_work(Worker(due, delivered)):
        await asyncio.sleep(1.5)
    assert due.calls == {"list": 2}


async def test_it_looks_sooner_while_there_is_something():
    due = Due(*(attempt("http://app.example", number) for number in range(3)))
    async with at_work(Worker(due, delivered)):
        await until(lambda: len(due.settled) == 3)
        due.waiting = [attempt("http://app.example", 4)]
        began = time.monotonic()
        await until(lambda: 4 in due.settled)
        assert time.monotonic() - began < 0.6


@pytest.mark.parametrize("finishing", [5, 0.05])
async def test_once_cancelled_it_finishes_what_has_begun_or_leaves_it(finishing):
    may_end = asyncio.Event()

    async def send(_):
        await may_end.wait()
        return Outcome(204, "", None, 0.0)

    due = Due(attempt("http://app.example"))
    task = asyncio.create_task(Worker(due, send, finishing=finishing).work())
    await until(lambda: due.claimed)
    await asyncio.sleep(0.02)
    task.cancel()
    due.waiting = [attempt("http://app.example", 2)]
    await asyncio.sleep(0.02)
    assert not task.done()
    if finishing == 5:
        may_end.set()
    began = time.monotonic()
    with suppress(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 2
    assert set(due.settled) == ({1} if finishing == 5 else set())
    assert len(due.claimed) == 1
    assert len(asyncio.all_tasks()) <= 2  # nothing is left behind


async def test_a_failure_is_told_without_what_is_secret(caplog):
    caplog.set_level(logging.DEBUG, "fring")
    async with Receiver(answering(answer("500 Odd", body=b"of-the-answer"))) as receiver:
        url = receiver.url.replace("/hook", "/of-the-path")
        due = Due(attempt(url), attempt("http://[::1", 2), attempt(url, 3, type="of-the-type"))
        async with at_work(Worker(due, Sender(utc_now, private=True).send)):
            await until(lambda: len(due.settled) == 3)
        lines = sorted(record.getMessage() for record in caplog.records)
    assert (
        f"Webhook 1 at 127.0.0.1:{receiver.port} did not take msg_1: attempt 1, status 500" in lines
    )
    assert len(lines) == 3
    for secret in (SECRET, "of-the", "title", "😀"):
        assert secret not in caplog.text


async def test_what_was_taken_is_not_told(caplog):
    caplog.set_level(logging.DEBUG, "fring")
    due = Due(attempt("http://app.example"))
    async with at_work(Worker(due, delivered)):
        await until(lambda: due.settled)
    assert caplog.records == []

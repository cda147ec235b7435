"""What is asked for under a key is done once, on the memory store."""

import json
from contextlib import asynccontextmanager
from datetime import timedelta
from enum import IntEnum
from typing import Any

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    BlockingFring,
    FixedClock,
    Fring,
    InvalidInput,
    InvalidKey,
    KeyReused,
    NewTask,
    TransactionConflict,
    run_sync,
)
from fring_core.clocks import LAST
from fring_core.use_cases.transactions import TRIES
from tests.core.examples import NOW

DAY = timedelta(days=1)


class World:
    """Hold a Fring on the memory store, and what was worked under keys."""

    def __init__(self, store=None):
        self.clock = FixedClock(NOW)
        self.store = store or MemoryStore()
        self.fring = Fring(self.store, clock=self.clock)
        self.worked = 0

    def once(self, key="key", *, returns=None, **asked):
        """Create a task under a key; return its title, or what is to be returned."""

        async def work(together):
            self.worked += 1
            task = await together.tasks.create(NewTask(f"task {self.worked}"))
            return task.title if returns is None else returns

        return run_sync(self.fring.once(key, work, **asked))

    @property
    def titles(self):
        return [task.title for task in run_sync(self.fring.tasks.list())]


@pytest.fixture
def world():
    return World()


def test_the_work_is_done_once_and_told_each_time(world):
    assert [world.once() for _ in range(3)] == ["task 1"] * 3
    assert (world.worked, world.titles) == (1, ["task 1"])


@pytest.mark.parametrize(
    "result",
    [None, True, 0, -1.5, "", "ä\0\ud800", (1, 2), {"a": [{}], 1: None}, 2**70, [[[]]]],
)
def test_the_first_answer_is_what_json_reads_back_as_are_the_others(world, result):
    async def work(_):
        return result

    first, again = (run_sync(world.fring.once("key", work)) for _ in range(2))
    expected = json.loads(json.dumps(result))
    assert first == again == expected
    assert type(first) is type(again) is type(expected)


@pytest.mark.parametrize("other", [{"key": "KEY"}, {"key": "key "}, {"caller": "ann"}])
def test_another_key_and_the_key_of_another_caller_are_other_work(world, other):
    assert world.once() == "task 1"
    assert world.once(**other) == "task 2"
    assert [world.once(), world.once(**other)] == ["task 1", "task 2"]
    assert world.titles == ["task 1", "task 2"]


def test_a_key_is_for_one_request(world):
    assert world.once(request="POST /tasks") == "task 1"
    for other in ("", "POST /task", "post /tasks"):
        with pytest.raises(KeyReused):
            world.once(request=other)
    assert world.once(request="POST /tasks") == "task 1"
    assert world.titles == ["task 1"]


class Broken(Exception):  # noqa: N818  # it reports nothing
    """Be what work fails with."""


@pytest.mark.parametrize("error", [Broken, InvalidKey, TransactionConflict, KeyboardInterrupt])
def test_what_work_raises_is_raised_and_nothing_is_kept(world, error):
    async def work(together):
        await together.tasks.create(NewTask("half"))
        raise error

    with pytest.raises(error):
        run_sync(world.fring.once("key", work, request="other"))
    assert world.titles == []
    assert world.once() == "task 1"


def test_a_key_is_kept_no_longer_than_a_store_can_say(world):
    world.clock.now = LAST - timedelta(microseconds=1)
    assert world.once() == world.once()
    assert world.worked == 1
    (kept,) = world.store._database.tables.receipts.values()
    assert kept.expires_at == LAST


@pytest.mark.parametrize("kept_for", [DAY, timedelta(seconds=1), timedelta(microseconds=1)])
def test_a_key_is_new_when_it_has_been_kept_for_so_long(world, kept_for):
    asked = {} if kept_for == DAY else {"kept_for": kept_for}
    assert world.once(request="first", **asked) == "task 1"
    world.clock.advance(kept_for - timedelta(microseconds=1))
    assert world.once(request="first") == "task 1"
    world.clock.advance(timedelta(microseconds=1))
    assert world.once(request="second") == "task 2"
    with pytest.raises(KeyReused):
        world.once(request="first")


def test_what_has_expired_is_not_kept_however_long_others_are(world):
    for number in range(3):
        world.once(f"lasting {number}", kept_for=30 * DAY)
    for number in range(100):
        world.once(f"passing {number}", kept_for=timedelta(minutes=1))
        world.clock.advance(timedelta(minutes=1))
    kept = world.store._database.tables.receipts
    assert [*kept] == [("", f"lasting {number}") for number in range(3)] + [("", "passing 99")]


@pytest.mark.parametrize(
    "key", ["", "k" * 256, "ä", "a\nb", "a\0", "\x7f", "key\n", "\ud800", 5, None, b"key"]
)
def test_a_key_is_a_printable_text(world, key):
    with pytest.raises(InvalidKey):
        world.once(key)
    assert world.worked == 0


@pytest.mark.parametrize("key", [" ", "~" * 255, '"', "5"])
def test_any_printable_text_is_a_key(world, key):
    assert [world.once(key), world.once(key)] == ["task 1"] * 2


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"caller": "a\0"}, "caller"),
        ({"caller": "\ud800"}, "caller"),
        ({"caller": "a" * 256}, "caller"),
        ({"caller": None}, "caller"),
        ({"request": "\0"}, "request"),
        ({"request": b"POST"}, "request"),
        ({"kept_for": 5}, "kept_for"),
        ({"kept_for": timedelta(0)}, "kept_for"),
        ({"kept_for": -DAY}, "kept_for"),
        ({"kept_for": 3650 * DAY + timedelta(microseconds=1)}, "kept_for"),
    ],
)
def test_what_cannot_be_is_refused_before_the_work(world, asked, field):
    with pytest.raises(InvalidInput) as raised:
        world.once(**asked)
    assert [problem.field for problem in raised.value.problems] == [field]
    assert world.worked == 0


def test_what_is_no_work_is_refused(world):
    with pytest.raises(InvalidInput, match="work: must be a function"):
        run_sync(world.fring.once("key", "work"))


@pytest.mark.parametrize(
    ("result", "error", "said"),
    [
        (NOW, TypeError, "datetime is not JSON serializable"),
        ({1}, TypeError, "set is not JSON serializable"),
        ({(1, 2): 3}, TypeError, "keys must be"),
        (float("nan"), ValueError, "JSON compliant"),
        (float("inf"), ValueError, "JSON compliant"),
    ],
)
def test_what_json_cannot_hold_is_refused_and_nothing_is_stored(world, result, error, said):
    with pytest.raises(error, match=said):
        world.once(returns=result)
    assert (world.worked, world.titles) == (1, [])
    assert world.once() == "task 2"


class Word(str):
    """Be a text, and more than that."""

    __slots__ = ()


class Number(IntEnum):
    """Be a number, and more than that."""

    ONE = 1


def test_texts_are_kept_as_plain_ones(world):
    assert world.once(Word("key"), caller=Word("ann"), request=Word("r"), returns=Number.ONE) == 1
    [(place, receipt)] = world.store._database.tables.receipts.items()
    assert {type(text) for text in (*place, receipt.caller, receipt.key, receipt.request)} == {str}


class Overtaken(MemoryStore):
    """Be a store whose first commits come to nothing."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    @asynccontextmanager
    async def transaction(self):
        async with super().transaction() as inner:
            yield inner
            if self.times:
                self.times -= 1
                raise TransactionConflict("overtaken")


def test_a_conflict_is_tried_again():
    world = World(Overtaken(TRIES - 1))
    assert world.once() == f"task {TRIES}"
    assert (world.worked, world.titles) == (TRIES, [f"task {TRIES}"])
    assert world.once() == f"task {TRIES}"


def test_a_conflict_is_raised_at_last():
    world = World(Overtaken(TRIES))
    with pytest.raises(TransactionConflict):
        world.once()
    assert (world.worked, world.titles) == (TRIES, [])
    assert world.once() == f"task {TRIES + 1}"


def test_one_inside_a_transaction_is_a_part_of_it(world):
    async def scenario(*, leave):
        async with world.fring.transaction() as outer:

            async def work(together):
                return (await together.tasks.create(NewTask("inside"))).id

            results = [await outer.once("key", work) for _ in range(2)]
            if leave:
                raise Broken
        return results

    with pytest.raises(Broken):
        run_sync(scenario(leave=True))
    assert world.titles == []
    [first, again] = run_sync(scenario(leave=False))
    assert first == again
    assert world.titles == ["inside"]


class Loud(BlockingFring):
    """Be a subclass."""


def test_without_await(world):
    fring = Loud(world.fring)
    seen = []

    def work(together):
        seen.append(type(together))
        return {"id": together.tasks.create(NewTask("blocking")).id}

    asked: dict[str, Any] = {"caller": "ann", "request": "r", "kept_for": timedelta(hours=1)}
    assert fring.once("key", work, **asked) == fring.once("key", work, **asked) == {"id": 1}
    assert (seen, world.titles) == ([Loud], ["blocking"])
    with pytest.raises(KeyReused):
        fring.once("key", work, caller="ann")
    assert fring.once("key", work) == {"id": 2}
    world.clock.advance(timedelta(hours=1))
    assert fring.once("key", work, **asked) == {"id": 3}
    with pytest.raises(InvalidKey):
        fring.once("", work)

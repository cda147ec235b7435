"""run_sync: a coroutine that does not suspend, and one that would."""

import asyncio
import inspect
from typing import Any

import pytest

from fring_core import UserNotFound, run_sync
from fring_core.sync import driven, is_driven


async def add(left, right):
    return left + right


def test_takes_a_coroutine_and_says_how_it_comes_to_be():
    wrong: list[Any] = [add, lambda: add(1, 2), None, 5, "x" * 1000]
    for each in wrong:
        with pytest.raises(TypeError, match=r"run_sync\(fring.users.list\(\)\), not ") as refused:
            run_sync(each)
        assert len(str(refused.value)) < 300


def test_returns_the_result():
    assert run_sync(add(1, 2)) == 3


def test_needs_no_loop_and_makes_none():
    async def running():
        asyncio.get_running_loop()

    with pytest.raises(RuntimeError, match=r"^run_sync drives only what") as raised:
        run_sync(running())
    assert str(raised.value.__cause__) == "no running event loop"


def test_other_errors_of_its_kind_stay_as_they_are():
    async def fail():
        raise RuntimeError("the store is closed")

    with pytest.raises(RuntimeError, match=r"^the store is closed$"):
        run_sync(fail())


def test_runs_inside_a_loop_too():
    async def outer():
        return run_sync(add(1, 2))

    assert asyncio.run(outer()) == 3


def test_propagates_errors():
    async def fail():
        raise UserNotFound(7)

    with pytest.raises(UserNotFound):
        run_sync(fail())


def test_refuses_to_suspend_and_closes():
    events = []

    async def suspend():
        events.append("began")
        try:
            await asyncio.sleep(0)
            events.append("went on")
        except GeneratorExit:
            events.append("closed")
            raise

    coroutine = suspend()
    with pytest.raises(RuntimeError, match="run_sync drives only what never suspends"):
        run_sync(coroutine)
    assert events == ["began", "closed"]
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


def test_tells_what_it_drives_that_nobody_waits():
    async def ask():
        return is_driven()

    assert is_driven() is False
    assert run_sync(ask()) is True
    assert asyncio.run(ask()) is False
    with driven():
        assert asyncio.run(ask()) is True
    with pytest.raises(TypeError):
        run_sync(add(1, "2"))
    assert is_driven() is False

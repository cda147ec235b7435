"""Calls that begin late, and calls that are cut short: so that others come in between."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from itertools import count
from types import coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

    from fring_core.testing.contract.base import StoreTests

    Call = Coroutine[Any, Any, object]

T = TypeVar("T")

# By how many turns one call comes ahead of the others, or behind them.
LEADS = (0, 1, -1, 2, -2, 3, -3)
LEAD_IN_THREADS = 0.002  # seconds, in place of a turn


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def turns(count: int) -> None:
    """Let all others go on for some turns of the event loop; in a thread without one, do nothing."""
    for _ in range(count if _in_a_loop() else 0):
        await asyncio.sleep(0)


async def late(call: Coroutine[Any, Any, T], count: int) -> T:
    """Await a call after some turns of the event loop, or at once if they are fewer than none."""
    await turns(count)
    return await call


async def pause(seconds: float) -> None:
    """Let all others go on for so long, in an event loop or in a thread without one."""
    if _in_a_loop():
        await asyncio.sleep(seconds)
    else:
        time.sleep(seconds)  # noqa: ASYNC251  # this thread alone


async def _after(call: Coroutine[Any, Any, T], lead: int) -> T:
    if not _in_a_loop():
        await pause(max(lead, 0) * LEAD_IN_THREADS)
    return await late(call, lead)


async def in_turns(tests: StoreTests, lead: int, one: Call, *others: Call) -> list[Any]:
    """Run calls at the same time, `one` ahead by some turns, or behind; return their results.

    In threads, the last to start is often the first to go.
    """
    calls = (_after(one, -lead), *(_after(other, lead) for other in others))
    if lead < 0:
        return [*await tests.together(*calls)]
    return [*await tests.together(*reversed(calls))][::-1]


async def cut_short(call: Coroutine[Any, Any, object], count: int, seconds: float = 0) -> None:
    """Cancel a call after some turns of the event loop, 1 or more, and wait until it has ended.

    It has some seconds besides, for what goes on outside the loop.
    """
    running = asyncio.create_task(call)
    await turns(count)
    if seconds:
        await asyncio.sleep(seconds)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


@coroutine
def stopping(
    call: Coroutine[Any, Any, T], step: int, stop: Callable[[], Coroutine[Any, Any, None]]
) -> Generator[Any, Any, T]:
    """Await a call, and when it has suspended for the time of this number, what stops it."""
    steps = call.__await__()
    for number in count(1):
        try:
            yield next(steps)
        except StopIteration as end:
            value: T = end.value
            return value
        if number == step:
            yield from stop().__await__()
    raise AssertionError  # it counts for ever

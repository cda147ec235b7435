"""Races in threads: for stores whose calls never suspend."""

from __future__ import annotations

import asyncio
import random
import sys
import sysconfig
import time
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import fring_core
from fring_core import FringError, run_sync
from fring_core.testing.turns import LEADS

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from types import FrameType

T = TypeVar("T")

LINES = 5  # of a store's code, after about which a thread lets others go on
PAUSES = 8  # that a thread makes; who tries again for the tenth time need not be held up any more
_LIBRARIES = tuple(
    {
        str(Path(fring_core.__file__).parent),
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    }
)


class InThreads:
    """Have `together` run each call in a thread of its own: for stores that never suspend.

    Name it before `StoreContract` among the bases. A call on a store in memory is over before
    another thread has its turn, so the threads are made to give way within the store's own code,
    at lines that `seed` decides. Code in `site-packages` is not the store's own.
    """

    seed: ClassVar[int] = 0
    leads: ClassVar[tuple[int, ...]] = LEADS[:4]  # each time threads give way elsewhere

    async def together(self, *calls: Coroutine[Any, Any, T]) -> list[T | FringError]:
        """Run calls at the same time and return their results, as `StoreTests.together`."""
        everybody = Barrier(len(calls))  # or the first would be done before the last begins
        race = next(self.__dict__.setdefault("_its_races", count()))
        loop = asyncio.get_running_loop()
        ends = [loop.create_future() for _ in calls]

        def run(number: int, call: Coroutine[Any, Any, T], end: asyncio.Future[Any]) -> None:
            everybody.wait()
            try:
                with _giving_way((self.seed, race, number)):
                    result: T | BaseException = run_sync(call)
            except BaseException as error:  # noqa: BLE001  # it is raised where it is awaited
                result = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(_tell, end, result)

        # Nobody waits for those that hang: the clause has a time limit, and threads have none.
        with _frequent_switches():
            for number, (call, end) in enumerate(zip(calls, ends, strict=True)):
                Thread(target=run, args=(number, call, end), daemon=True).start()
            return only_fring_errors(await asyncio.gather(*ends))


def _tell(end: asyncio.Future[Any], result: object) -> None:
    if not end.done():
        end.set_result(result)


def only_fring_errors(results: list[T | BaseException]) -> list[T | FringError]:
    """Return the results; raise the first error among them that is no `FringError`."""
    accepted: list[T | FringError] = []
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, FringError):
            raise result
        accepted.append(result)
    return accepted


@contextmanager
def _frequent_switches() -> Generator[None]:
    """Let threads take turns often: else a short call is over before the next one begins."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


@cache
def _is_of_the_store(filename: str) -> bool:
    return not filename.startswith((*_LIBRARIES, "<"))


@contextmanager
def _giving_way(seed: tuple[int, ...]) -> Generator[None]:
    """Let other threads go on at some lines of this one's code, without the store's knowledge.

    Who traces already, such as a debugger or a measurement of coverage, goes on tracing.
    """
    former = sys.gettrace()
    draws = random.Random(repr(seed))  # noqa: S311  # nothing is secret here
    lines = iter([draws.randrange(1, 2 * LINES) for _ in range(PAUSES)])
    left = next(lines)

    def count_line(event: str) -> None:
        nonlocal left
        left -= event == "line"
        if not left:
            time.sleep(1e-6)
            left = next(lines, 0)
            if not left:
                sys.settrace(former)

    def here(_: FrameType, event: str, __: object) -> Any:
        count_line(event)
        return here

    def enter(frame: FrameType, _: str, __: object) -> Any:
        return here if _is_of_the_store(frame.f_code.co_filename) else None

    def chained(frame: FrameType, event: Any, argument: object) -> Any:
        assert former is not None
        former(frame, event, argument)
        sys.settrace(chained)  # since coverage puts itself back
        if _is_of_the_store(frame.f_code.co_filename):
            count_line(event)
        return chained

    trace = chained if former else enter
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(former)

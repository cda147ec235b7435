"""Races in threads: for stores whose calls never suspend."""

from __future__ import annotations

import asyncio
import random
import sys
import sysconfig
import time
from contextlib import contextmanager, nullcontext, suppress
from functools import cache, partial
from itertools import count
from pathlib import Path
from threading import Barrier, Event, Thread, get_ident
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import fring_core
from fring_core import FringError, run_sync
from fring_core.testing.contract.turns import LEADS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
    from contextlib import AbstractContextManager
    from types import FrameType

T = TypeVar("T")

LINES = 5  # of a store's code, after about which a thread lets others go on
PAUSES = 8  # that a thread makes; who tries again for the tenth time need not be held up any more
PATIENCE = 0.005  # seconds, twice: on a busy machine a thread may have no turn for some of them
GLANCE = 0.0005  # seconds, that are enough at a place where another call has waited already
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
        race = next(self.__dict__.setdefault("_its_races", count()))
        everybody = Barrier(len(calls))  # or the first would be done before the last begins
        ways = [_giving_way((self.seed, race, number)) for number in range(len(calls))]
        return await _in_threads(calls, ways, everybody.wait)

    async def beside(self, call: Coroutine[Any, Any, T]) -> T | FringError:
        """Run a call in a thread of its own, as `StoreTests.beside`."""
        return (await _in_threads((call,), (nullcontext(),)))[0]

    async def halfway(
        self, call: Coroutine[Any, Any, T], other: Coroutine[Any, Any, T], step: int
    ) -> tuple[bool, list[T | FringError]]:
        """Stop a call before a line of the store's code, as `StoreTests.halfway`."""
        reached, done = Event(), Event()
        halfway, thread = False, 0
        waits: set[object] = self.__dict__.setdefault("_its_waits", set())

        def stop() -> None:
            nonlocal halfway
            halfway, before = True, None
            reached.set()
            if done.wait(GLANCE) or _place(thread) in waits:
                return
            # If the other one has come no further, it waits for this one.
            while not done.wait(PATIENCE):
                if (now := _place(thread)) == before:
                    waits.add(now)
                    return
                before = now

        async def first() -> T:
            try:
                return await call
            finally:
                reached.set()

        async def second() -> T:
            nonlocal thread
            thread = get_ident()
            reached.wait()
            try:
                return await other
            finally:
                done.set()

        ways = (_at_lines([step], stop), nullcontext())
        results = await _in_threads((first(), second()), ways)
        return halfway, results


async def _in_threads(
    calls: Sequence[Coroutine[Any, Any, T]],
    ways: Sequence[AbstractContextManager[None]],
    start: Callable[[], object] = bool,
) -> list[T | FringError]:
    """Run each call in a thread of its own, in its way, and return their results."""
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in calls]

    def run(
        call: Coroutine[Any, Any, T], way: AbstractContextManager[None], end: asyncio.Future[Any]
    ) -> None:
        start()
        try:
            with way:
                result: T | BaseException = run_sync(call)
        except BaseException as error:  # noqa: BLE001  # it is raised where it is awaited
            result = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_tell, end, result)

    # Nobody waits for those that hang: the clause has a time limit, and threads have none.
    with _frequent_switches():
        for each in zip(calls, ways, ends, strict=True):
            Thread(target=run, args=each, daemon=True).start()
        return only_fring_errors(await asyncio.gather(*ends))


def _place(thread: int) -> object:
    """Return where in its code a thread is."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # it is documented
    return frame and (frame.f_code, frame.f_lasti)


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


def _giving_way(seed: tuple[int, ...]) -> AbstractContextManager[None]:
    """Let other threads go on at some lines of this one's code, without the store's knowledge."""
    draws = random.Random(repr(seed))  # noqa: S311  # nothing is secret here
    return _at_lines(
        [draws.randrange(1, 2 * LINES) for _ in range(PAUSES)], partial(time.sleep, 1e-6)
    )


@contextmanager
def _at_lines(gaps: Iterable[int], act: Callable[[], object]) -> Generator[None]:
    """Act before some lines of the store's own code, so many after each other.

    Who traces already, such as a debugger or a measurement of coverage, goes on tracing.
    """
    former = sys.gettrace()
    lines = iter(gaps)
    left = next(lines)

    def count_line(event: str) -> None:
        nonlocal left
        left -= event == "line"
        if not left:
            act()
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

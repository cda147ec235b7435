"""What the contract's parts share: the hooks that a store author overrides."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from functools import wraps
from inspect import cleandoc, iscoroutinefunction
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import pytest

from fring_core.sync import driven
from fring_core.testing.contract.limits import time_limit
from fring_core.testing.contract.threads import InThreads, only_fring_errors
from fring_core.testing.contract.turns import LEADS, stopping
from fring_core.testing.recording import Log, RecordedStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from fring_core import FringError, Store

T = TypeVar("T")

__all__ = ["InThreads"]

PATIENCE = 0.05  # seconds: what takes longer waits


class StoreTests:
    """Run test methods on an empty store each; the parts of the contract inherit it.

    A test that takes longer than `time_limit` seconds fails, whatever it waits for.
    """

    pytestmark: pytest.MarkDecorator | list[pytest.MarkDecorator] = pytest.mark.anyio
    time_limit: ClassVar[float] = 60
    leads: ClassVar[tuple[int, ...]] = LEADS

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name, clause in list(vars(cls).items()):
            if name.startswith("test_") and iscoroutinefunction(clause):
                setattr(cls, name, _telling(clause))

    def open_store(self) -> AbstractAsyncContextManager[Store]:
        """Open an empty store, for one test; the one thing to override."""
        raise NotImplementedError("open_store is missing: override it")

    async def together(self, *calls: Coroutine[Any, Any, T]) -> list[T | FringError]:
        """Run calls at the same time and return their results, in order.

        A `FringError` is a result too; any other exception is raised. If no call of the store has
        suspended so far, calls would run one after another, and prove nothing: they are refused
        (see `InThreads`).
        """
        running = most = 0

        async def run(call: Coroutine[Any, Any, T]) -> T:
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return await call
            finally:
                running -= 1

        results = only_fring_errors(await asyncio.gather(*map(run, calls), return_exceptions=True))
        suspends = most > 1 or self.log.suspended
        assert suspends, "no call suspended: put InThreads before StoreContract"
        return results

    async def beside(self, call: Coroutine[Any, Any, T]) -> T | FringError:
        """Run a call while this task waits for something else; return its result or `FringError`."""
        return only_fring_errors([*await asyncio.gather(call, return_exceptions=True)])[0]

    async def halfway(
        self, call: Coroutine[Any, Any, T], other: Coroutine[Any, Any, T], step: int
    ) -> tuple[bool, list[T | FringError]]:
        """Stop a call at its step of this number until another is done, unless that waits for it.

        Return whether it came so far, and the results of both. A step ends where the call suspends.
        """
        reached, done = asyncio.Event(), asyncio.Event()

        halfway = False

        async def first() -> T:
            try:
                return await stopping(call, step, stop)
            finally:
                reached.set()

        async def stop() -> None:
            nonlocal halfway
            halfway = True
            reached.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), PATIENCE)

        async def second() -> T:
            await reached.wait()
            try:
                return await other
            finally:
                done.set()

        results = await asyncio.gather(first(), second(), return_exceptions=True)
        return halfway, only_fring_errors([*results])

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Choose asyncio, so that a store author need not configure anything."""
        return "asyncio"

    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        """Give each test an empty store."""
        async with self.open_store() as store:
            yield RecordedStore(store, self.log)

    @property
    def log(self) -> Log:
        """Return what this test's store was asked, and what it answered."""
        log: Log = self.__dict__.setdefault("_its_log", Log())
        return log


def _telling(
    clause: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return a clause that says, if it fails, which sentence was broken, and by which answers."""

    @wraps(clause)
    async def telling(self: StoreTests, *arguments: Any, **fixtures: Any) -> None:
        __tracebackhide__ = True

        def said() -> str:
            return f"{cleandoc(clause.__doc__ or '')}\n{self.log}"

        try:
            # Calls that never suspend are awaited in a loop all the same, where they are alone.
            alone = driven() if isinstance(self, InThreads) else nullcontext()
            async with time_limit(self.time_limit, said):
                with alone:
                    await clause(self, *arguments, **fixtures)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(said())
            raise

    return telling

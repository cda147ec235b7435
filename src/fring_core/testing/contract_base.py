"""What the contract's parts share: the hooks that a store author overrides, and examples."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from threading import Barrier
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import pytest

from fring_core import FringError, NewTask, NewUser, Task, User, run_sync
from fring_core.testing.snapshot import plain, snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Generator, Sequence
    from contextlib import AbstractAsyncContextManager

    from fring_core import Store

T = TypeVar("T")

NOW = datetime(2024, 2, 29, 23, 59, 59, 987654, tzinfo=UTC)
LATER = datetime(2024, 3, 1, 0, 0, 0, 1, tzinfo=UTC)
DUE = date(2024, 3, 31)
OWNERS = (None, "ann", "Ann")
# Ids that no row can have, beyond what 64 bits hold included; some are 1 to a careless column.
IMPOSSIBLE_IDS = (0, -1, 2**63, -(2**63) - 1, 2**64 + 1, 10**30)
CALLERS = range(32)


class Undo(Exception):  # noqa: N818  # it reports nothing
    """Leave a transaction by an exception, so that it rolls back."""


class StoreTests:
    """Run test methods on an empty store each; the parts of the contract inherit it."""

    pytestmark: pytest.MarkDecorator | list[pytest.MarkDecorator] = pytest.mark.anyio

    def open_store(self) -> AbstractAsyncContextManager[Store]:
        """Open an empty store, for one test; the one thing to override."""
        raise NotImplementedError

    async def together(self, *calls: Coroutine[Any, Any, T]) -> list[T | FringError]:
        """Run calls at the same time and return their results, in order.

        A `FringError` is a result too; any other exception is raised. Calls that do not suspend
        would run one after another, and prove nothing: they are refused (see `InThreads`).
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

        results = _only_fring_errors(await asyncio.gather(*map(run, calls), return_exceptions=True))
        assert most > 1, "no call suspended: put InThreads before StoreContract"
        return results

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Choose asyncio, so that a store author need not configure anything."""
        return "asyncio"

    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        """Give each test an empty store."""
        async with self.open_store() as store:
            yield store


class InThreads:
    """Have `together` run each call in a thread of its own: for stores that never suspend.

    Name it before `StoreContract` among the bases.
    """

    async def together(self, *calls: Coroutine[Any, Any, T]) -> list[T | FringError]:
        """Run calls at the same time and return their results, as `StoreTests.together`."""
        everybody = Barrier(len(calls))  # or the first would be done before the last begins

        def run(call: Coroutine[Any, Any, T]) -> T:
            everybody.wait()
            return run_sync(call)

        loop = asyncio.get_running_loop()
        with _frequent_switches(), ThreadPoolExecutor(len(calls)) as threads:
            running = [loop.run_in_executor(threads, run, call) for call in calls]
            return _only_fring_errors(await asyncio.gather(*running, return_exceptions=True))


@contextmanager
def _frequent_switches() -> Generator[None]:
    """Let threads take turns often: else a short call is over before the next one begins."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _only_fring_errors(results: list[T | BaseException]) -> list[T | FringError]:
    accepted: list[T | FringError] = []
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, FringError):
            raise result
        accepted.append(result)
    return accepted


async def add_user(
    store: Store,
    username: str = "ann",
    chosen: int | None = None,
    password_hash: str | None = None,
) -> User:
    """Add a user with an address made of its name."""
    new = NewUser(username, f"{username}@example.org", chosen)
    return await store.users.add(new, NOW, password_hash)


async def add_task(
    store: Store, title: str = "task", chosen: int | None = None, owner: str | None = None
) -> Task:
    """Add a task with a description, a default status and a due date."""
    return await store.tasks.add(NewTask(title, "why", due_date=DUE, id=chosen), owner, NOW)


def ghost_user(user_id: int) -> User:
    """Return a user that no store has."""
    return User(user_id, "ghost", "ghost@example.org", NOW)


def ghost_task(task_id: int, owner: str | None = None) -> Task:
    """Return a task that no store has."""
    new = NewTask("ghost")
    return Task(task_id, new.title, new.description, new.status, NOW, NOW, owner)


async def contents(store: Store) -> object:
    """Return all that a store holds, to compare before and after."""
    return await snapshot(store, OWNERS)


def check_next(after: User | Task | None, before: User | Task) -> None:
    """Assert that a saved entity is the one that was given, one version on."""
    # As built-in types, for a failure to name the field.
    assert plain(after) == plain(attrs.evolve(before, version=before.version + 1))


def check_none_failed(results: Sequence[object]) -> None:
    """Assert that there are no errors among the results of `together`."""
    assert [result for result in results if isinstance(result, FringError)] == []


def losers(results: Sequence[object]) -> list[type[FringError]]:
    """Return the types of the errors among the results of `together`."""
    return [type(result) for result in results if isinstance(result, FringError)]


def rows(listed: Sequence[T] | None) -> list[T] | None:
    """Return what a store listed as a list, whichever sequence it is; None stays None."""
    return None if listed is None else list(listed)

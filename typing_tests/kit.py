"""The testing kit: what a store author writes, and what the strategies draw."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, assert_type

from hypothesis import settings
from hypothesis import strategies as st

from fring_adapters.memory import MemoryStore
from fring_core import (
    Clock,
    Fring,
    FringError,
    NewTask,
    NewUser,
    Page,
    Store,
    Task,
    TaskChanges,
    TaskFilter,
    TaskOrder,
    Tasks,
    TaskStatus,
    UserChanges,
    UserFilter,
)
from fring_core import testing as kit
from fring_core.testing import InThreads, StoreContract, StoreMachine
from fring_http.client import BlockingFringClient


class TestStore(InThreads, StoreContract):
    """Join the contract: the hook may name the store's own type."""

    @asynccontextmanager
    async def open_store(self) -> AsyncGenerator[MemoryStore, None]:
        """Open an empty store."""
        yield MemoryStore()


class TestSuspendingStore(StoreContract):
    """Join with a store whose calls suspend, and say how calls are run together."""

    @asynccontextmanager
    async def open_store(self) -> AsyncGenerator[Store, None]:
        """Open an empty store."""
        yield MemoryStore()

    async def together(self, *calls: Coroutine[Any, Any, int]) -> list[int | FringError]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Run calls of one type only, which is too few."""
        return [await call for call in calls]


class TestNothing(StoreContract):
    """Give something else than a store."""

    @asynccontextmanager
    async def open_store(self) -> AsyncGenerator[int, None]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Open a number."""
        yield 7


class Machine(StoreMachine):
    """Join the random histories."""

    def make_store(self) -> MemoryStore:
        """Return the store under test."""
        return MemoryStore()

    def make_oracle(self) -> MemoryStore:
        """Return the oracle."""
        return MemoryStore()


class ClientMachine(kit.FringMachine):
    """Compare a client with a Fring."""

    def make_fring(self, clock: Clock) -> BlockingFringClient:  # noqa: ARG002  # the server has it
        """Return what is under test."""
        return BlockingFringClient("http://localhost:8000")

    def make_oracle(self, clock: Clock) -> Fring:
        """Return the oracle."""
        return Fring(MemoryStore(), clock=clock)


async def races(test: TestStore, task: Coroutine[Any, Any, Task]) -> None:
    """Run calls together: an error is a result."""
    assert_type(await test.together(task, task), list[Task | FringError])


def machines() -> None:
    """Read what a machine runs on."""
    assert_type(Machine().store, Store)
    assert_type(Machine().ids, dict[str, list[int]])
    assert_type(Machine.TestCase.settings, settings)


def texts() -> None:
    """Draw texts."""
    assert_type(kit.texts(10), st.SearchStrategy[str])
    assert_type(kit.usernames(), st.SearchStrategy[str])
    assert_type(kit.emails(), st.SearchStrategy[str])
    assert_type(kit.titles(), st.SearchStrategy[str])
    assert_type(kit.descriptions(), st.SearchStrategy[str | None])
    assert_type(kit.needles(), st.SearchStrategy[str | None])


def values() -> None:
    """Draw values."""
    assert_type(kit.statuses(), st.SearchStrategy[TaskStatus])
    assert_type(kit.due_dates(), st.SearchStrategy[date | None])
    assert_type(kit.chosen_ids(), st.SearchStrategy[int | None])
    assert_type(kit.task_orders(), st.SearchStrategy[TaskOrder])
    assert_type(kit.pages(), st.SearchStrategy[Page])


def commands() -> None:
    """Draw commands; narrow them with strategies that fit."""
    assert_type(kit.new_users(), st.SearchStrategy[NewUser])
    assert_type(kit.new_tasks(st.just("Buy seeds"), st.none()), st.SearchStrategy[NewTask])
    assert_type(kit.user_changes(), st.SearchStrategy[UserChanges])
    assert_type(kit.task_changes(), st.SearchStrategy[TaskChanges])
    assert_type(kit.user_filters(), st.SearchStrategy[UserFilter])
    assert_type(kit.task_filters(st.just("a")), st.SearchStrategy[TaskFilter])
    kit.new_users(st.integers())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def faults(event: asyncio.Event) -> None:
    """Pass a store that fails wherever a store is asked for."""
    store: Store = kit.FaultyStore(MemoryStore(), [kit.Fault.DELAY], pause=event.wait)
    async with kit.FaultyStore(store).transaction() as inside:
        assert_type(inside, Store)
    assert_type(kit.FaultyStore(store, (kit.Fault.NONE,)).taken, list[tuple[str, kit.Fault]])
    assert_type(kit.FaultyStore(store).tasks, Tasks)
    assert_type(kit.faults(kit.Fault.DELAY), st.SearchStrategy[list[kit.Fault]])
    kit.FaultyStore(store, ["fail before"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    kit.FaultyStore(store, pause=event.set)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@st.composite
def in_a_composite(draw: st.DrawFn) -> NewTask:
    """Draw from a strategy: the result is typed too."""
    return assert_type(draw(kit.new_tasks()), NewTask)

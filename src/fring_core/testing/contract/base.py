"""What the contract's parts share: the hooks that a store author overrides, and examples."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from datetime import UTC, date, datetime
from functools import wraps
from inspect import cleandoc, iscoroutinefunction
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import attrs
import pytest

from fring_core import FringError, NewTask, NewUser, Task, User
from fring_core.sync import driven
from fring_core.testing.contract.limits import time_limit
from fring_core.testing.contract.threads import InThreads, only_fring_errors
from fring_core.testing.contract.turns import LEADS, stopping
from fring_core.testing.recording import Log, RecordedStore
from fring_core.testing.snapshot import flat, plain, snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
    from contextlib import AbstractAsyncContextManager

    from fring_core import Store

T = TypeVar("T")
E = TypeVar("E", User, Task)

__all__ = ["InThreads"]

# A moment that every store can hold, so that those that lose microseconds fail where it matters.
NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)
PRECISE = datetime(2024, 2, 29, 23, 59, 59, 987654, tzinfo=UTC)
LATER = datetime(2024, 3, 1, 0, 0, 0, 1, tzinfo=UTC)
DUE = date(2024, 3, 31)
OWNERS = (None, "ann", "Ann")
CALLERS = range(32)
PATIENCE = 0.05  # seconds: what takes longer waits


class Undo(Exception):  # noqa: N818  # it reports nothing
    """Leave a transaction by an exception, so that it rolls back."""


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
        except Exception as error:
            error.add_note(said())
            raise

    return telling


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


async def hash_of(store: Store, user_id: int) -> str | None:
    """Return the hash of a user's password, None if there is no user or no hash."""
    found = await store.credentials.get(user_id)
    return None if found is None else found.password_hash


class TooLate(Exception):  # noqa: N818  # what a verb of `save` has to say
    """Report that a row is no longer the one that was seen."""


@attrs.frozen
class Becoming(Generic[E]):
    """Turn a row into this entity, unless it has another version by now: a verb."""

    entity: E

    def __call__(self, present: E) -> E:
        if present.version != self.entity.version:
            raise TooLate
        return self.entity


async def save(store: Store, entity: E) -> E | None:
    """Change a row into this entity; return None if it is gone, or has another version by now."""
    verb: Any = Becoming(entity)
    try:
        if isinstance(entity, User):
            return await store.users.change(entity.id, verb)
        return await store.tasks.change(entity.id, entity.owner, verb)
    except TooLate:
        return None


def ghost_user(user_id: int) -> User:
    """Return a user that no store has."""
    return User(user_id, "ghost", "ghost@example.org", NOW)


def ghost_task(task_id: int, owner: str | None = None) -> Task:
    """Return a task that no store has."""
    new = NewTask("ghost")
    return Task(task_id, new.title, new.description, new.status, NOW, NOW, owner)


async def contents(store: Store) -> object:
    """Return all that a store holds, to compare before and after."""
    if isinstance(store, RecordedStore):
        store.log.note("everything is read")
        store = store.bare
    return flat(await snapshot(store, OWNERS))


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


def by_id(rows: Sequence[E]) -> list[E]:
    """Return rows in the order of a list; ids need not come in the order of adding."""
    return sorted(rows, key=attrgetter("id"))


def rows(listed: Sequence[T] | None) -> list[T] | None:
    """Return what a store listed as a list, whichever sequence it is; None stays None."""
    return None if listed is None else list(listed)

"""A store that fails as it is told: what becomes of a caller whose store is in trouble."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

import attrs
from hypothesis import strategies as st

from fring_core import StoreUnavailable
from fring_core.testing.passing import Method, passing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator

    from fring_core import (
        Assignments,
        Credentials,
        Deliveries,
        Events,
        Receipts,
        Store,
        Tasks,
        Users,
        Webhooks,
    )

Pause: TypeAlias = Callable[[], Awaitable[object]]


class Fault(Enum):
    """Name what happens to one call of a store, or to the commit of a transaction.

    NONE: nothing. DELAY: others go first. FAIL_BEFORE: it is not done. FAIL_AFTER: it is done,
    but its result is lost, as when a connection dies. Both raise `StoreUnavailable`.
    CANCEL_BEFORE and CANCEL_AFTER: the same with `asyncio.CancelledError`, as for a caller that
    was cancelled.
    """

    NONE = "none"
    DELAY = "delay"
    FAIL_BEFORE = "fail before"
    FAIL_AFTER = "fail after"
    CANCEL_BEFORE = "cancel before"
    CANCEL_AFTER = "cancel after"


def faults(*among: Fault) -> st.SearchStrategy[list[Fault]]:
    """Draw plans for a `FaultyStore`, of these faults (by default of all) and NONE."""
    kinds = among or tuple(Fault)
    return st.lists(st.just(Fault.NONE) | st.sampled_from(kinds))


async def _give_way() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        time.sleep(0)  # noqa: ASYNC251  # no loop to block: this lets other threads go first
    else:
        await asyncio.sleep(0)


@attrs.frozen(eq=False)
class _Plan:
    """Hand each call its fault, and have it happen."""

    _faults: Iterator[Fault]
    _pause: Pause
    taken: list[tuple[str, Fault]] = attrs.field(factory=list[tuple[str, Fault]])
    _lock: Lock = attrs.field(factory=Lock)

    async def before(self, call: str) -> Fault:
        """Take the next fault, do what is to be done before the call, and return the fault."""
        with self._lock:
            fault = Fault(next(self._faults, Fault.NONE))
            self.taken.append((call, fault))
        if fault is Fault.DELAY:
            await self._pause()
        if fault is Fault.FAIL_BEFORE:
            raise StoreUnavailable(f"A fault before {call}: it was not done")
        if fault is Fault.CANCEL_BEFORE:
            raise asyncio.CancelledError
        return fault

    def after(self, call: str, fault: Fault) -> None:
        """Do what is to be done after the call."""
        if fault is Fault.FAIL_AFTER:
            raise StoreUnavailable(f"A fault after {call}: it was done")
        if fault is Fault.CANCEL_AFTER:
            raise asyncio.CancelledError

    def around(self, call: str, passed_on: Method) -> Method:
        """Return a method of a port that meets its fault."""

        async def faulty(*arguments: object, **options: object) -> object:
            fault = await self.before(call)
            result = await passed_on(*arguments, **options)
            self.after(call, fault)
            return result

        return faulty


class _StoreOnPlan:
    """Reach a store through faults."""

    def __init__(self, store: Store, plan: _Plan) -> None:
        self._store = store
        self._plan = plan
        self.users: Users = passing("users", store.users, plan.around)
        self.credentials: Credentials = passing("credentials", store.credentials, plan.around)
        self.tasks: Tasks = passing("tasks", store.tasks, plan.around)
        self.assignments: Assignments = passing("assignments", store.assignments, plan.around)
        self.events: Events = passing("events", store.events, plan.around)
        self.receipts: Receipts = passing("receipts", store.receipts, plan.around)
        self.webhooks: Webhooks = passing("webhooks", store.webhooks, plan.around)
        self.deliveries: Deliveries = passing("deliveries", store.deliveries, plan.around)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Store, None]:
        """Open a transaction, as `fring_core.Store` says, whose commit may meet a fault."""
        async with self._store.transaction() as inside:
            yield _StoreOnPlan(inside, self._plan)
            fault = await self._plan.before("commit")
        self._plan.after("commit", fault)


class FaultyStore(_StoreOnPlan):
    """Be another store, but have each call and each commit meet the next fault of a plan.

    Calls inside transactions count too, and so do the commits of inner transactions; opening one
    and rolling it back do not. When the plan is at its end, nothing fails any more. A call that
    raises by itself raises that, whatever was to come after it.

    A DELAY awaits `pause()`. By default that is one turn of the event loop or, where none runs, a
    chance for other threads, so that `run_sync` works as well; pass an event's `wait` to hold a
    call for as long as the test wants.
    """

    def __init__(
        self, store: Store, plan: Iterable[Fault] = (), *, pause: Pause = _give_way
    ) -> None:
        super().__init__(store, _Plan(iter(plan), pause))

    @property
    def taken(self) -> list[tuple[str, Fault]]:
        """Return every call so far, such as "tasks.add" or "commit", and the fault it met.

        The list is the store's own: clear it to begin anew.
        """
        return self._plan.taken

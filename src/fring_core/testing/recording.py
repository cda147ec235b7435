"""A store that writes down what it was asked and what it answered, for a clause that fails."""

from __future__ import annotations

import types
from collections import Counter, deque
from contextlib import asynccontextmanager
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import attrs

from fring_core.testing.passing import Method, passing
from fring_core.testing.rendering import LONGEST, code

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
    from contextlib import AbstractAsyncContextManager
    from contextvars import Context
    from types import TracebackType

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

T = TypeVar("T")

KEPT = 64  # calls: all of a race
SHOWN = 10  # of these, the last before a failure that differ
WIDTH = 160  # characters of one call


@attrs.define(eq=False)
class _Call:
    """Hold one call, and what came of it once it has ended."""

    name: str
    arguments: tuple[object, ...]
    options: dict[str, object]
    outcome: tuple[str, object] | None = None

    def __str__(self) -> str:
        given = [code(argument, LONGEST) for argument in self.arguments]
        given += [f"{name}={code(option, LONGEST)}" for name, option in self.options.items()]
        call = _cut(f"{self.name}({', '.join(given)})")
        if self.outcome is None:
            return f"{call} has not ended"
        verb, what = self.outcome
        said = repr(what) if isinstance(what, BaseException) else code(what, LONGEST)
        return f"{call}\n    {verb} {_cut(said)}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"


@attrs.define(eq=False)
class Log:
    """Hold what a store was asked last, and whether any of its calls ever suspended."""

    _count: int = 0
    _last: deque[_Call | str] = attrs.field(factory=lambda: deque[_Call | str](maxlen=KEPT))
    suspended: bool = False

    def __str__(self) -> str:
        head = "What the store was asked, and what it answered"
        times = Counter(str(line) for line in self._last.copy())
        shown = dict([*times.items()][-SHOWN:])
        if self._count > times.total() or len(times) > SHOWN:
            head += f" (the last {sum(shown.values())} of {self._count} calls)"
        lines = (f"  {line}" + f" ({n} times)" * (n > 1) for line, n in shown.items())
        return "\n".join([f"{head}:", *lines])

    def note(self, line: _Call | str) -> None:
        """Write down one more."""
        self._count += 1
        self._last.append(line)

    def note_suspension(self) -> None:
        """Remember that a call suspended."""
        self.suspended = True

    def around(self, name: str, passed_on: Method) -> Method:
        """Return a method of a port that is written down."""

        async def recorded(*arguments: object, **options: object) -> object:
            call = _Call(name, arguments, options)
            self.note(call)
            try:
                result = await _watched(passed_on(*arguments, **options), self.note_suspension)
            except BaseException as error:
                call.outcome = "raises", error
                raise
            call.outcome = "returns", result
            return result

        return recorded


@types.coroutine
def _watched(
    call: Awaitable[T], suspends: Callable[[], None], context: Context | None = None
) -> Generator[object, None, T]:
    """Await a call, in another context if there is one, and tell whenever it suspends."""
    steps = call.__await__()

    def step(go_on: Callable[..., object], *arguments: object) -> Callable[[], object]:
        here = partial(go_on, *arguments)
        return here if context is None else partial(context.run, here)

    go_on = step(next, steps)
    while True:
        try:
            waits_for = go_on()
        except StopIteration as ended:
            result: T = ended.value
            return result
        suspends()
        try:
            yield waits_for
        except BaseException as error:  # noqa: BLE001  # whatever it is, is the call's to deal with
            go_on = step(steps.throw, error)
        else:
            go_on = step(next, steps)


class Apart:
    """Be a transaction's block for somebody else than the clause.

    A clause acts for several callers. A store may refuse that the one in the block goes past it.
    """

    def __init__(self, block: AbstractAsyncContextManager[Store]) -> None:
        self._block = block
        self._context = copy_context()

    async def __aenter__(self) -> Store:
        return await _watched(self._block.__aenter__(), _nothing, self._context)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        leaving = self._block.__aexit__(kind, error, traceback)
        return await _watched(leaving, _nothing, self._context)


def _nothing() -> None:
    pass


class RecordedStore:
    """Be another store, `bare`, and write down in `log` what becomes of each call."""

    def __init__(self, store: Store, log: Log, inside: str = "") -> None:
        self.bare = store
        self.log = log
        self._inside = inside
        self.users: Users = passing(f"{inside}users", store.users, log.around)
        self.credentials: Credentials = passing(
            f"{inside}credentials", store.credentials, log.around
        )
        self.tasks: Tasks = passing(f"{inside}tasks", store.tasks, log.around)
        self.assignments: Assignments = passing(
            f"{inside}assignments", store.assignments, log.around
        )
        self.events: Events = passing(f"{inside}events", store.events, log.around)
        self.receipts: Receipts = passing(f"{inside}receipts", store.receipts, log.around)
        self.webhooks: Webhooks = passing(f"{inside}webhooks", store.webhooks, log.around)
        self.deliveries: Deliveries = passing(f"{inside}deliveries", store.deliveries, log.around)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Store, None]:
        """Open a transaction, as `fring_core.Store` says."""
        name = f"{self._inside}inner"
        self.log.note(f"{name} is opened")
        try:
            async with Apart(self.bare.transaction()) as inside:
                yield RecordedStore(inside, self.log, f"{name}.")
        except BaseException as error:
            self.log.note(f"{name} is left by {error!r}")
            raise
        self.log.note(f"{name} is committed")

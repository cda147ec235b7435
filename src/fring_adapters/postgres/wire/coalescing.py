"""Calls that come together go as one statement.

What is asked while statements are on their way waits until the event loop has heard all who ask
now, and goes with them. A call joins only what has not been sent: so it sees all that was
acknowledged before. Who asks while nothing is on its way is served at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_adapters.postgres.wire.errors import is_undone, repeated
from fring_adapters.postgres.wire.executor import Asking
from fring_adapters.postgres.wire.statement import told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.pool_executor import PoolExecutor
    from fring_adapters.postgres.wire.statement import Row, Statement

MOST: Final = 64  # calls of one statement
# One that writes may wait for a lock. Then all go on their own, so that the others need not.
TOGETHER_SECONDS: Final = 0.25


@attrs.define(eq=False)
class _Call:
    """Ask with these parameters; `batch` is what serves it, once it waits for a connection."""

    parameters: Mapping[str, Any]
    told: asyncio.Future[list[Row]]
    batch: _Batch | None = None


@attrs.define(eq=False)
class _Batch:
    """Hold calls that go together, and whether they were sent; `task` serves them."""

    statement: Statement
    calls: Sequence[_Call]
    is_sent: bool = False
    task: asyncio.Task[None] = attrs.field(init=False)

    def asked(self) -> Mapping[str, Any]:
        """Return what they ask with, now that there is a connection; who has left is left out."""
        calls = [call for call in self.calls if not call.told.done()]
        if not calls:
            raise asyncio.CancelledError
        if not self.statement.reads:  # locks are taken in one order, whoever sends
            first = next(iter(self.statement.arrays))
            calls.sort(key=lambda call: call.parameters[first])
        self.calls, self.is_sent = calls, True
        return self.statement.asked_by([call.parameters for call in calls])

    def end(self, task: asyncio.Task[None]) -> None:
        """Leave nobody waiting for what somebody else has cancelled."""
        if task.cancelled():
            for call in self.calls:
                call.told.cancel()


class Coalescing(Asking):
    """Send calls that come in one turn of an event loop as one statement.

    Whatever else it is asked for is the pool's. `sent` counts the statements by how many calls they
    served: so many, or fewer down to half of that.
    """

    def __init__(self, executor: PoolExecutor[Any]) -> None:
        self._executor = executor
        self.check, self.transaction = executor.check, executor.transaction
        self.all_or_nothing = executor.all_or_nothing
        self.run = executor.run  # type: ignore[method-assign]
        self._next: dict[Statement, list[_Call]] = {}
        self.under_way = 0
        self.sent: Counter[int] = Counter()

    def on_one_connection(self) -> AbstractAsyncContextManager[Executor]:
        """Return a connection for who is alone, to be opened by entering it, and else itself."""
        return nullcontext(self) if self.under_way else _Alone(self, self._executor)

    async def ask(self, statement: Statement, call: Mapping[str, Any]) -> list[Row]:
        """Return what a statement tells a call, as `Executor` says."""
        if not self.under_way:
            self.under_way += 1
            self.sent[1] += 1
            try:
                return await self._executor.ask(statement, call)
            finally:
                self.under_way -= 1
        self.check()
        mine = self._join(statement, call)
        try:
            return await mine.told
        except asyncio.CancelledError:
            await _left(mine)
            raise

    def _join(self, statement: Statement, parameters: Mapping[str, Any]) -> _Call:
        loop = asyncio.get_running_loop()
        mine = _Call(parameters, loop.create_future())
        waiting = self._next.get(statement)
        if waiting is None or len(waiting) >= MOST:
            waiting = []
            self._next[statement] = waiting
            loop.call_soon(self._send, statement, waiting)
        waiting.append(mine)
        return mine

    def _send(self, statement: Statement, waiting: list[_Call]) -> None:
        if self._next.get(statement) is waiting:
            del self._next[statement]
        self._start(statement, waiting)

    def _start(self, statement: Statement, waiting: Sequence[_Call]) -> None:
        calls = [call for call in waiting if not call.told.done()]
        if calls:
            batch = _Batch(statement, calls)
            for call in calls:
                call.batch = batch
            batch.task = asyncio.create_task(self._serve(batch, len(calls)))
            batch.task.add_done_callback(batch.end)

    async def _serve(self, batch: _Batch, number: int) -> None:
        together = number > 1
        locks = together and not batch.statement.reads
        self.under_way += 1
        self.sent[1 << (number - 1).bit_length()] += 1
        try:
            rows = await self._executor.run(
                batch.statement, batch.asked, patience=TOGETHER_SECONDS if locks else None
            )
        except Exception as error:  # noqa: BLE001  # all are told
            if together and is_undone(error):
                for call in batch.calls:
                    self._start(batch.statement, [call])
                return
            for call, each in zip(batch.calls, repeated(error, batch.calls), strict=True):
                if not call.told.done():
                    call.told.set_exception(each)
        else:
            for call, its in zip(batch.calls, told(rows, len(batch.calls)), strict=True):
                if not call.told.done():
                    call.told.set_result(its)
        finally:
            self.under_way -= 1


class _Alone:
    """Have all others go together while somebody keeps a connection."""

    def __init__(self, coalescing: Coalescing, executor: PoolExecutor[Any]) -> None:
        self._coalescing = coalescing
        self._one: AbstractAsyncContextManager[Executor] = executor.on_one_connection()

    async def __aenter__(self) -> Executor:
        self._coalescing.under_way += 1
        return await self._one.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._coalescing.under_way -= 1
        await self._one.__aexit__(kind, error, traceback)


async def _left(call: _Call) -> None:
    """Wait until nothing can come any more of a call that was stopped."""
    while (batch := call.batch) is not None and not batch.task.done():
        if all(each.told.done() for each in batch.calls):
            batch.task.cancel()
        elif not batch.is_sent:  # the others may wait long for a connection
            return
        await asyncio.wait([batch.task])

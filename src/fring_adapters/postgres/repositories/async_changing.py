"""Changes in an event loop: whoever waits for a row is served together with the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import attrs

from fring_adapters.postgres.repositories.changing import Changing
from fring_adapters.postgres.wire.errors import is_without_connection, repeated
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from fring_adapters.postgres.repositories.changing import Apply, Change, Place
    from fring_adapters.postgres.wire.executor import Executor


@attrs.define(eq=False)
class _Round:
    """Serve these changes, by who waits for each; they may be joined until it begins."""

    task: asyncio.Task[dict[object, Any]]
    changes: dict[object, Change[Any]] = attrs.field(factory=dict)


@attrs.define(eq=False)
class _Row:
    """Let one in at a time, and hold the round that comes next.

    `away` is the error of the last one in if it found no connection: who has waited for that as
    well need not wait once more.
    """

    turn: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    next: _Round | None = None
    away: StoreUnavailable | None = None


class Together(Changing):
    """Change a row for all tasks of an event loop that wait for it, in one round."""

    def __init__(self, executor: Executor) -> None:
        super().__init__(executor)
        # By their loops as well: what one has left behind is nothing to wait for in another.
        self._rows: WeakValueDictionary[Hashable, _Row] = WeakValueDictionary()

    async def _in_turn(self, place: Place[Any], change: Change[Any], apply: Apply) -> Any:
        row = self._rows.setdefault((asyncio.get_running_loop(), place), _Row())
        if row.next is None:
            if not row.turn.locked():
                async with row.turn:
                    [result] = await _applied(row, apply, [change])
                return result
            # A task of its own: whoever is cancelled must not take the others along.
            row.next = _Round(asyncio.create_task(_serve(row, apply)))
        return await _joined(row, row.next, change)

    async def pause(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


async def _joined(row: _Row, its_round: _Round, change: Change[Any]) -> Any:
    """Have a change served, and return what became of it."""
    me = object()
    its_round.changes[me] = change
    try:
        await asyncio.wait([its_round.task])
    except asyncio.CancelledError:
        del its_round.changes[me]
        if row.next is not its_round:  # it has begun: nothing may come of it once this call is over
            if not its_round.changes:
                its_round.task.cancel()
            await asyncio.wait([its_round.task])
        raise
    return its_round.task.result()[me]


async def _serve(row: _Row, apply: Apply) -> dict[object, Any]:
    async with row.turn:
        changes, row.next = dict(row.next.changes if row.next else {}), None
        results: list[Any] = []
        if row.away is not None:
            results, row.away = repeated(row.away, changes), None
        elif changes:
            results = await _applied(row, apply, [*changes.values()])
    return dict(zip(changes, results, strict=True))


async def _applied(row: _Row, apply: Apply, changes: Sequence[Change[Any]]) -> list[Any]:
    row.away = None
    results = await apply(changes)
    last = results[-1]
    if isinstance(last, StoreUnavailable) and is_without_connection(last):
        row.away = last
    return results

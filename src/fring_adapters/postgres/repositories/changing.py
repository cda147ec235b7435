"""Changes of one row: read it, see what becomes of it, store that unless somebody was faster.

Callers that change one row at the same time would take it from each other, round after round. So
those of one store wait for each other, and in an event loop all who wait are served by one round:
their verbs are applied one after another, to what the one before has made of the row.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeAlias, TypeVar

import attrs

from fring_adapters.postgres.sql.rows import FIXED
from fring_adapters.postgres.wire.errors import repeated
from fring_core import Conflict, StoreUnavailable, Task, Unavailable, User
from fring_core.events import state, updated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import Cause, Event

E = TypeVar("E", User, Task)
Result: TypeAlias = "E | BaseException | None"
Connected: TypeAlias = "Callable[[], AbstractAsyncContextManager[Executor]]"
Pause: TypeAlias = "Callable[[float], Awaitable[None]]"
Apply: TypeAlias = "Callable[[Sequence[Change[Any]]], Awaitable[list[Any]]]"

# A lost round means that a caller of another process won; this many, that something is wrong.
MAX_ROUNDS: Final = 100
PATIENT_ROUNDS: Final = 3  # that are lost without a pause
_SHORTEST: Final = 0.005  # seconds
_LONGEST: Final = 0.3


@attrs.frozen(eq=False)
class Change(Generic[E]):
    """Hold what is to become of a row, and why."""

    verb: Callable[[E], E]
    cause: Cause


class Place(Protocol[E]):
    """Be where a row is that changes; the same for all who change it, as a key of a dictionary is."""

    def __hash__(self) -> int: ...

    async def find(self, executor: Executor) -> tuple[E, Sequence[int] | None] | None:
        """Return the row, and who has it if no event has told of it; None if it is not there."""
        ...

    async def save(
        self, executor: Executor, row: E, was: int, events: Sequence[Event]
    ) -> Sequence[int]:
        """Store a row in place of one of this version, and events; return their numbers, or none."""
        ...


class Changing:
    """Change rows, each for one caller after the other or for several together."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def change(self, place: Place[E], verb: Callable[[E], E], cause: Cause) -> E | None:
        """Return what `verb` makes of the row that is in a place, or None if there is none."""
        self._executor.check()  # before any waiting for others
        apply = partial(applied, self._executor.on_one_connection, place, self.pause)
        result = await self._in_turn(place, Change(verb, cause), apply)
        if isinstance(result, BaseException):
            raise result
        changed: E | None = result
        return changed

    async def _in_turn(self, place: Place[Any], change: Change[Any], apply: Apply) -> Any:
        """Return what `apply` makes of a change when its turn has come, perhaps among others."""
        raise NotImplementedError

    async def pause(self, seconds: float) -> None:
        """Wait."""
        raise NotImplementedError


async def applied(
    connected: Connected, place: Place[Any], pause: Pause, changes: Sequence[Change[Any]]
) -> list[Any]:
    """Apply changes to a row, one after another; return what each made of it, or its error."""
    try:
        return await _stored(connected, place, pause, changes)
    except Conflict as error:  # of one of them
        if len(changes) == 1:
            return [error]
    except Exception as error:  # noqa: BLE001  # all are told
        return [error, *repeated(error, changes[1:])]
    results: list[Any] = []
    for change in changes:
        results += await applied(connected, place, pause, (change,))
        last = results[-1]
        if isinstance(last, Unavailable):  # the others need not wait for the same
            return [*results, *repeated(last, changes[len(results) :])]
    return results


async def _stored(
    connected: Connected, place: Place[E], pause: Pause, changes: Sequence[Change[E]]
) -> list[Result[E]]:
    for lost in range(MAX_ROUNDS):
        async with connected() as executor:
            found = await place.find(executor)
            if found is None:
                return [None] * len(changes)
            present, assignees = found
            last, results, told = _made(present, changes, assignees)
            if last is present:
                return results
            numbers = await place.save(executor, last, present.version, [each[1] for each in told])
            if numbers:
                for (cause, event), number in zip(told, numbers, strict=True):
                    cause.tell(event, str(number))
                return results
        if lost >= PATIENT_ROUNDS:
            await pause(random.uniform(0, min(_SHORTEST * 2**lost, _LONGEST)))  # noqa: S311  # jitter
    raise StoreUnavailable(f"A row changed under {MAX_ROUNDS} attempts to change it")


def _made(
    present: E, changes: Sequence[Change[E]], assignees: Sequence[int] | None
) -> tuple[E, list[Result[E]], list[tuple[Cause, Event]]]:
    """Return what becomes of a row at last, what each change made of it or raised, and the events.

    With `assignees`, nobody was told of the row yet, and the first event tells all of it.
    """
    last = present
    results: list[Result[E]] = []
    told: list[tuple[Cause, Event]] = []
    for change in changes:
        try:
            made = following(present, last, change.verb(last))
        except BaseException as error:  # noqa: BLE001  # it is raised where the verb came from
            results.append(error)
            continue
        is_first = assignees is not None and not told
        known = state(present, change.cause, assignees or ()) if is_first else None
        told.append((change.cause, updated(last, made, change.cause, known)))
        results.append(last := made)
    return last, results, told


def following(present: E, before: E, made: E) -> E:
    """Return what a verb has made, one version on, and with what no change stores as it was."""
    kept = {name: getattr(present, name) for name in FIXED if hasattr(present, name)}
    return attrs.evolve(made, **kept | {"version": before.version + 1})

"""Changes of one row: read it, see what becomes of it, store that unless somebody was faster.

Callers that change one row at the same time would take it from each other, round after round. So
those of one store wait for each other, and in an event loop all who wait are served by one round:
their verbs are applied one after another, to what the one before has made of the row.
"""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

import attrs

from fring_adapters.postgres.sql.rows import FIXED
from fring_adapters.postgres.wire.errors import repeated
from fring_core import Conflict, StoreUnavailable, Task, Unavailable, User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Sequence
    from contextlib import AbstractAsyncContextManager

    from fring_adapters.postgres.wire.executor import Executor

E = TypeVar("E", User, Task)
Verb: TypeAlias = "Callable[[E], E]"
Result: TypeAlias = "E | BaseException | None"
Connected: TypeAlias = "Callable[[], AbstractAsyncContextManager[Executor]]"
Get: TypeAlias = "Callable[[Executor], Awaitable[E | None]]"
Save: TypeAlias = "Callable[[Executor, E, int], Awaitable[bool]]"
Pause: TypeAlias = "Callable[[float], Awaitable[None]]"
Apply: TypeAlias = "Callable[[Sequence[Verb[Any]]], Awaitable[list[Any]]]"

# A lost round means that a caller of another process won; this many, that something is wrong.
MAX_ROUNDS: Final = 100
PATIENT_ROUNDS: Final = 3  # that are lost without a pause
_SHORTEST: Final = 0.005  # seconds
_LONGEST: Final = 0.3


class Changing:
    """Change rows, each for one caller after the other or for several together."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def change(self, key: Hashable, verb: Verb[E], get: Get[E], save: Save[E]) -> E | None:
        """Return what `verb` makes of the row that `get` reads, or None if there is none.

        `key` is the same for all who change that row. `save` stores a row in place of one of this
        version, and tells whether it did.
        """
        self._executor.check()  # before any waiting for others
        apply = partial(applied, self._executor.on_one_connection, get, save, self._pause)
        result = await self._in_turn(key, verb, apply)
        if isinstance(result, BaseException):
            raise result
        changed: E | None = result
        return changed

    async def _in_turn(self, key: Hashable, verb: Verb[Any], apply: Apply) -> Any:
        """Return what `apply` makes of a verb when its turn has come, perhaps among others."""
        raise NotImplementedError

    async def _pause(self, seconds: float) -> None:
        raise NotImplementedError


async def applied(
    connected: Connected, get: Get[Any], save: Save[Any], pause: Pause, verbs: Sequence[Verb[Any]]
) -> list[Any]:
    """Apply verbs to a row, one after another; return what each made of it, or its error."""
    try:
        return await _stored(connected, get, save, pause, verbs)
    except Conflict as error:  # of one of them
        if len(verbs) == 1:
            return [error]
    except Exception as error:  # noqa: BLE001  # all are told
        return [error, *repeated(error, verbs[1:])]
    results: list[Any] = []
    for verb in verbs:
        results += await applied(connected, get, save, pause, (verb,))
        last = results[-1]
        if isinstance(last, Unavailable):  # the others need not wait for the same
            return [*results, *repeated(last, verbs[len(results) :])]
    return results


async def _stored(
    connected: Connected, get: Get[E], save: Save[E], pause: Pause, verbs: Sequence[Verb[E]]
) -> list[Result[E]]:
    for lost in range(MAX_ROUNDS):
        async with connected() as executor:
            present = await get(executor)
            if present is None:
                return [None] * len(verbs)
            last, results = _made(present, verbs)
            if last is present or await save(executor, last, present.version):
                return results
        if lost >= PATIENT_ROUNDS:
            await pause(random.uniform(0, min(_SHORTEST * 2**lost, _LONGEST)))  # noqa: S311  # jitter
    raise StoreUnavailable(f"A row changed under {MAX_ROUNDS} attempts to change it")


def _made(present: E, verbs: Sequence[Verb[E]]) -> tuple[E, list[Result[E]]]:
    """Return what becomes of a row at last, and what each verb made of it or raised."""
    last = present
    results: list[Result[E]] = []
    for verb in verbs:
        try:
            last = following(present, last, verb(last))
        except BaseException as error:  # noqa: BLE001  # it is raised where the verb came from
            results.append(error)
        else:
            results.append(last)
    return last, results


def following(present: E, before: E, made: E) -> E:
    """Return what a verb has made, one version on, and with what no change stores as it was."""
    kept = {name: getattr(present, name) for name in FIXED if hasattr(present, name)}
    return attrs.evolve(made, **kept | {"version": before.version + 1})

"""Changes of one row: read it, see what becomes of it, store that unless somebody was faster.

Callers that change one row at the same time would take it from each other, round after round. So
those of one store wait for each other, and in an event loop all who wait are served by one round:
their verbs are applied one after another, to what the one before has made of the row.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from copy import copy
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

import attrs

from fring_adapters.postgres.sql.rows import FIXED
from fring_core import FringError, StoreUnavailable, Task, User

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Sequence

E = TypeVar("E", User, Task)
Verb: TypeAlias = "Callable[[E], E]"
Result: TypeAlias = "E | BaseException | None"
Apply: TypeAlias = "Callable[[Sequence[Verb[Any]]], Awaitable[list[Any]]]"

# A lost round means that a caller of another process won; this many, that something is wrong.
MAX_ROUNDS: Final = 100
PATIENT_ROUNDS: Final = 3  # that are lost without a pause
_SHORTEST: Final = 0.005  # seconds
_LONGEST: Final = 0.3


class Changing(Protocol):
    """Say when a change of a row may begin."""

    async def change(self, key: Hashable, verb: Verb[Any], apply: Apply) -> Any:
        """Return what `apply` makes of the row by this verb, together with others or not."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait."""
        ...


async def applied(
    get: Callable[[], Awaitable[E | None]],
    save: Callable[[E, int], Awaitable[bool]],
    verbs: Sequence[Verb[E]],
    pause: Callable[[float], Awaitable[None]],
) -> list[Result[E]]:
    """Apply verbs to a row, one after another; return what each made of it, or raised.

    `save` stores a row in place of one of this version, and tells whether it did.
    """
    for lost in range(MAX_ROUNDS):
        present = await get()
        if present is None:
            return [None] * len(verbs)
        last, results = _made(present, verbs)
        if last is present:
            return results
        try:
            saved = await save(last, present.version)
        except FringError:
            if len(verbs) == 1:
                raise
            return [await _alone(get, save, verb, pause) for verb in verbs]
        if saved:
            return results
        if lost >= PATIENT_ROUNDS:
            await pause(random.uniform(0, min(_SHORTEST * 2**lost, _LONGEST)))  # noqa: S311  # jitter
    raise StoreUnavailable(f"A row changed under {MAX_ROUNDS} attempts to change it")


async def _alone(get: Any, save: Any, verb: Verb[E], pause: Any) -> Result[E]:
    try:
        [result] = await applied(get, save, [verb], pause)
    except FringError as error:
        return error
    return result


def _made(present: E, verbs: Sequence[Verb[E]]) -> tuple[E, list[Result[E]]]:
    """Return what becomes of a row at last, and what each verb made of it or raised."""
    last = present
    results: list[Result[E]] = []
    for verb in verbs:
        try:
            last = _next(present, last, verb(last))
        except Exception as error:  # noqa: BLE001  # it is raised where the verb came from
            results.append(error)
        else:
            results.append(last)
    return last, results


def _next(present: E, before: E, made: E) -> E:
    """Return what a verb has made, one version on, and with what no change stores as it was."""
    kept = {name: getattr(present, name) for name in FIXED if hasattr(present, name)}
    return attrs.evolve(made, **kept | {"version": before.version + 1})


def _settled(result: Result[E]) -> E | None:
    if isinstance(result, BaseException):
        raise result
    return result


class Alone:
    """Change rows at once: in a transaction, whose calls come one after another anyway."""

    async def change(self, _: Hashable, verb: Verb[Any], apply: Apply) -> Any:
        """Do as `Changing` says."""
        [result] = await apply([verb])
        return _settled(result)

    async def pause(self, _: float) -> None:
        """Go on: nobody in this transaction is in the way."""


class InTurn:
    """Change a row in one thread after the other."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: dict[Hashable, list[Any]] = defaultdict(lambda: [Lock(), 0])

    async def change(self, key: Hashable, verb: Verb[Any], apply: Apply) -> Any:
        """Do as `Changing` says."""
        with self._lock:
            row = self._rows[key]
            row[1] += 1
        try:
            with row[0]:
                [result] = await apply([verb])
        finally:
            with self._lock:
                row[1] -= 1
                if not row[1]:
                    del self._rows[key]
        return _settled(result)

    async def pause(self, seconds: float) -> None:
        """Block the thread."""
        time.sleep(seconds)  # noqa: ASYNC251  # blocking is what this one is for


class Together:
    """Change a row for all tasks of an event loop that wait for it, in one round."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[tuple[Verb[Any], asyncio.Future[Any]]]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def change(self, key: Hashable, verb: Verb[Any], apply: Apply) -> Any:
        """Do as `Changing` says."""
        waiting = self._waiting.get(key)
        if waiting is not None:
            reply = asyncio.get_running_loop().create_future()
            waiting.append((verb, reply))
            return _settled(await reply)
        self._waiting[key] = []
        try:
            [result] = await apply([verb])
        finally:
            self._serve_others(key, apply)
        return _settled(result)

    def _serve_others(self, key: Hashable, apply: Apply) -> None:
        waiting = [each for each in self._waiting.pop(key) if not each[1].done()]
        if waiting:
            self._waiting[key] = []
            # A task of its own: whoever is cancelled must not take the others along.
            task = asyncio.create_task(self._serve(key, waiting, apply))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _serve(
        self, key: Hashable, waiting: Sequence[tuple[Verb[Any], asyncio.Future[Any]]], apply: Apply
    ) -> None:
        results: list[Any] = []
        try:
            results = await apply([verb for verb, _ in waiting])
        except Exception as error:  # noqa: BLE001  # all who wait are told
            results = [copy(error) for _ in waiting]
        finally:
            for place, (_, reply) in enumerate(waiting):
                if reply.done():
                    continue
                if results:
                    reply.set_result(results[place])
                else:
                    reply.cancel()
            self._serve_others(key, apply)

    async def pause(self, seconds: float) -> None:
        """Let others go on."""
        await asyncio.sleep(seconds)

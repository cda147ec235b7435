"""Make a history that fails shorter, by leaving steps out as long as it still fails."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

import attrs

from fring_core.testing.histories.steps import Block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fring_core.testing.histories.steps import Step


@attrs.frozen
class Failure:
    """Hold a history that fails: the steps, the last of which fails, and with what."""

    steps: list[Step]
    error: Exception


Fails: TypeAlias = "Callable[[list[Step]], Failure | None]"


def shortened(
    failure: Failure, fails: Fails, seconds: float, tell: Callable[[str], None]
) -> Failure:
    """Return the shortest history found in so many seconds that fails by the same type of error.

    `fails` makes the steps anew, on empty stores; what it returns ends with the step that failed.
    """
    begun = told = time.monotonic()
    tries, progress = 0, True
    while progress:
        progress = False
        for candidate in _shorter(failure.steps):
            now = time.monotonic()
            if now - begun > seconds:
                return failure
            if now - told > 2:
                told = now
                tell(f"{len(failure.steps)} steps after {tries} tries and {now - begun:.0f} s")
            tries += 1
            found = fails(candidate)
            if found is not None and type(found.error) is type(failure.error):
                failure, progress = found, True
                break
    return failure


def _shorter(steps: list[Step]) -> Iterator[list[Step]]:
    """Yield what is left without some of the steps: without many first, then without one."""
    size = len(steps) // 2
    while size:
        for start in range(len(steps) - size, -1, -size):
            yield steps[:start] + steps[start + size :]
        size //= 2
    for number, step in enumerate(steps):
        if isinstance(step, Block):
            before, after = steps[:number], steps[number + 1 :]
            yield [*before, *step.steps, *after]  # with no transaction
            for inside in _shorter(step.steps):
                yield [*before, Block(inside, step.commits), *after]

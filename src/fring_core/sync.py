"""Drive a use case without an event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return its result.

    The memory store and the blocking PostgreSQL store never suspend, so any use case on them
    finishes in one step. Raise `RuntimeError` if the coroutine would suspend: it is closed, and
    whatever it had begun is rolled back as on any error.
    """
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    coroutine.close()
    raise RuntimeError(
        "run_sync drives only stores that never suspend (the memory store, the blocking"
        " PostgreSQL store); with an asynchronous store, await the call in an event loop"
    )

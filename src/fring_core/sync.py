"""Drive a use case without an event loop."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return its result.

    The memory store and the blocking PostgreSQL store never suspend, so any use case on them
    finishes in one step. Raise `RuntimeError` if the coroutine would suspend: it is closed, and
    whatever it had begun is rolled back as on any error; `TypeError` for what is no coroutine.
    """
    # Whatever its type says, it may be the function that was not called.
    if not isinstance(coroutine, Coroutine):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            "run_sync takes a coroutine, as a call of an `async def` function returns it, such as"
            f" run_sync(fring.list_users()), not {coroutine!r:.100}"
        )
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

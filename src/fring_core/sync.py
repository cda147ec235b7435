"""Drive a use case without an event loop."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar

T = TypeVar("T")

_driven: Final[ContextVar[bool]] = ContextVar("fring_driven", default=False)

_NO_LOOP: Final = "no running event loop"  # what asyncio says to who needs one
_SUSPENDS: Final = (
    "run_sync drives only what never suspends: not an asynchronous store, nor accounts, whose"
    " passwords are hashed in threads; await the call in an event loop, as asyncio.run does"
)


@contextmanager
def driven() -> Generator[None]:
    """Mark calls as driven without a loop: they hold up whatever loop runs, and are meant to."""
    token = _driven.set(True)
    try:
        yield
    finally:
        _driven.reset(token)


def is_driven() -> bool:
    """Tell whether this is called by `run_sync`, or inside `driven`."""
    return _driven.get()


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
            f" run_sync(fring.users.list()), not {coroutine!r:.100}"
        )
    token = _driven.set(True)
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    except RuntimeError as error:
        if str(error) != _NO_LOOP:
            raise
        raise RuntimeError(_SUSPENDS) from error
    finally:
        _driven.reset(token)
    coroutine.close()
    raise RuntimeError(_SUSPENDS)

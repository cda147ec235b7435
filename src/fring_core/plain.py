"""Methods without `await`, made from those that have it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from fring_core.sync import run_sync

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterator

P = ParamSpec("P")
T = TypeVar("T")


class Blocking:
    """Hold what is called, as `awaited`."""

    def __init__(self, awaited: Any) -> None:
        self.awaited = awaited


def plain(
    use_case: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Blocking, P], T]:
    """Return a method that calls one of this name on what is `awaited`, and returns its result."""

    @wraps(use_case)
    def call(self: Blocking, /, *args: P.args, **kwargs: P.kwargs) -> T:
        result: T = run_sync(getattr(self.awaited, use_case.__name__)(*args, **kwargs))
        return result

    return call


def plain_iterator(
    use_case: Callable[Concatenate[Any, P], AsyncIterator[T]],
) -> Callable[Concatenate[Blocking, P], Iterator[T]]:
    """Return a method that iterates, as `plain` does for one that is awaited."""

    @wraps(use_case)
    def call(self: Blocking, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        items: AsyncGenerator[T] = getattr(self.awaited, use_case.__name__)(*args, **kwargs)

        async def following() -> T:
            return await anext(items)

        try:
            while True:
                yield run_sync(following())
        except StopAsyncIteration:
            return
        finally:
            run_sync(items.aclose())

    return call

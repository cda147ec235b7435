"""Which blocks a caller stands in, so that a store can refuse to be used past its transaction."""

from __future__ import annotations

from contextlib import suppress
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_MESSAGE: Final = (
    "A transaction of this store is open here: inside its block, use the store (or Fring) that the"
    " block was given"
)
_entered: Final[ContextVar[tuple[Block, ...]]] = ContextVar("fring_blocks", default=())


class Block:
    """Mark a caller as standing in a transaction's block of `store`, for as long as it does.

    A task or a thread that is started inside has a context of its own, and is not marked: it may
    be there for something else, and outlive the block.
    """

    def __init__(self, store: object) -> None:
        self._store = store
        self._over = False

    def __enter__(self) -> Self:
        self._token: Token[tuple[Block, ...]] = _entered.set((*_entered.get(), self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over = True
        with suppress(ValueError):  # it is left in another context, as some test fixtures are
            _entered.reset(self._token)

    def is_around(self, store: object) -> bool:
        """Tell whether it is a block of this store, and was entered in this very context."""
        if self._over or self._store is not store:
            return False
        entered = _entered.get()
        try:
            _entered.reset(self._token)  # which other contexts, copies included, may not
        except ValueError:
            return False
        self._token = _entered.set(entered)
        return True


def check_outside(store: object) -> None:
    """Raise `RuntimeError` if the caller stands in a block of this store."""
    for block in _entered.get():
        if block.is_around(store):
            raise RuntimeError(_MESSAGE)

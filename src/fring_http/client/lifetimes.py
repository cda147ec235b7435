"""When a client may be used: until it is closed, and in one process."""

from __future__ import annotations

import os
from typing import Final
from weakref import WeakSet

CLOSED: Final = "The client is closed: make a new one, and leave its block when all is done"
FORKED: Final = (
    "The client was opened before a fork, and its connections are the other process's: make a"
    " client in each process"
)


class Lifetime:
    """Tell whether a client may be used; `refusal` says why not, None if it may."""

    def __init__(self) -> None:
        self.refusal: str | None = None

    def check(self) -> None:
        """Raise `RuntimeError` if it may not be used; else it belongs to this process."""
        if self.refusal is not None:
            raise RuntimeError(self.refusal)
        _in_use.add(self)

    def end(self) -> bool:
        """Refuse its use from now on; tell whether it is this process's to close."""
        if self.refusal is FORKED:
            return False
        self.refusal = CLOSED
        return True


_in_use: Final[WeakSet[Lifetime]] = WeakSet()


def _refuse() -> None:
    # To use or to close a connection that is shared with the parent would end it for both.
    for lifetime in _in_use:
        lifetime.refusal = FORKED


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_refuse)

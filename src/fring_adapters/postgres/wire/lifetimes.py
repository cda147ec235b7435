"""When a pool may be used: from its opening to its closing, in the process that opened it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import psycopg

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection

NEVER_OPENED: Final = (
    "The store was never opened: use it in `with open_postgres(url) as fring`, or in"
    " `async with open_postgres_async(url) as fring`; without a block, call its `open`"
)
CLOSED: Final = "The store is closed: make a new one, and leave its `with` block when all is done"
FORKED: Final = (
    "The store was opened before a fork, and its connections are the other process's: make and"
    " open a store in each process"
)


class Lifetime:
    """Tell whether a pool may be used.

    `refusal` says why not; None if it may. `forked` is True in a child of the process that
    opened it.
    """

    refusal: str | None = NEVER_OPENED
    forked: bool = False

    def begin(self) -> None:
        """Allow its use; raise `RuntimeError` if that is over for good."""
        if self.refusal not in (None, NEVER_OPENED):
            raise RuntimeError(self.refusal)
        self.refusal = None
        _open.add(self)

    def check_open(self) -> None:
        """Raise `RuntimeError` if it may not be used."""
        if self.refusal is not None:
            raise RuntimeError(self.refusal)

    def check_process(self) -> None:
        """Raise `RuntimeError` in a child of the process that opened it."""
        if self.forked:
            raise RuntimeError(self.refusal)

    def end(self) -> bool:
        """Refuse its use from now on; tell whether it is this process's to close."""
        if not self.forked:
            self.refusal = CLOSED
        return not self.forked


_open: Final[WeakSet[Lifetime]] = WeakSet()
_connections: Final[WeakSet[AsyncConnection[Any] | Connection[Any]]] = WeakSet()


def remember(connection: AsyncConnection[Any] | Connection[Any]) -> None:
    """Have a connection cut off in every child of this process."""
    _connections.add(connection)


def _cut_off() -> None:
    """Leave the parent's connections to it.

    Their sockets are shared with it. Whatever this process may still write to them, be it a
    ROLLBACK on leaving a block or a farewell at its exit, must not reach the server.
    """
    for pool in _open:
        pool.refusal, pool.forked = FORKED, True
    here, there = socket.socketpair()
    there.close()
    with here:
        for connection in _connections:
            with suppress(psycopg.Error):  # it is closed
                os.dup2(here.fileno(), connection.fileno(), inheritable=False)


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_cut_off)

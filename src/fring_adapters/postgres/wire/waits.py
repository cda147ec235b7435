"""How the waits of a connection end: with what was found, late, or with its caller stopped."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from fring_adapters.postgres.wire.door import CANCEL_SECONDS, DEADLINE_SECONDS
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import AsyncConnection, Connection
    from psycopg.errors import Diagnostic

    from fring_adapters.postgres.wire.door import Door
    from fring_adapters.postgres.wire.statement import Row

T = TypeVar("T")

# What PostgreSQL warns from if it ends the wait for a synchronous standby: what is cancelled then has
# succeeded all the same.
_UNCONFIRMED: Final = "SyncRepWaitForLSN"


def is_waiting(connection: AsyncConnection[Row] | Connection[Row]) -> bool:
    """Tell whether the database is still at a statement of this connection."""
    # Of what ends a wait, only its own time, or a caller that is stopped, leaves a statement going.
    return connection.pgconn.transaction_status == TransactionStatus.ACTIVE


def is_late(error: BaseException) -> bool:
    """Tell whether a wait ended with its own time, and not with its caller's."""
    return isinstance(error, psycopg.OperationalError)


def note(noticed: list[str | None], notice: Diagnostic) -> None:
    """Remember where in the server a notice came from."""
    noticed.append(notice.source_function)  # now: the notice itself is gone afterwards


class Pooled:
    """Hold what the pool knows of a connection, and how patient it is."""

    number: int = 0
    taken_at: float = 0.0
    used_at: float = 0.0
    deadline: float = DEADLINE_SECONDS
    cancel_seconds: float = CANCEL_SECONDS
    limits: bytes = b""
    noticed: list[str | None]  # where in the server the notices of the last statement came from

    def enter(self, door: Door) -> None:
        """Keep to what a door allows."""
        self.deadline, self.cancel_seconds, self.limits = door.deadline, door.cancel, door.limits
        self.noticed = []

    def outcome(self, stopped: BaseException, error: psycopg.Error) -> BaseException:
        """Return what to raise for a wait that was stopped, and then ended with an error."""
        if not is_late(stopped):  # its caller was stopped, and has to learn of that
            return stopped
        if not is_late(error):
            return error
        late = StoreUnavailable(
            f"A statement took longer than {self.deadline:g} s and was cancelled"
        )
        late.__cause__ = error  # which tells whether the database has cancelled it
        return late

    def confirmed(self, found: T) -> T:
        """Return what was found; raise `StoreUnavailable` if nobody knows whether it will last."""
        if self.noticed:
            is_unconfirmed = _UNCONFIRMED in self.noticed
            self.noticed.clear()
            if is_unconfirmed:
                raise StoreUnavailable("No synchronous standby has confirmed a commit in time")
        return found

    @contextmanager
    def hurried(self, seconds: float) -> Iterator[None]:
        """Wait so many seconds at most in this block."""
        deadline, self.deadline = self.deadline, min(self.deadline, seconds)
        try:
            yield
        finally:
            self.deadline = deadline

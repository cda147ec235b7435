"""What executors ask of psycopg in one colour: `async` awaits, blocking never suspends."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar

from fring_adapters.postgres.wire.turns import ANY

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

    from psycopg import AsyncConnection, Connection

    from fring_adapters.postgres.wire.statement import Row, Statement
    from fring_adapters.postgres.wire.turns import Tables

C = TypeVar("C", bound="AsyncConnection[Any] | Connection[Any]")
C_contra = TypeVar("C_contra", bound="AsyncConnection[Any] | Connection[Any]", contravariant=True)


# Given the name of a statement, returns what is open while that is on its way.
Watch: TypeAlias = "Callable[[str], AbstractContextManager[object]]"
UNWATCHED: Final = nullcontext()


def count_error(errors: Counter[str] | None, error: Exception) -> None:
    """Count an error under its class of SQLSTATE, `none` if the database did not say one."""
    if errors is not None:
        state: str | None = getattr(error, "sqlstate", None)
        errors[state[:2] if state else "none"] += 1


class Lock(Protocol):
    """Let one caller in at a time."""

    async def acquire(self) -> object:
        """Wait until nobody else is in."""
        ...

    def release(self) -> None:
        """Let the next one in."""
        ...


class Driver(Protocol[C_contra]):
    """Send statements on a connection, and open transactions on it."""

    def check_usable(self) -> None:
        """Raise `RuntimeError` in a process, or without a loop, that it is not for."""
        ...

    def lock(self) -> Lock:
        """Return a lock for the callers of one connection."""
        ...

    def transaction(self, connection: C_contra) -> AbstractAsyncContextManager[object]:
        """Open a transaction, or a savepoint inside one, that commits when it is left normally."""
        ...

    async def execute(
        self,
        connection: C_contra,
        statement: Statement,
        parameters: Mapping[str, Any],
        *,
        prepare: bool | None = None,
    ) -> list[Row]:
        """Send a statement and return its rows; `prepare=False` sends it as it stands."""
        ...

    async def renew(self, lost: C_contra, pause: float = 0.0) -> None:
        """Give up the connections that will have died with a lost one, once in `pause` seconds."""
        ...


class PoolDriver(Driver[C], Protocol):
    """Hand out connections as well, of a pool."""

    async def take(self, tables: Tables = ANY) -> C:
        """Return a connection, when it is this caller's turn; raise what `Supply` says."""
        ...

    async def give_back(self, connection: C) -> None:
        """Take a connection back, in whatever state."""
        ...

    async def limit(self, connection: C) -> None:
        """Have the database end by itself what the transaction of a connection may not do."""
        ...

    def hurried(self, connection: C, seconds: float) -> AbstractContextManager[None]:
        """Have what is sent in this block end after so many seconds at most."""
        ...

    async def forget_prepared(self, connection: C) -> None:
        """Drop all prepared statements of a connection."""
        ...

    async def pause(self, seconds: float) -> None:
        """Wait before trying again."""
        ...

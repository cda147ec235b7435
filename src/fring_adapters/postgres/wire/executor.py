"""What repositories and the store ask of an executor."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import psycopg

from fring_adapters.postgres.wire.errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from fring_adapters.postgres.wire.statement import Row, Statement


class Executor(Protocol):
    """Send statements, each in a transaction of its own or all in one."""

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows.

        Raise `Unavailable` if it cannot be done now, and `psycopg.IntegrityError` for a
        constraint that stands against it.
        """
        ...

    def transaction(self) -> AbstractAsyncContextManager[Executor]:
        """Open a transaction, or a savepoint inside one."""
        ...


@contextmanager
def translating() -> Iterator[None]:
    """Turn what psycopg raises into what the ports raise."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) or error from error


class Scope:
    """Tell whether a transaction may be used.

    It may not once it is over, when its connection serves others, nor while one inside it is
    open, whose end would decide about what the outer one did meanwhile.
    """

    def __init__(self) -> None:
        self._refusal: str | None = None

    def check(self) -> None:
        """Raise `RuntimeError` if the transaction may not be used now."""
        if self._refusal is not None:
            raise RuntimeError(self._refusal)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold for as long as the transaction is open."""
        try:
            yield
        finally:
            self._refusal = "The transaction is over; use the store that it was opened on"

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Hold for as long as a transaction inside this one is open."""
        self.check()
        self._refusal = "A transaction inside this one is open; use the store that it gave"
        try:
            yield
        finally:
            self._refusal = None

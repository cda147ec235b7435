"""What repositories and the store ask of an executor."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import psycopg

from fring_adapters.postgres.errors import translated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from fring_adapters.postgres.rows import Row
    from fring_adapters.postgres.statements import Statement


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


def check_open(*, closed: bool) -> None:
    """Raise `RuntimeError` if a transaction is over."""
    if closed:
        raise RuntimeError("The transaction is over; use the store that it was opened on")

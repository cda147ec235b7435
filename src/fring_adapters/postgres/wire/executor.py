"""What repositories send their statements to, whatever is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from fring_adapters.postgres.wire.statement import told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

    from fring_adapters.postgres.wire.statement import Row, Statement


T = TypeVar("T")


class Executor(Protocol):
    """Send statements, each in a transaction of its own or all in one."""

    def check(self) -> None:
        """Raise `RuntimeError` if it may not be used here and now."""
        ...

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows.

        Raise `Unavailable` if it cannot be done now, and `psycopg.IntegrityError` for a
        constraint that stands against it.
        """
        ...

    async def ask(self, statement: Statement, call: Mapping[str, Any]) -> list[Row]:
        """Return what a statement that serves several calls tells this one; raise as `run`.

        It may go together with calls that others make now.
        """
        ...

    async def ask_each(
        self, statement: Statement, calls: Sequence[Mapping[str, Any]]
    ) -> list[list[Row]]:
        """Return what it tells each of these; raise as `run`, if it fails for any of them."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Executor]:
        """Open a transaction, or a savepoint inside one."""
        ...

    async def all_or_nothing(self, work: Callable[[Executor], Awaitable[T]]) -> T:
        """Return what `work` does on an executor of one transaction; raise as `run`.

        It is done again if it clashed with others. In a transaction, other calls wait meanwhile.
        """
        ...

    def on_one_connection(self) -> AbstractAsyncContextManager[Executor]:
        """Send statements on one connection until the block ends, each as `run` does."""
        ...


class Asking:
    """Serve calls with one statement, on whatever runs that."""

    async def run(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """Send a statement and return its rows."""
        raise NotImplementedError

    async def ask(self, statement: Statement, call: Mapping[str, Any]) -> list[Row]:
        """Return what a statement tells one call."""
        [rows] = await self.ask_each(statement, [call])
        return rows

    async def ask_each(
        self, statement: Statement, calls: Sequence[Mapping[str, Any]]
    ) -> list[list[Row]]:
        """Return what a statement tells each of several calls, if there are any."""
        if not calls:
            return []
        return told(await self.run(statement, statement.asked_by(calls)), len(calls))

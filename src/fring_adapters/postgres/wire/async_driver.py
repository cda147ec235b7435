"""The driver for event loops."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Any

from fring_adapters.postgres.wire.cursors import MOST_KEPT, FringAsyncCursor
from fring_adapters.postgres.wire.driver import UNWATCHED, count_error

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from psycopg import AsyncConnection

    from fring_adapters.postgres.wire.driver import Watch
    from fring_adapters.postgres.wire.statement import Row, Statement


class AsyncDriver:
    """Await psycopg's asynchronous connections, as `Driver` says."""

    schema: str | None = None  # that the tables are in; None: the first on the search path
    watch: Watch | None = None
    errors: Counter[str] | None = None  # of statements, by class of SQLSTATE
    under_way: dict[Any, tuple[Statement, float]] | None = None  # by connection, since when

    def check_usable(self) -> None:
        """Raise `RuntimeError` where no loop runs."""
        # Without this, psycopg would fail half-way, and not in words that help.
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            raise RuntimeError(
                "PostgresStore needs an event loop; with run_sync, use BlockingPostgresStore"
            ) from None

    def lock(self) -> asyncio.Lock:
        """Return a lock for tasks."""
        return asyncio.Lock()

    def transaction(self, connection: AsyncConnection[Any]) -> AbstractAsyncContextManager[object]:
        """Open a transaction, or a savepoint."""
        return connection.transaction()

    async def execute(
        self,
        connection: AsyncConnection[Any],
        statement: Statement,
        parameters: Mapping[str, Any],
        *,
        prepare: bool | None = None,
    ) -> list[Row]:
        """Send a statement and return its rows."""
        cursor = self._cursor(connection)
        under_way = self.under_way
        if under_way is not None:
            under_way[connection] = statement, monotonic()
        with self.watch(statement.name) if self.watch else UNWATCHED:
            try:
                await cursor.execute(
                    statement.within(self.schema), parameters, prepare=prepare, binary=True
                )
                rows = await cursor.fetchall()
            except Exception as error:
                count_error(self.errors, error)
                raise
            finally:
                if under_way is not None:
                    del under_way[connection]
        if len(rows) > MOST_KEPT:
            await cursor.close()
        return rows

    def _cursor(self, connection: AsyncConnection[Any]) -> FringAsyncCursor:
        return FringAsyncCursor(connection)

    async def forget_prepared(self, connection: AsyncConnection[Any]) -> None:
        """Drop all prepared statements: psycopg reads along, and prepares everything anew."""
        await connection.execute("DEALLOCATE ALL", prepare=False)

    async def pause(self, seconds: float) -> None:
        """Let others go on for so long."""
        await asyncio.sleep(seconds)

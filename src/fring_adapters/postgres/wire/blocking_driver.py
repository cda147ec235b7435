"""The driver that blocks the thread: its coroutines never suspend."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from fring_adapters.postgres.wire.cursors import MOST_KEPT, FringCursor
from fring_adapters.postgres.wire.driver import UNWATCHED, count_error
from fring_core.sync import is_driven

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import AsyncIterator, Mapping

    from psycopg import Connection

    from fring_adapters.postgres.wire.driver import Watch
    from fring_adapters.postgres.wire.statement import Row, Statement


class ThreadLock:
    """Let one thread in at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.release = self._lock.release

    async def acquire(self) -> None:
        """Block until no other thread is in."""
        self._lock.acquire()


class BlockingDriver:
    """Call psycopg's blocking connections, as `Driver` says."""

    schema: str | None = None  # that the tables are in; None: the first on the search path
    watch: Watch | None = None
    errors: Counter[str] | None = None  # of statements, by class of SQLSTATE
    under_way: dict[Any, tuple[Statement, float]] | None = None  # by connection, since when

    def check_usable(self) -> None:
        """Raise `RuntimeError` where it would hold up a loop that runs, and nobody meant it to."""
        if asyncio._get_running_loop() is not None and not is_driven():  # noqa: SLF001  # documented
            raise RuntimeError(
                "An event loop runs here, and BlockingPostgresStore would hold it up: use"
                " PostgresStore, or BlockingFring (run_sync) if nothing else is to go on meanwhile"
            )

    def lock(self) -> ThreadLock:
        """Return a lock for threads."""
        return ThreadLock()

    @asynccontextmanager
    async def transaction(self, connection: Connection[Any]) -> AsyncIterator[None]:
        """Open a transaction, or a savepoint."""
        with connection.transaction():
            yield

    async def execute(
        self,
        connection: Connection[Any],
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
                cursor.execute(
                    statement.within(self.schema), parameters, prepare=prepare, binary=True
                )
                rows = cursor.fetchall()
            except Exception as error:
                count_error(self.errors, error)
                raise
            finally:
                if under_way is not None:
                    del under_way[connection]
        if len(rows) > MOST_KEPT:
            cursor.close()
        return rows

    def _cursor(self, connection: Connection[Any]) -> FringCursor:
        return FringCursor(connection)

    async def forget_prepared(self, connection: Connection[Any]) -> None:
        """Drop all prepared statements: psycopg reads along, and prepares everything anew."""
        connection.execute("DEALLOCATE ALL", prepare=False)

    async def pause(self, seconds: float) -> None:
        """Block for so long."""
        time.sleep(seconds)  # noqa: ASYNC251  # blocking is what this one is for

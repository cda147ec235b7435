"""The memory store."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fring_adapters.memory.repositories import (
    MemoryAssignments,
    MemoryCredentials,
    MemoryTasks,
    MemoryUsers,
)
from fring_adapters.memory.tables import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class MemoryStore:
    """Keep everything in memory, empty at first, for as long as this object lives.

    A transaction never waits for another: it works on a copy, and raises `TransactionConflict`
    at its end if another caller changed what it changed.
    """

    def __init__(self, database: Database | None = None) -> None:
        self._database = Database() if database is None else database
        self.users = MemoryUsers(self._database)
        self.credentials = MemoryCredentials(self._database)
        self.tasks = MemoryTasks(self._database)
        self.assignments = MemoryAssignments(self._database)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryStore]:
        """Open a transaction, as `fring_core.Store` says."""
        with self._database.transaction() as database:
            yield MemoryStore(database)

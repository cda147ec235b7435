"""The memory store."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fring_adapters.memory.assignments import MemoryAssignments
from fring_adapters.memory.credentials import MemoryCredentials
from fring_adapters.memory.database import Database
from fring_adapters.memory.deliveries import MemoryDeliveries
from fring_adapters.memory.drawn_ids import Ids
from fring_adapters.memory.events import MemoryEvents
from fring_adapters.memory.receipts import MemoryReceipts
from fring_adapters.memory.tasks import MemoryTasks
from fring_adapters.memory.users import MemoryUsers
from fring_adapters.memory.webhooks import MemoryWebhooks
from fring_core.scopes import Block

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable


class StoreOnDatabase:
    """Reach one state of the tables: what all callers see, or a transaction's view."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.users = MemoryUsers(database)
        self.credentials = MemoryCredentials(database)
        self.tasks = MemoryTasks(database)
        self.assignments = MemoryAssignments(database)
        self.events = MemoryEvents(database)
        self.receipts = MemoryReceipts(database)
        self.webhooks = MemoryWebhooks(database)
        self.deliveries = MemoryDeliveries(database)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[StoreOnDatabase]:
        """Open a transaction, as `fring_core.Store` says."""
        with self._database.transaction() as database, Block(self._database):
            yield StoreOnDatabase(database)


class MemoryStore(StoreOnDatabase):
    """Keep everything in memory, empty at first, for as long as this object lives.

    A transaction never waits for another: it works on a view, and raises `TransactionConflict`
    at its end if another caller changed what it changed.

    `user_ids` and `task_ids` are where the ids come from that callers leave to the store: 1, 2, 3
    and so on, or any integers of 1 to 2⁶³-1. An id that a row has or has had is passed over, and so
    is a user's whose personal list has tasks. When there are no more, adding without an id of one's
    own raises `StoreUnavailable`, and all else goes on; an id that cannot be raises `ValueError`.
    Either way nothing is stored.
    """

    def __init__(
        self, *, user_ids: Iterable[int] | None = None, task_ids: Iterable[int] | None = None
    ) -> None:
        super().__init__(Database(Ids.of(user_ids), Ids.of(task_ids)))

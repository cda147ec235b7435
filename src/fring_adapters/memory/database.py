"""The database that is in memory: who may reach its tables, and when."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

import attrs

from fring_adapters.memory.drawn_ids import Ids
from fring_adapters.memory.log import own
from fring_adapters.memory.tables import Tables
from fring_core.scopes import check_outside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fring_core import Cause, Event


@attrs.define(slots=False)
class Database:
    """Hold the tables, the lock that makes a call atomic, and the sequences that ids come from."""

    user_ids: Ids
    task_ids: Ids
    tables: Tables = attrs.field(factory=Tables)
    refusal: str | None = None
    lock: RLock = attrs.field(factory=RLock)
    webhook_ids: Ids = attrs.field(factory=Ids.counting)
    delivery_ids: Ids = attrs.field(factory=Ids.counting)

    @contextmanager
    def opened(self) -> Iterator[Tables]:
        """Give the tables to one caller; raise `RuntimeError` if that must not be now."""
        if self.refusal is not None:
            raise RuntimeError(self.refusal)
        check_outside(self)
        with self.lock:
            yield self.tables

    @contextmanager
    def changing(self) -> Iterator[Tables]:
        """Give the tables to one caller who writes; raise `RuntimeError` as `opened`."""
        with self.opened() as tables:
            yield tables

    @contextmanager
    def recording(self, cause: Cause) -> Iterator[tuple[Tables, Callable[[Event], None]]]:
        """Give the tables as `changing`, and what records an event; tell the cause at the end."""
        events: list[Event] = []
        with self.changing() as tables:
            yield tables, lambda event: events.append(tables.events.record(event))
        for event in events:
            cause.tell(own(event), str(event.cursor))

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """Give a view whose changes come about at the end, together or not at all.

        Ids come from the same sequences, so a rollback burns them, as in a real database. They
        may be anybody's generators, which only one caller at a time may use: hence the same lock.
        """
        with self.opened() as tables:
            inner = Transaction(
                self.user_ids,
                self.task_ids,
                tables,
                lock=self.lock,
                webhook_ids=self.webhook_ids,
                delivery_ids=self.delivery_ids,
            )
        try:
            with self.suspended():
                yield inner
        finally:
            inner.refusal = "The transaction is over; use the store that it was opened on"
            inner.close()
        if inner.has_written:
            with self.changing():
                self.tables.commit(inner.tables)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Hold for as long as a transaction is open: others go on meanwhile."""
        yield


@attrs.define(slots=False)
class Transaction(Database):
    """Hold what a transaction has made of the tables so far: until it writes, those outside."""

    has_written: bool = False

    @contextmanager
    def changing(self) -> Iterator[Tables]:
        """Give the tables to one caller who writes; if nobody has yet, a view of them from now."""
        with self.opened() as tables:
            if not self.has_written:
                self.has_written, self.tables = True, tables.view()
            yield self.tables

    def close(self) -> None:
        """Let others go on without a thought of this transaction."""
        if self.has_written:
            with self.lock:
                self.tables.close()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Refuse all calls for as long as a transaction inside this one is open."""
        self.refusal = "A transaction inside this one is open; use the store that it gave"
        try:
            yield
        finally:
            self.refusal = None

"""The port of a store, which gives access to all others, and to transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from fring_core.ports.assignments import Assignments
    from fring_core.ports.credentials import Credentials
    from fring_core.ports.deliveries import Deliveries
    from fring_core.ports.events import Events
    from fring_core.ports.receipts import Receipts
    from fring_core.ports.tasks import Tasks
    from fring_core.ports.users import Users
    from fring_core.ports.webhooks import Webhooks


class Store(Protocol):
    """Give access to one set of users, tasks and assignments."""

    @property
    def users(self) -> Users:
        """Return the users."""
        ...

    @property
    def credentials(self) -> Credentials:
        """Return the credentials."""
        ...

    @property
    def tasks(self) -> Tasks:
        """Return the tasks."""
        ...

    @property
    def assignments(self) -> Assignments:
        """Return the assignments."""
        ...

    @property
    def events(self) -> Events:
        """Return the events."""
        ...

    @property
    def receipts(self) -> Receipts:
        """Return the receipts."""
        ...

    @property
    def webhooks(self) -> Webhooks:
        """Return the webhooks."""
        ...

    @property
    def deliveries(self) -> Deliveries:
        """Return the deliveries."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Store]:
        """Open a transaction: a store whose effects come about together, or not at all.

        Leaving the block normally MUST commit. Leaving it by an exception, cancellation included,
        MUST roll back. Until the commit, other callers MUST NOT see any effect. They MUST see all
        of a commit or nothing. Calls inside MUST see what was done inside. A call that raises
        inside MUST leave the transaction as it was before, ready to go on. Inside a transaction,
        another one MUST be able to fail alone, to any depth. A commit that would undo another's
        work MUST raise `TransactionConflict` and do nothing. A call inside may raise it already. It
        MUST NOT give a wrong answer in its place. Whoever gets it leaves the block, and may run it
        again from the beginning. While a transaction is open, calls outside MUST go on: reads
        always, and writes until it has written itself. What others commit meanwhile, calls inside
        may see at once, or not at all. Several tasks may call inside at the same time, if they run
        in one thread. While one of them has another transaction open inside, a call of the others
        MUST have its whole effect, or none and raise `RuntimeError` or `TransactionConflict`.
        """
        ...

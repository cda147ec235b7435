"""Fring: the use cases of one store, by nouns."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from fring_core.causes import Causes
from fring_core.hooks import Hook, unheard
from fring_core.receipts import KEPT_FOR
from fring_core.status import PERMISSIVE, Workflow
from fring_core.use_cases.account_admin import AccountAdmin
from fring_core.use_cases.accounts import Accounts
from fring_core.use_cases.assignments import AssignmentUseCases
from fring_core.use_cases.events import EventUseCases
from fring_core.use_cases.once import Once
from fring_core.use_cases.reminders import ReminderUseCases
from fring_core.use_cases.tasks import TaskUseCases
from fring_core.use_cases.transactions import unit
from fring_core.use_cases.users import UserUseCases
from fring_core.use_cases.webhooks import WebhookUseCases
from fring_core.values import check_callable, check_kind, check_store

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from datetime import timedelta
    from types import TracebackType
    from typing import Self

    from fring_core.causes import Note, Tell
    from fring_core.events import Event
    from fring_core.ports import Clock, Passwords, Store, TokenIssuer


T = TypeVar("T")


class Fring:
    """Manage `users`, `tasks`, `assignments`, `events` and `webhooks` in a store.

    `clock` tells the time; a call that reads one without a time zone raises `ValueError`.
    `on_commit` is called with the events of each call that was done here, when it is committed;
    what it raises is logged. `event_text=False` keeps descriptions out of events.
    `workflow` says which status changes are allowed, on personal lists `personal_workflow` (None:
    the same one). With `passwords` it has `account_admin`, with an `issuer` of tokens as well
    `accounts`. A store that has to be opened is opened and closed by `async with`, or by `open` and
    `close`. Raise `InvalidInput` for an argument that is none of its kind.
    """

    users: UserUseCases
    tasks: TaskUseCases
    assignments: AssignmentUseCases
    events: EventUseCases
    reminders: ReminderUseCases
    webhooks: WebhookUseCases

    def __init__(
        self,
        store: Store,
        *,
        clock: Clock,
        workflow: Workflow = PERMISSIVE,
        personal_workflow: Workflow | None = None,
        passwords: Passwords | None = None,
        issuer: TokenIssuer | None = None,
        on_commit: Callable[[Event], object] | None = None,
        event_text: bool = True,
    ) -> None:
        check_store(store)
        check_callable("clock", clock)
        if on_commit is not None:
            check_callable("on_commit", on_commit)
        self._workflow = workflow
        self._personal_workflow = workflow if personal_workflow is None else personal_workflow
        self._passwords = passwords
        self._issuer = issuer
        check_kind("workflow", self._workflow, Workflow)
        check_kind("personal_workflow", self._personal_workflow, Workflow)
        tell = unheard if on_commit is None else Hook(on_commit)
        self._work_on(store, Causes(clock, event_text, tell))

    def _work_on(self, store: Store, causes: Causes) -> None:
        self._store, self._causes = store, causes
        self.users = UserUseCases(store, causes)
        self.tasks = TaskUseCases(store, causes, self._workflow, self._personal_workflow)
        self.assignments = AssignmentUseCases(store, causes)
        self.events = EventUseCases(store)
        self.reminders = ReminderUseCases(store, causes)
        self.webhooks = WebhookUseCases(store, causes)

    @property
    def account_admin(self) -> AccountAdmin:
        """Return what an operator does with accounts; raise `RuntimeError` without `passwords`."""
        if self._passwords is None:
            raise RuntimeError("This Fring has no accounts: give it `passwords`")
        return AccountAdmin(self._store, passwords=self._passwords, causes=self._causes)

    @property
    def has_accounts(self) -> bool:
        """Tell whether people can have accounts here: there are `passwords` and an `issuer`."""
        return self._passwords is not None and self._issuer is not None

    @property
    def accounts(self) -> Accounts:
        """Return what people do with their accounts; raise `RuntimeError` without an `issuer`."""
        if self._passwords is None or self._issuer is None:
            raise RuntimeError("This Fring has no accounts: give it `passwords` and an `issuer`")
        return Accounts(
            self._store, passwords=self._passwords, issuer=self._issuer, causes=self._causes
        )

    def on(self, store: Store) -> Self:
        """Return a Fring that is as this one, on another store, which may need to be opened."""
        check_store(store)
        return self._like(store, self._causes)

    def acting_as(
        self, actor: str | None, *, request_id: str | None = None, on_record: Note = unheard
    ) -> Self:
        """Return a Fring that is as this one, whose events name an actor and a request.

        Both are texts of 1 to 255 characters, or None; else raise `InvalidInput`. `on_record` is
        called with the cursor of each event when it is recorded: in a transaction before it is
        known what comes of that.
        """
        return self._like(self._store, self._causes.acting_as(actor, request_id, on_record))

    def _like(self, store: Store, causes: Causes) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._work_on(store, causes)  # it is of this class
        return other

    def _within(self, store: Store, tell: Tell) -> Self:
        """Return a Fring on a transaction, with whom to tell what is told after its commit."""
        return self._like(store, self._causes.telling(tell))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Self, None]:
        """Open a block whose calls come about together, or, if it raises, not at all.

        Use the Fring that the block is given, which has all that this one has. Raise
        `TransactionConflict` at the end if another caller's work stood in the way; the block may
        then be run again.
        """
        async with unit(self._store, self._causes.on_commit) as (store, tell):
            yield self._within(store, tell)

    async def once(
        self,
        key: str,
        work: Callable[[Self], Awaitable[T]],
        *,
        caller: str = "",
        request: str = "",
        kept_for: timedelta = KEPT_FOR,
    ) -> T:
        """Return what `work` returns, and for a key that had its work done already, what that did.

        `work` is given a Fring in a transaction, with which the key and the result are stored: all
        of it comes about, or nothing. So whoever does not know whether a call was done may make it
        again, for as long as the key is kept; then it is a new one. `work` may be called again
        after a `TransactionConflict`, when nothing was stored. What it returns has to be what JSON
        can hold, else `TypeError` or `ValueError` is raised; it comes back as JSON is read. If
        anything is raised, nothing is kept.

        A key is 1 to 255 printable ASCII characters. `caller` is whose it is, up to 255 characters:
        the same key of another one is another key. `request` tells what was asked from what else
        might be. The key is kept for `kept_for`, at most 3,650 days.

        Raise `KeyReused` if something else was asked under the key, `KeyInFlight` while another
        call with it is under way, `TransactionConflict` if others stood in the way ten times,
        `InvalidKey`, `InvalidInput`, and what `work` raises.
        """
        check_callable("work", work)
        once = Once(self._store, self._causes.clock, key, caller, request, kept_for)
        result: T = await once.do(
            self._causes.on_commit, lambda store, tell: work(self._within(store, tell))
        )
        return result

    async def open(self) -> Self:
        """Open the store, if it is one that has to be opened; return this Fring."""
        store: Any = self._store
        if hasattr(store, "__aenter__"):
            await store.__aenter__()
        elif hasattr(store, "__enter__"):
            store.__enter__()
        return self

    async def close(self) -> None:
        """Close the store, if it is one that has to be closed."""
        store: Any = self._store
        if hasattr(store, "__aexit__"):
            await store.__aexit__(None, None, None)
        elif hasattr(store, "__exit__"):
            store.__exit__(None, None, None)

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

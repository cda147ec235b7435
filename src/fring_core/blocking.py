"""Fring without `await`: for stores whose calls never suspend.

Its methods are made from those of `Fring`, types and docstrings included. There is no second body.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from fring_core.hooks import unheard
from fring_core.plain import Blocking, plain, plain_iterator
from fring_core.receipts import KEPT_FOR
from fring_core.sync import run_sync
from fring_core.use_cases.account_admin import AccountAdmin
from fring_core.use_cases.accounts import Accounts
from fring_core.use_cases.assignments import AssignmentUseCases
from fring_core.use_cases.events import EventUseCases
from fring_core.use_cases.reminders import ReminderUseCases
from fring_core.use_cases.tasks import TaskUseCases
from fring_core.use_cases.users import UserUseCases
from fring_core.use_cases.webhooks import WebhookUseCases

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import timedelta
    from types import TracebackType
    from typing import Self

    from fring_core.causes import Note
    from fring_core.fring import Fring
    from fring_core.ports import Store


T = TypeVar("T")


class BlockingUsers(Blocking):
    """Do what `fring_core.use_cases.users` says."""

    create = plain(UserUseCases.create)
    get = plain(UserUseCases.get)
    get_with_tasks = plain(UserUseCases.get_with_tasks)
    find = plain(UserUseCases.find)
    list = plain(UserUseCases.list)
    all = plain_iterator(UserUseCases.all)
    count = plain(UserUseCases.count)
    update = plain(UserUseCases.update)
    delete = plain(UserUseCases.delete)


class BlockingTasks(Blocking):
    """Do what `fring_core.use_cases.tasks` says."""

    create = plain(TaskUseCases.create)
    create_many = plain(TaskUseCases.create_many)
    get = plain(TaskUseCases.get)
    get_with_users = plain(TaskUseCases.get_with_users)
    list = plain(TaskUseCases.list)
    all = plain_iterator(TaskUseCases.all)
    count = plain(TaskUseCases.count)
    update = plain(TaskUseCases.update)
    update_many = plain(TaskUseCases.update_many)
    set_status = plain(TaskUseCases.set_status)
    toggle = plain(TaskUseCases.toggle)
    delete = plain(TaskUseCases.delete)


class BlockingAssignments(Blocking):
    """Do what `fring_core.use_cases.assignments` says."""

    add = plain(AssignmentUseCases.add)
    remove = plain(AssignmentUseCases.remove)
    tasks_of = plain(AssignmentUseCases.tasks_of)
    users_of = plain(AssignmentUseCases.users_of)


class BlockingEvents(Blocking):
    """Do what `fring_core.use_cases.events` says."""

    page = plain(EventUseCases.page)
    after = plain_iterator(EventUseCases.after)
    latest = plain(EventUseCases.latest)
    has = plain(EventUseCases.has)
    forget = plain(EventUseCases.forget)
    of_task = plain(EventUseCases.of_task)


class BlockingReminders(Blocking):
    """Do what `fring_core.use_cases.reminders` says."""

    fire = plain(ReminderUseCases.fire)


class BlockingWebhooks(Blocking):
    """Do what `fring_core.use_cases.webhooks` says."""

    create = plain(WebhookUseCases.create)
    get = plain(WebhookUseCases.get)
    list = plain(WebhookUseCases.list)
    update = plain(WebhookUseCases.update)
    delete = plain(WebhookUseCases.delete)
    rotate = plain(WebhookUseCases.rotate)
    test = plain(WebhookUseCases.test)
    deliveries = plain(WebhookUseCases.deliveries)
    redeliver = plain(WebhookUseCases.redeliver)
    dispatch = plain(WebhookUseCases.dispatch)
    claim = plain(WebhookUseCases.claim)
    settle = plain(WebhookUseCases.settle)
    forget = plain(WebhookUseCases.forget)


class BlockingAccounts(Blocking):
    """Do what `fring_core.use_cases.accounts` says; wants passwords that never suspend."""

    def acting_as(
        self, actor: str | None, *, request_id: str | None = None, on_record: Note = unheard
    ) -> Self:
        """Return accounts whose events name an actor and a request, as `Fring.acting_as` says."""
        return type(self)(self.awaited.acting_as(actor, request_id=request_id, on_record=on_record))

    register = plain(Accounts.register)
    log_in = plain(Accounts.log_in)
    account_of = plain(Accounts.account_of)
    change_password = plain(Accounts.change_password)
    delete_account = plain(Accounts.delete_account)


class BlockingAccountAdmin(Blocking):
    """Do what `fring_core.use_cases.account_admin` says; wants passwords that never suspend."""

    create = plain(AccountAdmin.create)
    list_users = plain(AccountAdmin.list_users)
    set_password = plain(AccountAdmin.set_password)
    set_role = plain(AccountAdmin.set_role)


class BlockingFring:
    """Do what `Fring` does, without `await`, on a store whose calls never suspend.

    `awaited` is that Fring. Arguments, results and errors are its own. A call from a running event
    loop works, and holds the loop up for as long as it takes.
    """

    def __init__(self, awaited: Fring) -> None:
        self.awaited = awaited
        self.users: BlockingUsers = BlockingUsers(awaited.users)
        self.tasks: BlockingTasks = BlockingTasks(awaited.tasks)
        self.assignments: BlockingAssignments = BlockingAssignments(awaited.assignments)
        self.events: BlockingEvents = BlockingEvents(awaited.events)
        self.reminders: BlockingReminders = BlockingReminders(awaited.reminders)
        self.webhooks: BlockingWebhooks = BlockingWebhooks(awaited.webhooks)

    @property
    def has_accounts(self) -> bool:
        """Tell whether people can have accounts here, as `Fring.has_accounts`."""
        return self.awaited.has_accounts

    @property
    def accounts(self) -> BlockingAccounts:
        """Return what people do with their accounts, as `Fring.accounts`."""
        return BlockingAccounts(self.awaited.accounts)

    @property
    def account_admin(self) -> BlockingAccountAdmin:
        """Return what an operator does with accounts, as `Fring.account_admin`."""
        return BlockingAccountAdmin(self.awaited.account_admin)

    def acting_as(
        self, actor: str | None, *, request_id: str | None = None, on_record: Note = unheard
    ) -> Self:
        """Return a Fring whose events name an actor and a request, as `Fring.acting_as`."""
        return type(self)(self.awaited.acting_as(actor, request_id=request_id, on_record=on_record))

    def on(self, store: Store) -> Self:
        """Return a Fring that is as this one, on another store, whose calls never suspend."""
        return type(self)(self.awaited.on(store))

    @contextmanager
    def transaction(self) -> Generator[Self]:
        """Open a block whose calls come about together, as `Fring.transaction`."""
        block = self.awaited.transaction()
        inner = run_sync(block.__aenter__())
        try:
            yield type(self)(inner)
        except BaseException as error:
            if not run_sync(block.__aexit__(type(error), error, error.__traceback__)):
                raise
        else:
            run_sync(block.__aexit__(None, None, None))

    def once(
        self,
        key: str,
        work: Callable[[Self], T],
        *,
        caller: str = "",
        request: str = "",
        kept_for: timedelta = KEPT_FOR,
    ) -> T:
        """Return what `work` returns, or has returned under this key, as `Fring.once`."""

        async def done(inner: Fring) -> T:
            return work(type(self)(inner))

        return run_sync(
            self.awaited.once(key, done, caller=caller, request=request, kept_for=kept_for)
        )

    def open(self) -> Self:
        """Open the store, if it is one that has to be opened; return this Fring."""
        run_sync(self.awaited.open())
        return self

    def close(self) -> None:
        """Close the store, if it is one that has to be closed."""
        run_sync(self.awaited.close())

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

"""A store is whatever has the right methods; nothing is to be inherited."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from typing import assert_type

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, JwksTokens, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore
from fring_core import (
    Assignments,
    Attempt,
    Cause,
    Credential,
    Credentials,
    Deliveries,
    Delivery,
    Event,
    EventPage,
    Events,
    Following,
    Fring,
    IdTaken,
    NewDelivery,
    NewTask,
    NewUser,
    NewWebhook,
    Outcome,
    Page,
    Passwords,
    Receipt,
    Receipts,
    Role,
    Settlement,
    Slice,
    Store,
    Task,
    TaskFilter,
    TaskOrder,
    Tasks,
    TaskStatus,
    TaskWithUsers,
    TokenIssuer,
    Tokens,
    User,
    UserFilter,
    Users,
    UserWithTasks,
    Verdict,
    Webhook,
    Webhooks,
    WebhookWithSecret,
)


class OwnUsers:
    """Keep users; what is narrower than the port asks will do."""

    async def add(self, new: NewUser, cause: Cause, password_hash: str | None = None) -> User:
        """Add a user."""
        raise NotImplementedError

    async def get(self, user_id: int) -> User | None:
        """Find a user."""
        raise NotImplementedError

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        """Find a user with its tasks."""
        raise NotImplementedError

    async def list(self, where: UserFilter, page: Page) -> Slice[User]:
        """List users."""
        raise NotImplementedError

    async def count(self, where: UserFilter) -> int:
        """Count users."""
        raise NotImplementedError

    async def change(self, user_id: int, verb: Callable[[User], User], cause: Cause) -> User | None:
        """Change a user."""
        raise NotImplementedError

    async def remove(self, user_id: int, cause: Cause, *, version: int | None = None) -> bool:
        """Remove a user."""
        raise NotImplementedError


class OwnCredentials:
    """Keep hashes."""

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        """Find a hash."""
        raise NotImplementedError

    async def get(self, user_id: int) -> Credential | None:
        """Find a user's hash."""
        raise NotImplementedError

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        """Replace a hash."""
        raise NotImplementedError

    async def set_role(self, user_id: int, role: Role) -> bool:
        """Give a user another role."""
        raise NotImplementedError


class OwnTasks:
    """Keep tasks."""

    async def add(self, new: NewTask, owner: str | None, cause: Cause) -> Task:
        """Add a task."""
        raise NotImplementedError

    async def add_many(
        self, new: Sequence[NewTask], owner: str | None, cause: Cause
    ) -> list[Task | IdTaken]:
        """Add tasks."""
        raise NotImplementedError

    async def get(self, task_id: int, owner: str | None) -> Task | None:
        """Find a task."""
        raise NotImplementedError

    async def get_with_users(self, task_id: int, owner: str | None) -> TaskWithUsers | None:
        """Find a task with its users."""
        raise NotImplementedError

    async def list(
        self, where: TaskFilter, page: Page, owner: str | None, order: TaskOrder = TaskOrder.BY_ID
    ) -> Slice[Task]:
        """List tasks."""
        raise NotImplementedError

    async def count(self, where: TaskFilter, owner: str | None) -> int:
        """Count tasks."""
        raise NotImplementedError

    async def change(
        self, task_id: int, owner: str | None, verb: Callable[[Task], Task], cause: Cause
    ) -> Task | None:
        """Change a task."""
        raise NotImplementedError

    async def change_many(
        self,
        task_ids: Sequence[int],
        owner: str | None,
        verb: Callable[[Task], Task],
        cause: Cause,
    ) -> tuple[Task | Exception | None, ...]:
        """Change tasks."""
        raise NotImplementedError

    async def remove(
        self, task_id: int, owner: str | None, cause: Cause, *, version: int | None = None
    ) -> bool:
        """Remove a task."""
        raise NotImplementedError

    async def remind(self, limit: int, cause: Cause) -> int:
        """Remind of tasks."""
        raise NotImplementedError


class OwnAssignments:
    """Keep assignments."""

    async def add(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        """Assign."""
        raise NotImplementedError

    async def remove(self, user_id: int, task_id: int, cause: Cause) -> Outcome:
        """Un-assign."""
        raise NotImplementedError

    async def tasks_of(
        self, user_id: int, status: TaskStatus | None, page: Page | None = None
    ) -> Slice[Task] | None:
        """List a user's tasks."""
        raise NotImplementedError

    async def users_of(self, task_id: int, page: Page | None = None) -> Slice[User] | None:
        """List a task's users."""
        raise NotImplementedError


class OwnEvents:
    """Keep events."""

    async def of_task(
        self, task_id: int, owner: str | None, limit: int, before: str | None = None
    ) -> Slice[Event]:
        """List a task's events."""
        raise NotImplementedError

    async def after(self, cursor: str | None, limit: int) -> EventPage:
        """Read the feed."""
        raise NotImplementedError

    async def latest(self) -> str:
        """Tell its end."""
        raise NotImplementedError

    async def has(self, cursor: str) -> bool:
        """Look for an event in it."""
        raise NotImplementedError

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove what is old."""
        raise NotImplementedError

    async def wait(self, seconds: float) -> None:
        """Wait for more."""
        raise NotImplementedError


class OwnReceipts:
    """Keep receipts."""

    async def hold(self, caller: str, key: str, now: datetime) -> Receipt | None:
        """Hold a key."""
        raise NotImplementedError

    async def keep(self, receipt: Receipt, now: datetime) -> None:
        """Keep a receipt."""
        raise NotImplementedError


class OwnWebhooks:
    """Keep webhooks."""

    async def add(self, new: NewWebhook, place: str, now: datetime) -> WebhookWithSecret:
        """Add a webhook."""
        raise NotImplementedError

    async def get(self, webhook_id: int) -> Webhook | None:
        """Find a webhook."""
        raise NotImplementedError

    async def list(self, page: Page) -> Slice[Webhook]:
        """List webhooks."""
        raise NotImplementedError

    async def change(
        self, webhook_id: int, verb: Callable[[Webhook], Webhook], place: str
    ) -> Webhook | None:
        """Change a webhook."""
        raise NotImplementedError

    async def remove(self, webhook_id: int, *, version: int | None = None) -> bool:
        """Remove a webhook."""
        raise NotImplementedError

    async def rotate(
        self, webhook_id: int, keep: timedelta, now: datetime
    ) -> WebhookWithSecret | None:
        """Give a webhook another secret."""
        raise NotImplementedError


class OwnDeliveries:
    """Keep deliveries."""

    async def following(self) -> Sequence[Following]:
        """Tell where webhooks are."""
        raise NotImplementedError

    async def deliver(
        self,
        place: str,
        after: str,
        webhook_ids: Sequence[int],
        new: Sequence[NewDelivery],
        now: datetime,
    ) -> int:
        """Bring webhooks on."""
        raise NotImplementedError

    async def send(self, webhook_id: int, now: datetime) -> Delivery | None:
        """Send a test."""
        raise NotImplementedError

    async def list(
        self, webhook_id: int, limit: int, before_id: int | None = None
    ) -> Slice[Delivery]:
        """List deliveries."""
        raise NotImplementedError

    async def again(self, delivery_id: int, now: datetime) -> Delivery | None:
        """Begin a delivery anew."""
        raise NotImplementedError

    async def claim(self, limit: int, seconds: float, now: datetime) -> Sequence[Attempt]:
        """Claim what is due."""
        raise NotImplementedError

    async def settle(self, attempt: Attempt, settlement: Settlement, now: datetime) -> bool:
        """Settle an attempt."""
        raise NotImplementedError

    async def forget(self, before: datetime, limit: int) -> int:
        """Remove what is old."""
        raise NotImplementedError


class OwnStore:
    """Hold the eight, as attributes; the port has properties, so that these need not be set."""

    def __init__(self) -> None:
        self.users = OwnUsers()
        self.credentials = OwnCredentials()
        self.tasks = OwnTasks()
        self.assignments = OwnAssignments()
        self.events = OwnEvents()
        self.receipts = OwnReceipts()
        self.webhooks = OwnWebhooks()
        self.deliveries = OwnDeliveries()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator["OwnStore", None]:
        """Open a transaction."""
        yield self


class ForgetfulUsers(OwnUsers):
    """Return nothing from `change`."""

    async def change(self, user_id: int, verb: Callable[[User], User], cause: Cause) -> None:
        """Change a user: a result of None is one of those that the port has."""


class LateUsers(OwnUsers):
    """Find a user without suspending: that is no coroutine."""

    def get(self, user_id: int) -> User | None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Find a user."""
        raise NotImplementedError


class StrictTasks(OwnTasks):
    """Know no shared board: an owner must be there."""

    async def get(self, task_id: int, owner: str) -> Task | None:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Find a task."""
        raise NotImplementedError


class NoTransactions:
    """Lack `transaction`."""

    users: OwnUsers
    credentials: OwnCredentials
    tasks: OwnTasks
    assignments: OwnAssignments
    events: OwnEvents


def accepted(url: str) -> None:
    """Hand stores to Fring: those that ship, and one's own."""
    stores: list[Store] = [
        MemoryStore(),
        MemoryStore(user_ids=count(1), task_ids=[3, 5]),
        PostgresStore(url),
        BlockingPostgresStore(url),
        OwnStore(),
    ]
    for store in stores:
        Fring(store, clock=utc_now)


def told() -> tuple[Webhooks, Deliveries]:
    """Take what tells others for its ports."""
    return OwnWebhooks(), OwnDeliveries()


def parts() -> tuple[Users, Credentials, Tasks, Assignments, Events, Receipts]:
    """Take each part for its port."""
    assignments, events, receipts = OwnAssignments(), OwnEvents(), OwnReceipts()
    return ForgetfulUsers(), OwnCredentials(), OwnTasks(), assignments, events, receipts


def identity(
    issuer: SecretTokens, keys: JwksTokens
) -> tuple[Tokens, TokenIssuer, Tokens, Passwords]:
    """Take what proves identity for its ports."""
    return issuer, issuer, keys, Argon2Passwords()


async def passwords(port: Passwords) -> None:
    """Compare a password with a hash, or with none."""
    assert_type(await port.hash("secret"), str)
    assert_type(await port.verify("secret", None), Verdict)


def refused() -> None:
    """Hand Fring what is no store, and no clock."""
    Fring(NoTransactions(), clock=utc_now)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Fring(OwnUsers(), clock=utc_now)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Fring(OwnStore(), clock=utc_now())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def no_users() -> Users:
    """Take for a port what does not suspend where the port does."""
    return LateUsers()  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def no_tasks() -> Tasks:
    """Take for a port what asks for more than the port gives."""
    return StrictTasks()  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

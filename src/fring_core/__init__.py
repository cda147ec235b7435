"""Task management with no I/O: rules, ports and use cases.

Start with `Fring`, give it a store and a clock, and call its nouns: `await fring.tasks.create(...)`.
On a store that never suspends, `BlockingFring` does the same without `await`.
"""

from fring_core.accounts import Credential, Login, PasswordChange, Registration
from fring_core.assignments import Outcome, Side, TaskWithUsers, UserWithTasks
from fring_core.blocking import BlockingFring
from fring_core.causes import Cause, Causes
from fring_core.clocks import FixedClock
from fring_core.deliveries import Delivery, DeliveryState, Following, NewDelivery, Settlement
from fring_core.errors import (
    AlreadyAssigned,
    Conflict,
    CursorExpired,
    DeliveryNotFound,
    EmailTaken,
    Forbidden,
    FringError,
    IdTaken,
    Invalid,
    InvalidCursor,
    InvalidInput,
    InvalidKey,
    InvalidStatus,
    KeyInFlight,
    KeyReused,
    NotAssigned,
    NotFound,
    Problem,
    StoreUnavailable,
    TaskNotFound,
    TransactionConflict,
    TransitionRefused,
    Unauthenticated,
    Unavailable,
    UsernameTaken,
    UserNotFound,
    VersionConflict,
    WebhookNotFound,
)
from fring_core.events import Event, EventPage, EventType
from fring_core.fring import Fring
from fring_core.identity import ALLOWED, Action, Identity, Role
from fring_core.orders import Place, TaskOrder
from fring_core.ports import (
    Assignments,
    Clock,
    Credentials,
    Deliveries,
    Events,
    IssuedToken,
    Passwords,
    Receipts,
    Store,
    Tasks,
    TokenIssuer,
    Tokens,
    Users,
    Verdict,
    Webhooks,
)
from fring_core.queries import Page, Slice, TaskFilter, UserFilter
from fring_core.receipts import Receipt
from fring_core.status import PERMISSIVE, STRICT, VIEWS, TaskStatus, View, Workflow
from fring_core.sync import run_sync
from fring_core.tasks import NewTask, Task, TaskChanges
from fring_core.unset import UNSET
from fring_core.use_cases.account_admin import AccountAdmin
from fring_core.use_cases.accounts import Accounts, AccountToken
from fring_core.use_cases.assignments import AssignmentUseCases
from fring_core.use_cases.events import EventUseCases
from fring_core.use_cases.reminders import ReminderUseCases
from fring_core.use_cases.tasks import TaskUseCases
from fring_core.use_cases.users import UserUseCases
from fring_core.use_cases.webhooks import WebhookUseCases
from fring_core.users import NewUser, User, UserChanges
from fring_core.webhooks import (
    Attempt,
    NewWebhook,
    Webhook,
    WebhookChanges,
    WebhookWithSecret,
)

__all__ = [  # noqa: RUF022  # grouped by what they are for
    # the use cases
    "AssignmentUseCases",
    "BlockingFring",
    "EventUseCases",
    "FixedClock",
    "Fring",
    "ReminderUseCases",
    "TaskUseCases",
    "UserUseCases",
    "WebhookUseCases",
    "run_sync",
    # what a store knows
    "Delivery",
    "DeliveryState",
    "Event",
    "EventPage",
    "EventType",
    "Slice",
    "Task",
    "TaskStatus",
    "TaskWithUsers",
    "User",
    "UserWithTasks",
    "Webhook",
    "WebhookWithSecret",
    # what a caller sends
    "NewTask",
    "NewUser",
    "NewWebhook",
    "Page",
    "Place",
    "Side",
    "TaskChanges",
    "TaskFilter",
    "TaskOrder",
    "UNSET",
    "UserChanges",
    "UserFilter",
    "WebhookChanges",
    # status rules
    "PERMISSIVE",
    "STRICT",
    "VIEWS",
    "View",
    "Workflow",
    # identity
    "ALLOWED",
    "AccountAdmin",
    "AccountToken",
    "Accounts",
    "Action",
    "Credential",
    "Identity",
    "Login",
    "PasswordChange",
    "Registration",
    "Role",
    # ports
    "Assignments",
    "Attempt",
    "Cause",
    "Causes",
    "Clock",
    "Credentials",
    "Deliveries",
    "Events",
    "Following",
    "IssuedToken",
    "NewDelivery",
    "Outcome",
    "Passwords",
    "Receipt",
    "Receipts",
    "Settlement",
    "Store",
    "Tasks",
    "TokenIssuer",
    "Tokens",
    "Users",
    "Verdict",
    "Webhooks",
    # errors
    "FringError",
    "NotFound",
    "DeliveryNotFound",
    "TaskNotFound",
    "UserNotFound",
    "WebhookNotFound",
    "Conflict",
    "AlreadyAssigned",
    "EmailTaken",
    "IdTaken",
    "KeyInFlight",
    "KeyReused",
    "NotAssigned",
    "TransitionRefused",
    "UsernameTaken",
    "VersionConflict",
    "Invalid",
    "CursorExpired",
    "InvalidCursor",
    "InvalidInput",
    "InvalidKey",
    "InvalidStatus",
    "Problem",
    "Unauthenticated",
    "Forbidden",
    "Unavailable",
    "StoreUnavailable",
    "TransactionConflict",
]

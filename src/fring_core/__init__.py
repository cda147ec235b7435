"""Task management with no I/O: rules, ports and use cases.

Start with `Fring`, give it a store and a clock, and call it: `await` its methods in an event
loop, or hand them to `run_sync` on a store that never suspends.
"""

from fring_core.account_admin import AccountAdmin
from fring_core.accounts import Accounts, AccountToken
from fring_core.assignments import Outcome, TaskWithUsers, UserWithTasks
from fring_core.clocks import FixedClock
from fring_core.errors import (
    AlreadyAssigned,
    Conflict,
    EmailTaken,
    Forbidden,
    FringError,
    IdTaken,
    Invalid,
    InvalidInput,
    InvalidStatus,
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
)
from fring_core.identity import ALLOWED, Action, Identity, Role
from fring_core.logins import Login, PasswordChange, Registration
from fring_core.ports import (
    Assignments,
    Clock,
    Credentials,
    IssuedToken,
    Passwords,
    Store,
    Tasks,
    TokenIssuer,
    Tokens,
    Users,
    Verdict,
)
from fring_core.queries import Page, TaskFilter, TaskOrder, UserFilter
from fring_core.service import Fring
from fring_core.status import PERMISSIVE, STRICT, TaskStatus, Workflow
from fring_core.sync import run_sync
from fring_core.tasks import NewTask, Task, TaskChanges
from fring_core.unset import UNSET
from fring_core.users import Credential, NewUser, User, UserChanges

__all__ = [  # noqa: RUF022  # grouped by what they are for
    # the use cases
    "FixedClock",
    "Fring",
    "run_sync",
    # what a store knows
    "Task",
    "TaskStatus",
    "TaskWithUsers",
    "User",
    "UserWithTasks",
    # what a caller sends
    "NewTask",
    "NewUser",
    "Page",
    "TaskChanges",
    "TaskFilter",
    "TaskOrder",
    "UNSET",
    "UserChanges",
    "UserFilter",
    # status rules
    "PERMISSIVE",
    "STRICT",
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
    "Clock",
    "Credentials",
    "IssuedToken",
    "Outcome",
    "Passwords",
    "Store",
    "Tasks",
    "TokenIssuer",
    "Tokens",
    "Users",
    "Verdict",
    # errors
    "FringError",
    "NotFound",
    "TaskNotFound",
    "UserNotFound",
    "Conflict",
    "AlreadyAssigned",
    "EmailTaken",
    "IdTaken",
    "NotAssigned",
    "TransitionRefused",
    "UsernameTaken",
    "Invalid",
    "InvalidInput",
    "InvalidStatus",
    "Problem",
    "Unauthenticated",
    "Forbidden",
    "Unavailable",
    "StoreUnavailable",
    "TransactionConflict",
]

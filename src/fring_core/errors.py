"""What can go wrong, as a tree: catch a branch to react, a leaf to be exact.

    FringError
    ├── NotFound      UserNotFound, TaskNotFound, WebhookNotFound, DeliveryNotFound
    ├── Conflict      UsernameTaken, EmailTaken, IdTaken, AlreadyAssigned,
    │                 NotAssigned, TransitionRefused, VersionConflict, KeyReused, KeyInFlight
    ├── Invalid       InvalidInput, InvalidStatus, InvalidKey, InvalidCursor, CursorExpired
    ├── Unauthenticated
    ├── Forbidden
    └── Unavailable   StoreUnavailable, TransactionConflict

Every leaf has a `code` that never changes, for programs, and a text for people.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import attrs


class FringError(Exception):
    """Report that Fring did not do what it was asked.

    Nothing was changed, but for one case: after `Unavailable`, a write whose connection died
    while it was under way may have been done.
    """

    code: ClassVar[str]
    text: ClassVar[str] = ""  # with `0` for the error itself; none: what it was raised with

    def __str__(self) -> str:
        return self.text.format(self) if self.text else super().__str__()


class NotFound(FringError):
    """Report something that does not exist."""


class Conflict(FringError):
    """Report a request that the present state does not allow."""


class Invalid(FringError):
    """Report input that no state would allow."""


class Unavailable(FringError):
    """Report that the store cannot answer now; the same call may succeed later."""

    code = "unavailable"


@attrs.define
class UserNotFound(NotFound):
    """Report that no user has this id."""

    code: ClassVar[str] = "user_not_found"
    text: ClassVar[str] = "User {0.user_id} not found"
    user_id: int


@attrs.define
class TaskNotFound(NotFound):
    """Report that no task has this id on the list that was asked."""

    code: ClassVar[str] = "task_not_found"
    text: ClassVar[str] = "Task {0.task_id} not found"
    task_id: int


@attrs.define
class WebhookNotFound(NotFound):
    """Report that no webhook has this id."""

    code: ClassVar[str] = "webhook_not_found"
    text: ClassVar[str] = "Webhook {0.webhook_id} not found"
    webhook_id: int


@attrs.define
class DeliveryNotFound(NotFound):
    """Report that no delivery to a webhook has this id."""

    code: ClassVar[str] = "delivery_not_found"
    text: ClassVar[str] = "Delivery {0.delivery_id} not found"
    delivery_id: int


@attrs.define
class UsernameTaken(Conflict):
    """Report that another user has this username."""

    code: ClassVar[str] = "username_taken"
    text: ClassVar[str] = "Username {0.username!r} is taken"
    username: str


@attrs.define
class EmailTaken(Conflict):
    """Report that another user has this e-mail address."""

    code: ClassVar[str] = "email_taken"
    text: ClassVar[str] = "Email {0.email!r} is taken"
    email: str


@attrs.define
class IdTaken(Conflict):
    """Report that the id that a caller chose is in use."""

    code: ClassVar[str] = "id_taken"
    text: ClassVar[str] = "Id {0.id} is taken"
    id: int


@attrs.define
class AlreadyAssigned(Conflict):
    """Report that the user has this task already."""

    code: ClassVar[str] = "already_assigned"
    text: ClassVar[str] = "Task {0.task_id} is already assigned to user {0.user_id}"
    user_id: int
    task_id: int


@attrs.define
class NotAssigned(Conflict):
    """Report that the user does not have this task."""

    code: ClassVar[str] = "not_assigned"
    text: ClassVar[str] = "Task {0.task_id} is not assigned to user {0.user_id}"
    user_id: int
    task_id: int


@attrs.define
class TransitionRefused(Conflict):
    """Report a status change that the workflow does not allow."""

    code: ClassVar[str] = "transition_refused"
    text: ClassVar[str] = "Status cannot change from '{0.before}' to '{0.after}'"
    before: str
    after: str


@attrs.define
class VersionConflict(Conflict):
    """Report a row that has another version than the caller expects; `version` is what it has."""

    code: ClassVar[str] = "precondition_failed"
    text: ClassVar[str] = "It is another by now: it has version {0.version}"
    version: int


@attrs.define
class KeyReused(Conflict):
    """Report a key under which something else was asked before."""

    code: ClassVar[str] = "idempotency_key_reused"
    text: ClassVar[str] = "This key was used for another request; give each request its own"


@attrs.define
class KeyInFlight(Conflict):
    """Report a key whose work is under way: ask again, and get what came of it."""

    code: ClassVar[str] = "idempotency_in_flight"
    text: ClassVar[str] = "The request with this key is still being worked on; ask again"


@attrs.frozen
class Problem:
    """Name one fault of one input field.

    `kind` is "missing", "type_error" or "value_error".
    """

    field: str
    message: str
    kind: Literal["missing", "type_error", "value_error"] = "value_error"


@attrs.define
class InvalidInput(Invalid):
    """Report every fault of an input at once; `problems` is never empty."""

    code: ClassVar[str] = "validation"
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "; ".join(f"{problem.field}: {problem.message}" for problem in self.problems)


@attrs.define
class InvalidStatus(Invalid):
    """Report a text that names no status; `valid` are those that there are."""

    code: ClassVar[str] = "invalid_status"
    valid: ClassVar[tuple[str, ...]]  # told by `status`, which needs this module
    status: str

    def __str__(self) -> str:
        return f"Status '{self.status}' not valid; there are {', '.join(self.valid)}"


@attrs.define
class InvalidKey(Invalid):
    """Report what cannot be a key."""

    code: ClassVar[str] = "invalid_idempotency_key"
    text: ClassVar[str] = "A key is 1 to 255 printable ASCII characters"


@attrs.define
class InvalidCursor(Invalid):
    """Report what is no cursor of this list."""

    code: ClassVar[str] = "invalid_cursor"
    text: ClassVar[str] = "This is no cursor of this list; begin without one"


@attrs.define
class CursorExpired(Invalid):
    """Report a cursor of what is no longer kept, or of a store before it was restored."""

    code: ClassVar[str] = "cursor_expired"
    text: ClassVar[str] = "What follows this cursor is not known any more; begin without one"


@attrs.define
class Unauthenticated(FringError):
    """Report a caller that did not prove who it is.

    `bad_token` tells whether there was a token at all; `reason` is for logs and for whoever
    asks about a token, not for strangers.
    """

    code: ClassVar[str] = "unauthenticated"
    text: ClassVar[str] = "{0.reason}"
    reason: str
    bad_token: bool = False


@attrs.define
class Forbidden(FringError):
    """Report a caller that is known, and may not do this."""

    code: ClassVar[str] = "forbidden"
    text: ClassVar[str] = "{0.reason}"
    reason: str


@attrs.define
class StoreUnavailable(Unavailable):
    """Report a store, or another system, that is away, full or too slow.

    `reason` is for logs, not for clients.
    """

    text: ClassVar[str] = "{0.reason}"
    reason: str


@attrs.define
class TransactionConflict(Unavailable):
    """Report a transaction that clashed with another; it did nothing and may be run again.

    `reason` is for logs, not for clients.
    """

    text: ClassVar[str] = "{0.reason}"
    reason: str = "Another caller's work stood in the way"

"""What comes back: entities from JSON, and the core's errors from their codes."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

import attrs

from fring_core import (
    AlreadyAssigned,
    EmailTaken,
    Forbidden,
    FringError,
    IdTaken,
    InvalidInput,
    InvalidStatus,
    NotAssigned,
    Problem,
    StoreUnavailable,
    Task,
    TaskNotFound,
    TaskStatus,
    TaskWithUsers,
    TransitionRefused,
    Unauthenticated,
    User,
    UsernameTaken,
    UserNotFound,
    UserWithTasks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

# Raised by one call about what it named: their fields are arguments of the call.
NAMED: Final[Mapping[str, type[Any]]] = {
    leaf.code: leaf
    for leaf in (
        UserNotFound,
        TaskNotFound,
        UsernameTaken,
        EmailTaken,
        IdTaken,
        AlreadyAssigned,
        NotAssigned,
        InvalidStatus,
    )
}
# Of a server that is busy or away, or of what stands in front of it.
LATER: Final = frozenset({408, 429, 502, 503, 504})
SUCCESS: Final = range(200, 300)
REFUSED_MOVE: Final = re.compile(r"Status cannot change from '(\w+)' to '(\w+)'")


@attrs.define
class UnexpectedAnswer(FringError):  # noqa: N818  # named for what is wrong
    """Report an answer that Fring does not give to such a call: is the address right?

    Whether the call had an effect is not known. `status` is the answer's.
    """

    code: ClassVar[str] = "unexpected_answer"
    status: int
    reason: str

    def __str__(self) -> str:
        return f"Unexpected answer with status {self.status}: {self.reason}"


@attrs.frozen
class Answer:
    """Hold one answer: its status, its headers by lower-case name, its body as JSON.

    `json` is None for an empty body and for one that is no JSON.
    """

    status: int
    headers: Mapping[str, str]
    json: Any

    @property
    def retry_after(self) -> float:
        """Return how many seconds the server wants to be left alone; 0 if it does not say."""
        try:
            return float(self.headers.get("retry-after", 0))
        except ValueError:
            return 0.0  # a date (RFC 9110, 10.2.3), which Fring does not send

    def read(self, result: Callable[[Any], T], about: Mapping[str, Any]) -> T:
        """Return the result of a call about these arguments; raise the error if it reports one."""
        try:
            if self.status in SUCCESS:
                return result(self.json)
            if self.status in LATER:
                raise StoreUnavailable(f"The server answered {self.status}")
            error = self._error(about)
        except (AttributeError, KeyError, TypeError, ValueError):
            error = UnexpectedAnswer(self.status, f"{self.json!r:.200}")
        raise error

    def _error(self, about: Mapping[str, Any]) -> FringError:
        code, detail = self.json.get("code"), self.json.get("detail")
        if code in NAMED:
            fields = [field.name for field in attrs.fields(NAMED[code])]
            named: FringError = NAMED[code](**{name: about[name] for name in fields})
            return named
        if code == Unauthenticated.code:
            bad_token = "error=" in self.headers.get("www-authenticate", "")
            return Unauthenticated(detail, bad_token=bad_token)
        if code == Forbidden.code:
            return Forbidden(detail)
        if code == InvalidInput.code:
            return InvalidInput(tuple(map(_problem, detail)))
        move = REFUSED_MOVE.fullmatch(detail)
        if code == TransitionRefused.code and move:
            return TransitionRefused(TaskStatus(move[1]), TaskStatus(move[2]))
        return UnexpectedAnswer(self.status, str(detail))


def _problem(fault: Any) -> Problem:
    where, *field = fault["loc"]
    kind = fault["type"]
    return Problem(
        ".".join(map(str, field)) or where,
        fault["msg"],
        kind if kind in ("missing", "type_error") else "value_error",
    )


def user(json: Any) -> User:
    """Return a user; its version is not known."""
    return User(
        json["id"], json["username"], json["email"], datetime.fromisoformat(json["created_at"])
    )


def task(json: Any) -> Task:
    """Return a task, of the shared board unless it names whose it is; its version is not known."""
    due_date = json.get("due_date")
    return Task(
        id=json["id"],
        title=json["title"],
        description=json["description"],
        status=TaskStatus(json["status"]),
        created_at=datetime.fromisoformat(json["created_at"]),
        updated_at=datetime.fromisoformat(json["updated_at"]),
        owner=json.get("user_id"),
        due_date=None if due_date is None else date.fromisoformat(due_date),
    )


def users(json: Any) -> list[User]:
    """Return a list of users."""
    return [user(each) for each in json]


def tasks(json: Any) -> list[Task]:
    """Return a list of tasks."""
    return [task(each) for each in json]


def user_with_tasks(json: Any) -> UserWithTasks:
    """Return a user with its tasks."""
    return UserWithTasks(user(json), tasks(json["tasks"]))


def task_with_users(json: Any) -> TaskWithUsers:
    """Return a task with its users, of which a task of a personal list has none."""
    return TaskWithUsers(task(json), users(json.get("assigned_users", ())))


def nothing(_: Any) -> None:
    """Return nothing, whatever the answer says of what was done."""

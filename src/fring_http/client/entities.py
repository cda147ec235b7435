"""What comes back, as entities: from JSON that has to be exactly what was asked for.

The readers raise `KeyError`, `TypeError` or `ValueError` for anything else.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from fring_core import Task, TaskStatus, TaskWithUsers, User, UserWithTasks
from fring_core.versions import NO_VERSION

if TYPE_CHECKING:
    from fring_http.client.versions import Reader

T = TypeVar("T")


def user(user_id: int | None = None) -> Reader[User]:
    """Return what reads a user, this one if there is an id."""

    def read(json: Any, version: int) -> User:
        return User(
            _as_asked(_field(json, "id", int), user_id),
            _field(json, "username", str),
            _field(json, "email", str),
            _moment(json, "created_at"),
            version,
        )

    return read


def task(owner: str | None, task_id: int | None = None) -> Reader[Task]:
    """Return what reads a task of a list, this one if there is an id."""

    def read(json: Any, version: int) -> Task:
        due_date = json.get("due_date")
        return Task(
            id=_as_asked(_field(json, "id", int), task_id),
            title=_field(json, "title", str),
            description=None if json["description"] is None else _field(json, "description", str),
            status=TaskStatus(json["status"]),
            created_at=_moment(json, "created_at"),
            updated_at=_moment(json, "updated_at"),
            owner=None if owner is None else _owner(json, owner),
            due_date=None if due_date is None else date.fromisoformat(due_date),
            version=version,
        )

    return read


def several(read: Reader[T]) -> Reader[list[T]]:
    """Return what reads a list of these, whose versions are not known."""

    def read_all(json: Any, _: int) -> list[T]:
        return [read(each, NO_VERSION) for each in _kind(json, list)]

    return read_all


def user_with_tasks(user_id: int) -> Reader[UserWithTasks]:
    """Return what reads a user with its tasks."""

    def read(json: Any, version: int) -> UserWithTasks:
        tasks = several(task(None))(json["tasks"], NO_VERSION)
        return UserWithTasks(user(user_id)(json, version), tasks)

    return read


def task_with_users(owner: str | None, task_id: int) -> Reader[TaskWithUsers]:
    """Return what reads a task with its users, of which a task of a personal list has none."""

    def read(json: Any, version: int) -> TaskWithUsers:
        found = task(owner, task_id)(json, version)
        if owner is not None:
            return TaskWithUsers(found, [])
        return TaskWithUsers(found, several(user())(json["assigned_users"], NO_VERSION))

    return read


def message(json: Any, _: int) -> None:
    """Read a sentence that tells what was done."""
    _field(json, "message", str)


def nothing(json: Any, _: int) -> None:
    """Read an answer without a body."""
    _kind(json, type(None))


def _field(json: Any, name: str, kind: type[T]) -> T:
    return _kind(json[name], kind)


def _kind(value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _as_asked(value: T, asked: T | None) -> T:
    if asked is not None and value != asked:
        raise ValueError(f"{value!r} was not asked for")
    return value


def _owner(json: Any, asked: str) -> str:
    # `me` is whoever the token was issued to.
    return _as_asked(_field(json, "user_id", str), None if asked == "me" else asked)


def _moment(json: Any, name: str) -> datetime:
    return datetime.fromisoformat(_field(json, name, str))

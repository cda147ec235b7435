"""What comes back, as entities: from JSON that has to be exactly what was asked for.

The readers raise `KeyError`, `TypeError` or `ValueError` for anything else.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from fring_core import (
    Event,
    EventPage,
    Slice,
    Task,
    TaskStatus,
    TaskWithUsers,
    User,
    UserWithTasks,
)
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


def event(owner: str | None = None) -> Reader[Event]:
    """Return what reads an event; one of a personal list is of the list of this owner."""

    def read(json: Any, _: int) -> Event:
        on_list = json.get("list")
        if on_list not in (None, "board", "personal"):
            raise ValueError(on_list)
        return Event(
            type=_field(json, "type", str),
            at=_moment(json, "at"),
            actor=_optional(json, "actor", str),
            request_id=_optional(json, "request_id", str),
            task_id=_optional(json, "task_id", int),
            user_id=_optional(json, "user_id", int),
            owner=owner if on_list == "personal" else None,
            version=_field(json, "version", int),
            before=_field(json, "before", dict),
            after=_field(json, "after", dict),
            cursor=_field(json, "cursor", str),
        )

    return read


def event_page(owner: str) -> Reader[EventPage]:
    """Return what reads a part of the feed, in which events of personal lists have this owner."""

    def read(json: Any, _: int) -> EventPage:
        items = several(event(owner))(json["items"], NO_VERSION)
        return EventPage(tuple(items), _field(json, "next", str), more=_field(json, "more", bool))

    return read


def activity(owner: str | None) -> Reader[Slice[Event]]:
    """Return what reads what has happened to a task, and whether others follow."""

    def read(json: Any, _: int) -> Slice[Event]:
        on_list = "board" if owner is None else "personal"
        items = several(event(owner))(json["items"], NO_VERSION)
        if any(each["list"] != on_list for each in json["items"]):
            return Slice([])  # it is a task of the caller's other list
        return Slice(items, more=json["next"] is not None)

    return read


def message(json: Any, _: int) -> None:
    """Read a sentence that tells what was done."""
    _field(json, "message", str)


def nothing(json: Any, _: int) -> None:
    """Read an answer without a body."""
    _kind(json, type(None))


def _field(json: Any, name: str, kind: type[T]) -> T:
    return _kind(json[name], kind)


def _optional(json: Any, name: str, kind: type[T]) -> T | None:
    return None if json.get(name) is None else _field(json, name, kind)


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

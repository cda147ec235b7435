"""Rows and entities, side by side: each column by name, in both directions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import attrs

from fring_adapters.postgres.sql.tables import tasks, users
from fring_core import Task, TaskStatus, User
from fring_core.clocks import in_utc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_core import NewTask, NewUser

Entity = TypeVar("Entity", User, Task)

UserRow: TypeAlias = tuple[int, str, str, datetime, int]
TaskRow: TypeAlias = tuple[
    int, str, str | None, str, datetime, datetime, str | None, date | None, int
]

USER_COLUMNS: Final = (
    users.c.id,
    users.c.username,
    users.c.email,
    users.c.created_at,
    users.c.version,
)
TASK_COLUMNS: Final = (
    tasks.c.id,
    tasks.c.title,
    tasks.c.description,
    tasks.c.status,
    tasks.c.created_at,
    tasks.c.updated_at,
    tasks.c.owner,
    tasks.c.due_date,
    tasks.c.version,
)

_STATUSES: Final[Mapping[str, TaskStatus]] = {status.value: status for status in TaskStatus}


def to_user(row: UserRow) -> User:
    """Return the user in a row of USER_COLUMNS."""
    user_id, username, email, created_at, version = row
    return User(user_id, username, email, created_at, version)


def to_task(row: TaskRow) -> Task:
    """Return the task in a row of TASK_COLUMNS."""
    task_id, title, description, status, created_at, updated_at, owner, due_date, version = row
    return Task(
        task_id,
        title,
        description,
        _STATUSES[status],
        created_at,
        updated_at,
        owner,
        due_date,
        version,
    )


def saved(entity: Entity, version: int, created_at: datetime) -> Entity:
    """Return an entity as it is stored when it was saved: with what no save changes."""
    return attrs.evolve(entity, version=version, created_at=created_at)


def from_new_user(new: NewUser, now: datetime) -> dict[str, object]:
    """Return a user to be created as statement parameters."""
    return {
        "id": new.id,
        "username": new.username,
        "email": new.email,
        "created_at": in_utc(now),
    }


def from_user(user: User) -> dict[str, object]:
    """Return a user as statement parameters."""
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "created_at": user.created_at,
        "version": user.version,
    }


def from_new_task(new: NewTask, owner: str | None, now: datetime) -> dict[str, object]:
    """Return a task to be created as statement parameters."""
    now = in_utc(now)
    return {
        "id": new.id,
        "title": new.title,
        "description": new.description,
        "status": new.status.value,
        "created_at": now,
        "updated_at": now,
        "owner": owner,
        "due_date": new.due_date,
    }


def from_task(task: Task) -> dict[str, object]:
    """Return a task as statement parameters."""
    return {
        "id": task.id,
        "title": task.title,
        "description": task.description,
        "status": task.status.value,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "owner": task.owner,
        "due_date": task.due_date,
        "version": task.version,
    }

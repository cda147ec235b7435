"""What `/api/v1` sends and takes, field by field."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, Struct, UnsetType

import fring_core as core
from fring_core import TaskStatus


class User(Struct, gc=False):
    """Show a user."""

    id: int
    username: str
    email: str
    created_at: datetime

    @classmethod
    def of(cls, user: core.User) -> User:
        """Return what is shown of a user."""
        return cls(user.id, user.username, user.email, user.created_at)


class Task(Struct, gc=False):
    """Show a task."""

    id: int
    title: str
    description: str | None
    status: TaskStatus
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, task: core.Task) -> Task:
        """Return what is shown of a task."""
        return cls(
            task.id, task.title, task.description, task.status, task.created_at, task.updated_at
        )


class UserWithTasks(User, gc=False):
    """Show a user and the tasks assigned to it."""

    tasks: list[Task]

    @classmethod
    def of_both(cls, found: core.UserWithTasks) -> UserWithTasks:
        """Return what is shown of a user and its tasks."""
        user = found.user
        tasks = [Task.of(task) for task in found.tasks]
        return cls(user.id, user.username, user.email, user.created_at, tasks)


class TaskWithUsers(Task, gc=False):
    """Show a task and the users it is assigned to."""

    assigned_users: list[User]

    @classmethod
    def of_both(cls, found: core.TaskWithUsers) -> TaskWithUsers:
        """Return what is shown of a task and its users."""
        task = found.task
        users = [User.of(user) for user in found.users]
        return cls(
            task.id,
            task.title,
            task.description,
            task.status,
            task.created_at,
            task.updated_at,
            users,
        )


class Message(Struct):
    """Tell in words what was done."""

    message: str


class NewUser(Struct):
    """Take a user to create."""

    username: str
    email: str
    id: int | None = None

    def to_core(self) -> core.NewUser:
        """Return the user to create; raise `InvalidInput`."""
        return core.NewUser(self.username, self.email, self.id)


class UserChanges(Struct):
    """Take what to change of a user: what is absent stays."""

    SHOWN: ClassVar = UserWithTasks.__struct_encode_fields__

    username: str | UnsetType = UNSET
    email: str | UnsetType = UNSET

    def to_core(self) -> core.UserChanges:
        """Return the changes; raise `InvalidInput`."""
        return core.UserChanges(**_given(self))


class NewTask(Struct):
    """Take a task to create."""

    title: str
    description: str | None = None
    status: TaskStatus = TaskStatus.TODO
    id: int | None = None

    def to_core(self) -> core.NewTask:
        """Return the task to create; raise `InvalidInput`."""
        return core.NewTask(self.title, self.description, self.status, id=self.id)


class TaskChanges(Struct):
    """Take what to change of a task: what is absent stays, a null description is cleared."""

    SHOWN: ClassVar = TaskWithUsers.__struct_encode_fields__

    title: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    status: TaskStatus | UnsetType = UNSET

    def to_core(self) -> core.TaskChanges:
        """Return the changes; raise `InvalidInput`."""
        return core.TaskChanges(**_given(self))


def _given(changes: Struct) -> dict[str, Any]:
    fields = msgspec.structs.asdict(changes)
    return {name: value for name, value in fields.items() if value is not UNSET}

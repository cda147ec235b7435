"""What `/api/v1` sends and takes, field by field."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

import msgspec
from msgspec import UNSET, Struct, UnsetType

import fring_core as core
from fring_core import TaskStatus, text
from fring_http.api.shapes.json_schema import Body, ChosenId, Id, Moment, said, sample
from fring_http.api.shapes.parameters import TASK_ID, USER_ID


class User(Struct, gc=False):
    """Show a user."""

    id: Id
    username: Annotated[str, sample("alice")]
    email: Annotated[str, sample("alice@example.com")]
    created_at: Moment

    @classmethod
    def of(cls, user: core.User, *more: Any) -> Self:
        """Return what is shown of a user, and `more` fields that a subclass has."""
        return cls(user.id, user.username, user.email, user.created_at, *more)


class Task(Struct, gc=False):
    """Show a task."""

    id: Id
    title: Annotated[str, sample("Order seeds")]
    description: Annotated[str, sample("Beans and peas")] | None
    status: TaskStatus
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, task: core.Task, *more: Any) -> Self:
        """Return what is shown of a task, and `more` fields that a subclass has."""
        own = (task.title, task.description, task.status, task.created_at, task.updated_at)
        return cls(task.id, *own, *more)


class UserWithTasks(User, gc=False):
    """Show a user and the tasks assigned to it."""

    tasks: list[Task]

    @classmethod
    def of_both(cls, found: core.UserWithTasks) -> Self:
        """Return what is shown of a user and its tasks."""
        return cls.of(found.user, [Task.of(task) for task in found.tasks])


class TaskWithUsers(Task, gc=False):
    """Show a task and the users it is assigned to."""

    assigned_users: list[User]

    @classmethod
    def of_both(cls, found: core.TaskWithUsers) -> Self:
        """Return what is shown of a task and its users."""
        return cls.of(found.task, [User.of(user) for user in found.users])


class Message(Struct):
    """Tell in words what was done."""

    message: Annotated[str, sample("Task 2001 assigned to 1001")]


class NewUser(Body):
    """Take a user to create."""

    examples: ClassVar = {
        "With an id": {"id": USER_ID, "username": "alice", "email": "alice@example.com"},
        "Without": {"username": "carol", "email": "carol@example.com"},
    }

    username: Annotated[str, said(text.USERNAME)]
    email: Annotated[str, said(text.EMAIL)]
    id: ChosenId | None = None

    def to_core(self) -> core.NewUser:
        """Return the user to create; raise `InvalidInput`."""
        return core.NewUser(self.username, self.email, self.id)


class UserChanges(Body):
    """Take what to change of a user: what is absent stays."""

    shown: ClassVar = UserWithTasks.__struct_encode_fields__
    examples: ClassVar = {"A new address": {"email": "alice@example.org"}}

    username: Annotated[str, said(text.USERNAME)] | UnsetType = UNSET
    email: Annotated[str, said(text.EMAIL)] | UnsetType = UNSET

    def to_core(self) -> core.UserChanges:
        """Return the changes; raise `InvalidInput`."""
        return core.UserChanges(**_given(self))


class NewTask(Body):
    """Take a task to create."""

    examples: ClassVar = {
        "With an id": {
            "id": TASK_ID,
            "title": "Order seeds",
            "description": "Beans, peas, and two kinds of tomato",
        },
        "Without": {"title": "Build a trellis", "status": "in_progress"},
    }

    title: Annotated[str, said(text.TITLE)]
    description: Annotated[str, said(text.DESCRIPTION)] | None = None
    status: TaskStatus = TaskStatus.TODO
    id: ChosenId | None = None

    def to_core(self) -> core.NewTask:
        """Return the task to create; raise `InvalidInput`."""
        return core.NewTask(self.title, self.description, self.status, id=self.id)


class TaskChanges(Body):
    """Take what to change of a task: what is absent stays, a null description is cleared."""

    shown: ClassVar = TaskWithUsers.__struct_encode_fields__
    examples: ClassVar = {"Begin": {"title": "Order seeds and pots", "status": "in_progress"}}

    title: Annotated[str, said(text.TITLE)] | UnsetType = UNSET
    description: Annotated[str, said(text.DESCRIPTION)] | UnsetType | None = UNSET
    status: TaskStatus | UnsetType = UNSET

    def to_core(self) -> core.TaskChanges:
        """Return the changes; raise `InvalidInput`."""
        return core.TaskChanges(**_given(self))


def _given(changes: Struct) -> dict[str, Any]:
    fields = msgspec.structs.asdict(changes)
    return {name: value for name, value in fields.items() if value is not UNSET}

"""The error texts of `/api/v1`: for each operation, what it answers to which core error.

All of these are 400: the specification says so even where something is not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from fring_core import (
    AlreadyAssigned,
    EmailTaken,
    FringError,
    IdTaken,
    InvalidStatus,
    NotAssigned,
    TaskNotFound,
    TransitionRefused,
    UsernameTaken,
    UserNotFound,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

Texts: TypeAlias = "Mapping[type[FringError], str]"

USER: Final[Texts] = {UserNotFound: "User not found"}
TASK: Final[Texts] = {TaskNotFound: "Task not found"}
CREATE_USER: Final[Texts] = {
    UsernameTaken: "Already existing username",
    EmailTaken: "Already existing email",
    IdTaken: "Already existing ID",
}
UPDATE_USER: Final[Texts] = {
    **USER,
    UsernameTaken: "Username already used",
    EmailTaken: "Email already used",
}
TASKS_OF_USER: Final[Texts] = {InvalidStatus: "Status '{status}' not valid", **USER}
_USER_AND_TASK: Final[Texts] = {
    UserNotFound: "User ID {user_id} not found",
    TaskNotFound: "Task ID {task_id} not found",
}
ASSIGN_TASK: Final[Texts] = {
    **_USER_AND_TASK,
    AlreadyAssigned: "Task already assigned to the user",
}
UNASSIGN_TASK: Final[Texts] = {**_USER_AND_TASK, NotAssigned: "Task not assigned to this user"}
CREATE_TASK: Final[Texts] = {IdTaken: "Already existing ID"}
UPDATE_TASK: Final[Texts] = {
    **TASK,
    TransitionRefused: "Status cannot change from '{before}' to '{after}'",
}
ASSIGN_USER: Final[Texts] = {
    **TASK,
    **USER,
    AlreadyAssigned: "User already assigned to this task",
}
UNASSIGN_USER: Final[Texts] = {**TASK, **USER, NotAssigned: "User not assigned to this task"}

"""Assignments: which user has which task, and what must hold for that to change.

A user and a task, both existing, are assigned to each other or not; there is nothing in
between. One store call sees all three facts at once, so that no other caller can slip between
looking and doing; the rules here turn those facts into errors.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import attrs

from fring_core.errors import AlreadyAssigned, NotAssigned, TaskNotFound, UserNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_core.tasks import Task
    from fring_core.users import User


@attrs.frozen
class UserWithTasks:
    """Hold a user and the tasks assigned to it, by ascending id."""

    user: User
    tasks: Sequence[Task]


@attrs.frozen
class TaskWithUsers:
    """Hold a task and the users it is assigned to, by ascending id."""

    task: Task
    users: Sequence[User]


@attrs.frozen
class Outcome:
    """Hold what a store found when it was asked to assign or un-assign.

    `changed` tells whether it did; it is False whenever the user or the task does not exist.
    """

    user_exists: bool
    task_exists: bool
    changed: bool


class Side(Enum):
    """Name the side from which an assignment is asked for: it is the first to be looked up."""

    USER = "user"
    TASK = "task"


def check_assigned(outcome: Outcome, user_id: int, task_id: int, side: Side) -> None:
    """Raise `UserNotFound`, `TaskNotFound` (the asking side first) or `AlreadyAssigned`."""
    _check_both_exist(outcome, user_id, task_id, side)
    if not outcome.changed:
        raise AlreadyAssigned(user_id, task_id)


def check_unassigned(outcome: Outcome, user_id: int, task_id: int, side: Side) -> None:
    """Raise `UserNotFound`, `TaskNotFound` (the asking side first) or `NotAssigned`."""
    _check_both_exist(outcome, user_id, task_id, side)
    if not outcome.changed:
        raise NotAssigned(user_id, task_id)


def _check_both_exist(outcome: Outcome, user_id: int, task_id: int, side: Side) -> None:
    if not outcome.user_exists and (side is Side.USER or outcome.task_exists):
        raise UserNotFound(user_id)
    if not outcome.task_exists:
        raise TaskNotFound(task_id)

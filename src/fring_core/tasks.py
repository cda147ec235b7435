"""Tasks: what they are, whose they are, and how they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core import text
from fring_core.ids import chosen_id_problem
from fring_core.status import TaskStatus
from fring_core.unset import UNSET, UnsetType

if TYPE_CHECKING:
    from datetime import date, datetime

    from fring_core.errors import Problem
    from fring_core.status import Workflow


@attrs.frozen
class Task:
    """Hold one task as a store knows it.

    `owner` is None for the shared board, or names the personal list that the task is on for
    good. Times are in UTC; `updated_at` never goes backwards. `version` counts saves, from 1; it
    serves compare-and-swap and takes no part in equality.
    """

    id: int
    title: str
    description: str | None
    status: TaskStatus
    created_at: datetime
    updated_at: datetime
    owner: str | None = None
    due_date: date | None = None
    version: int = attrs.field(default=1, eq=False)

    def change(self, changes: TaskChanges, workflow: Workflow, now: datetime) -> Task:
        """Return this task with the fields that `changes` sets, touched at `now`.

        Even changes that set nothing touch the task. Raise `TransitionRefused` if the workflow
        does not allow the change of status.
        """
        status = self.status if changes.status is UNSET else changes.status
        workflow.check(self.status, status)
        return attrs.evolve(
            self,
            title=self.title if changes.title is UNSET else changes.title,
            description=self.description if changes.description is UNSET else changes.description,
            status=status,
            due_date=self.due_date if changes.due_date is UNSET else changes.due_date,
            updated_at=max(now, self.updated_at),
        )


def _parse(status: str) -> TaskStatus:
    return TaskStatus.parse(status)


def _parse_if_set(status: str | UnsetType) -> TaskStatus | UnsetType:
    return UNSET if status is UNSET else TaskStatus.parse(status)


@attrs.frozen
class NewTask:
    """Say which task to create; raise `InvalidInput` or `InvalidStatus` for what cannot be.

    Title: 1-200 characters, not blank. Description: at most 10,000. `id`: 1 to 2³¹-1, or None
    to have the store draw one.
    """

    title: str
    description: str | None = None
    status: TaskStatus = attrs.field(default=TaskStatus.TODO, converter=_parse)
    due_date: date | None = None
    id: int | None = None

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                chosen_id_problem(self.id),
                text.TITLE.problem("title", self.title),
                _description_problem(self.description),
            )
        )

    def as_task(self, task_id: int, owner: str | None, now: datetime) -> Task:
        """Return the task that this becomes on a list, created and updated at `now`."""
        return Task(
            id=task_id,
            title=self.title,
            description=self.description,
            status=self.status,
            created_at=now,
            updated_at=now,
            owner=owner,
            due_date=self.due_date,
        )


@attrs.frozen
class TaskChanges:
    """Say what to change of a task: what is UNSET stays, None clears; raise as `NewTask`."""

    title: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    status: TaskStatus | UnsetType = attrs.field(default=UNSET, converter=_parse_if_set)
    due_date: date | UnsetType | None = UNSET

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                None if self.title is UNSET else text.TITLE.problem("title", self.title),
                _description_problem(self.description),
            )
        )


def _description_problem(description: object) -> Problem | None:
    if description is None or description is UNSET:
        return None
    return text.DESCRIPTION.problem("description", description)
